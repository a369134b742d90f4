/** What the roles of a template may do, and whether each right names what it is for. */
import * as v from 'valibot'
import type { Resolved } from './cfn-resolve.ts'

const asArray = v.pipe(
  v.union([v.string(), v.array(v.string())]),
  v.transform((value) => [value].flat()),
)
const StatementSchema = v.strictObject({
  Sid: v.string(),
  Effect: v.picklist(['Allow', 'Deny']),
  Action: asArray,
  Resource: asArray,
  Condition: v.optional(v.record(v.string(), v.record(v.string(), v.unknown())), {}),
})
export type Statement = v.InferOutput<typeof StatementSchema>

const PolicySchema = v.object({ Version: v.literal('2012-10-17'), Statement: v.array(StatementSchema) })
const HolderSchema = v.object({
  PolicyDocument: v.optional(PolicySchema),
  Policies: v.optional(v.array(v.object({ PolicyDocument: PolicySchema })), []),
})

/** Every statement of one role or policy. NotAction, NotResource and a missing Sid are refused. */
export function statementsOf({ resources }: Resolved, id: string): readonly Statement[] {
  const { PolicyDocument, Policies } = v.parse(HolderSchema, resources[id])
  return [...(PolicyDocument ? [{ PolicyDocument }] : []), ...Policies].flatMap(
    (policy) => policy.PolicyDocument.Statement,
  )
}

/**
 * One sentence for each right that is wider than it must be: an action with a wildcard, or a resource whose own name does
 * not begin with what `names` allows. Statements in `excepted` (by Sid) may name every resource, and must.
 */
export function findLooseRights(
  statements: readonly Statement[],
  names: RegExp,
  excepted: readonly string[] = [],
): readonly string[] {
  return statements.flatMap(({ Sid, Effect, Action, Resource }) => {
    if (Effect === 'Deny') return []
    const actions = Action.filter((action) => /[*?]/.test(action)).map((action) => `${Sid} allows ${action}`)
    const loose = Resource.filter((arn) => !isNamed(arn, names))
    if (excepted.includes(Sid))
      return [...actions, ...(loose.length === 0 ? [`${Sid} is no exception: it names what it is for`] : [])]
    return [...actions, ...loose.map((arn) => `${Sid} reaches ${arn}`)]
  })
}

/** arn:partition:service:region:account:resource, all of them said, and the last as it is wanted. */
function isNamed(arn: string, names: RegExp): boolean {
  const [prefix, partition, service, region, account, ...rest] = arn.split(':')
  const said = [partition, service, region, account].every((part) => part !== undefined && !/[*?]/.test(part))
  return prefix === 'arn' && said && names.test(rest.join(':'))
}

/** Whether a boundary allows all that a statement does. */
export const isWithin = (boundary: readonly Statement[], { Action, Resource }: Statement): boolean =>
  Action.every((action) =>
    Resource.every((arn) =>
      boundary.some(
        (limit) => limit.Action.includes(action) && limit.Resource.some((one) => matches(one, arn)),
      ),
    ),
  )

/** IAM's `*` and `?`, and everything else as it is written. */
function matches(pattern: string, arn: string): boolean {
  const literal = pattern.replace(/[.+^${}()|[\]\\/]/g, '\\$&')
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(arn)
}

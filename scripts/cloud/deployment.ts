/** A stage's stack, made or changed by its template, its settings and what the command says. */

import type { Arch } from '../build/native.ts'
import type { Tell } from '../terminal/command.ts'
import { Refusal } from '../terminal/refusal.ts'
import type { Account } from './aws.ts'
import { bucketOf } from './bucket.ts'
import {
  createChangeSet,
  describeChanges,
  makeChange,
  type ParameterInput,
  removeChangeSet,
} from './change-set.ts'
import { servesParameter } from './check-routes.ts'
import type { DeployFlags } from './deploy-command.ts'
import { isProtected, keepHistory, protectTable } from './ledger-table.ts'
import { checkLength } from './limits.ts'
import type { Package } from './packages.ts'
import { parameterArns } from './parameter-store.ts'
import type { StageSettings } from './settings.ts'
import { canBeUpdated, deleteStack, findStack, isDraft, nameOf, type Stack } from './stack.ts'
import type { Stage } from './stage.ts'
import { parameterOf, type Template } from './template.ts'

export type Deployment = {
  readonly flags: DeployFlags
  readonly template: Template
  /** The values of its parameters, by their ids; without the package. */
  readonly given: ReadonlyMap<string, string>
  readonly package: Package
  /** As it is now. */
  readonly stack: Stack | undefined
}

const architectures = { arm64: 'arm64', x64: 'x86_64' } as const

/** The architecture that is asked for, else the one that the stack has. */
export function archOf({ arch }: DeployFlags, stack: Stack | undefined): Arch {
  return arch ?? (stack?.parameters.get('Architecture') === architectures.x64 ? 'x64' : 'arm64')
}

/** The parameters' values, from the stage's settings and what AWS knows of it. Throws Refusal if one is too long. */
export function parameterValues(
  aws: Account,
  settings: StageSettings,
  flags: DeployFlags,
  { checkedRoutes, stack, hasLedger }: Stage,
): Deployment['given'] {
  const given = new Map<string, string>([
    ['PackageBucket', bucketOf(aws)],
    ['Architecture', architectures[archOf(flags, stack)]],
    ['Serves', servesParameter(checkedRoutes)],
    ['ParameterArns', parameterArns(aws, settings.parameters)],
  ])
  for (const [variable, value] of Object.entries(settings.variables)) given.set(parameterOf(variable), value)
  if (!canBeUpdated(stack)) given.set('DeletionProtection', String(settings.stage === 'prod'))
  if (hasLedger) given.set('ExistingTable', nameOf(settings.stage))
  for (const [id, { value }] of flags.parameters) given.set(id, value)
  for (const [id, value] of given) checkLength(id, value)
  return given
}

/** `shown`: with `--dry-run`, nothing was changed. Throws Refusal with the first reason where it fails. */
export async function deployStack(
  aws: Account,
  deployment: Deployment,
  tell: Tell,
): Promise<'created' | 'updated' | 'unchanged' | 'shown'> {
  const { stack, flags, template } = deployment
  const kind = canBeUpdated(stack) ? 'UPDATE' : 'CREATE'
  if (stack && kind === 'CREATE') await removeLeftOver(aws, stack, flags.dryRun, tell)
  const keptSafe = await keepLedgerSafe(aws, deployment, tell)
  const given = new Map([...deployment.given, ['PackageKey', deployment.package.key]])
  const set = await createChangeSet(aws, {
    stage: flags.stage,
    kind,
    template: { TemplateBody: template.body },
    parameters: askParameters(template, given, kind === 'UPDATE' ? stack : undefined),
  })
  if (set === undefined) return !keptSafe ? 'unchanged' : flags.dryRun ? 'shown' : 'updated'
  if (flags.dryRun) {
    tell(describeChanges(set.changes))
    await removeChangeSet(aws, set)
    const made = kind === 'CREATE' ? await findStack(aws, flags.stage) : undefined
    if (made) await deleteStack(aws, made, () => {})
    return 'shown'
  }
  await makeChange(aws, set, tell)
  return kind === 'CREATE' ? 'created' : 'updated'
}

async function removeLeftOver(aws: Account, stack: Stack, dryRun: boolean, tell: Tell): Promise<void> {
  // A dry run creates a draft itself.
  if (dryRun && !isDraft(stack))
    throw new Refusal(
      `The stack ${stack.name} is ${stack.status}, left over from an earlier attempt: there is nothing to show until \`npm run deploy\` removes it and creates it again`,
    )
  tell(
    `The stack ${stack.name} is ${stack.status}, left over from an earlier attempt: it is removed and created again.`,
  )
  await deleteStack(aws, stack, tell)
}

/**
 * A ledger from before is not one of the stack's resources, so CloudFormation does not protect it. Gives whether its deletion
 * protection changes: it is turned on when the stack is created, and turned off only by a flag.
 */
async function keepLedgerSafe(
  aws: Account,
  { given, flags, stack }: Deployment,
  tell: Tell,
): Promise<boolean> {
  const taken = given.get('ExistingTable')
  const table = taken ?? stack?.parameters.get('ExistingTable')
  if (!table) return false
  if (taken !== undefined) {
    tell(`The ledger ${taken} is there from before: it is used as it is.`)
    if (!flags.dryRun) await keepHistory(aws, taken)
  }
  const wanted = given.get('DeletionProtection')
  if (wanted === undefined || (wanted === 'false' && !flags.parameters.has('DeletionProtection')))
    return false
  const on = wanted === 'true'
  if ((await isProtected(aws, table)) === on) return false
  tell(`Deletion protection of the ledger ${table} is turned ${on ? 'on' : 'off'}.`)
  if (!flags.dryRun) await protectTable(aws, table, on)
  return true
}

/** Whatever is not given stays as it is. */
const askParameters = (
  template: Template,
  given: ReadonlyMap<string, string>,
  stack: Stack | undefined,
): readonly ParameterInput[] =>
  [...template.parameters.keys()].flatMap((ParameterKey): ParameterInput[] => {
    const ParameterValue = given.get(ParameterKey)
    if (ParameterValue !== undefined) return [{ ParameterKey, ParameterValue }]
    return stack?.parameters.has(ParameterKey) ? [{ ParameterKey, UsePreviousValue: true }] : []
  })

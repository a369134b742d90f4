/** A change to a stack, first asked for, then shown or made. */
import { setTimeout } from 'node:timers/promises'
import * as v from 'valibot'
import type { Tell } from '../terminal/command.ts'
import { Refusal } from '../terminal/refusal.ts'
import { alignColumns } from '../terminal/table.ts'
import type { Aws } from './aws.ts'
import { AwsError } from './aws-failure.ts'
import { readReason } from './early-validation.ts'
import { followStack, readEvents, type StackEvent } from './progress.ts'
import { nameOf, stageTag } from './stack.ts'

export type ResourceChange = {
  readonly action: string
  readonly id: string
  readonly type: string
  /** `True`, `False` or `Conditional`; empty where it does not apply. */
  readonly replacement: string
}

export type ChangeRequest = {
  readonly stage: string
  readonly kind: 'CREATE' | 'UPDATE'
  /** Absent: the one the stack has. */
  readonly template?: { readonly TemplateBody: string } | { readonly TemplateURL: string }
  readonly parameters: readonly ParameterInput[]
}

export type ParameterInput =
  | { readonly ParameterKey: string; readonly ParameterValue: string }
  | { readonly ParameterKey: string; readonly UsePreviousValue: true }

export type ChangeSet = {
  readonly id: string
  readonly stackId: string
  readonly stage: string
  readonly changes: readonly ResourceChange[]
  /** What was done to the stack before. */
  readonly before: readonly StackEvent[]
}

const Created = v.object({ Id: v.string(), StackId: v.string() })
const Described = v.object({
  Status: v.string(),
  StatusReason: v.optional(v.nullable(v.string())),
  Changes: v.optional(
    v.array(
      v.object({
        ResourceChange: v.optional(
          v.object({
            Action: v.string(),
            LogicalResourceId: v.string(),
            ResourceType: v.string(),
            Replacement: v.optional(v.nullable(v.string())),
          }),
        ),
      }),
    ),
    [],
  ),
})

/** Ms. */
const longest = 5 * 60_000
const pause = 1000

/** Undefined if nothing would change; the change set is removed then. Throws Refusal if CloudFormation refuses it. */
export async function createChangeSet(aws: Aws, asked: ChangeRequest): Promise<ChangeSet | undefined> {
  const created = await askFor(aws, asked)
  if (created === undefined) return undefined
  const set = { id: created.Id, stackId: created.StackId, stage: asked.stage }
  const [{ Status, StatusReason, Changes }, before] = await Promise.all([
    waitFor(aws, set),
    readEvents(aws, set.stackId),
  ])
  if (Status === 'CREATE_COMPLETE') return { ...set, changes: Changes.flatMap(readChange), before }
  const reason = await readReason(aws, set.id, StatusReason ?? Status)
  await removeChangeSet(aws, set)
  if (isEmpty(reason)) return undefined
  throw new Refusal(`CloudFormation will not change the stack ${nameOf(asked.stage)}: ${reason}`)
}

async function askFor(
  aws: Aws,
  { stage, kind, template, parameters }: ChangeRequest,
): Promise<v.InferOutput<typeof Created> | undefined> {
  const input = {
    StackName: nameOf(stage),
    ChangeSetName: `levity-${Date.now()}`,
    ChangeSetType: kind,
    ...(template ?? { UsePreviousTemplate: true }),
    Parameters: parameters,
    Capabilities: ['CAPABILITY_IAM'],
    Tags: [{ Key: stageTag, Value: stage }],
  }
  try {
    return await aws.ask(Created, 'cloudformation', 'create-change-set', input)
  } catch (error) {
    if (error instanceof AwsError && isEmpty(error.reason)) return undefined
    throw error
  }
}

/** Only the words of the reason tell it apart: https://github.com/aws/aws-sdk-js/issues/2331 */
const isEmpty = (reason: string): boolean =>
  /didn't contain changes|No updates are to be performed/i.test(reason)

type Named = Pick<ChangeSet, 'id' | 'stackId'>

const inputOf = ({ id, stackId }: Named): object => ({ ChangeSetName: id, StackName: stackId })

async function waitFor(aws: Aws, set: Named): Promise<v.InferOutput<typeof Described>> {
  for (const end = Date.now() + longest; Date.now() < end; ) {
    const found = await aws.ask(Described, 'cloudformation', 'describe-change-set', inputOf(set))
    if (/_COMPLETE$|^FAILED$/.test(found.Status)) return found
    await setTimeout(pause)
  }
  throw new Refusal(
    `Expected CloudFormation to say within ${longest / 60_000} minutes what would change but it did not: try again later`,
  )
}

const readChange = ({
  ResourceChange: change,
}: v.InferOutput<typeof Described>['Changes'][number]): ResourceChange[] =>
  change === undefined
    ? []
    : [
        {
          action: change.Action,
          id: change.LogicalResourceId,
          type: change.ResourceType,
          replacement: change.Replacement ?? '',
        },
      ]

export const removeChangeSet = (aws: Aws, set: Named): Promise<void> =>
  aws.tell('cloudformation', 'delete-change-set', inputOf(set))

/** Ends when the stack is at rest. Throws Refusal with the first reason where it is not what was asked for. */
export async function makeChange(aws: Aws, set: ChangeSet, tell: Tell): Promise<void> {
  await aws.tell('cloudformation', 'execute-change-set', inputOf(set))
  const { status, failures } = await followStack(aws, set.stackId, set.before, tell)
  if (!/^(?:CREATE|UPDATE)_COMPLETE$/.test(status))
    throw new Refusal(
      [
        `Expected the stack ${nameOf(set.stage)} to be made or changed but it is ${status}. What failed:`,
        ...failures,
      ].join('\n'),
    )
}

/** As a table, for a person. */
export const describeChanges = (changes: readonly ResourceChange[]): string =>
  alignColumns([
    ['action', 'what', 'type', 'replaced'],
    ...changes.map((one) => [one.action, one.id, one.type, one.replacement]),
  ]).lines.join('\n')

/** The stacks of Levity in an account and a region, one for each stage. */
import { setTimeout } from 'node:timers/promises'
import * as v from 'valibot'
import type { Tell } from '../terminal/command.ts'
import { Refusal } from '../terminal/refusal.ts'
import type { Aws } from './aws.ts'
import { hasCode, isDenied } from './aws-failure.ts'
import { followStack, readEvents } from './progress.ts'

export type Stack = {
  readonly stage: string
  readonly name: string
  readonly id: string
  readonly status: string
  /** Secrets are `****` here. */
  readonly parameters: ReadonlyMap<string, string>
  readonly outputs: ReadonlyMap<string, string>
}

/** The name of the stack, the function, the table and the dashboard, and the end of the log group's name. */
export const nameOf = (stage: string): string => `levity-${stage}`
/** The tag that marks a stack of Levity. */
export const stageTag = 'levity:stage'

const StackSchema = v.object({
  StackName: v.string(),
  StackId: v.string(),
  StackStatus: v.string(),
  Tags: v.optional(v.array(v.object({ Key: v.string(), Value: v.string() })), []),
  Parameters: v.optional(
    v.nullable(v.array(v.object({ ParameterKey: v.string(), ParameterValue: v.optional(v.string(), '') }))),
  ),
  Outputs: v.optional(v.nullable(v.array(v.object({ OutputKey: v.string(), OutputValue: v.string() })))),
})
const StacksAnswer = v.object({ Stacks: v.array(StackSchema) })

/** Undefined if the stage has none. Throws Refusal if a stack of that name is not Levity's. */
export async function findStack(aws: Aws, stage: string): Promise<Stack | undefined> {
  try {
    const { Stacks } = await aws.ask(StacksAnswer, 'cloudformation', 'describe-stacks', {
      StackName: nameOf(stage),
    })
    const [found] = Stacks
    if (found === undefined) return undefined
    const stack = readStack(found)
    if (stack === undefined)
      throw new Refusal(
        `Expected the stack ${nameOf(stage)} to be Levity's, or not to exist, but it is another's: take another name for the stage (--stage)`,
      )
    return stack
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** All of Levity's stacks; undefined without the right to list them. */
export async function listStacks(aws: Aws): Promise<readonly Stack[] | undefined> {
  try {
    const { Stacks } = await aws.ask(StacksAnswer, 'cloudformation', 'describe-stacks')
    return Stacks.flatMap((stack) => readStack(stack) ?? [])
  } catch (error) {
    if (isDenied(error)) return undefined
    throw error
  }
}

/** It has no resource yet, and gets its tags only when its first change set is executed. */
export const isDraft = ({ status }: Pick<Stack, 'status'>): boolean => status === 'REVIEW_IN_PROGRESS'

function readStack(stack: v.InferOutput<typeof StackSchema>): Stack | undefined {
  const tag = stack.Tags.find(({ Key }) => Key === stageTag)?.Value
  const untagged = stack.Tags.length === 0 && isDraft({ status: stack.StackStatus })
  const stage = tag ?? (untagged ? stack.StackName.replace(/^levity-/, '') : undefined)
  if (stage === undefined || stack.StackName !== nameOf(stage)) return undefined
  return {
    stage,
    name: stack.StackName,
    id: stack.StackId,
    status: stack.StackStatus,
    parameters: new Map(stack.Parameters?.map((one) => [one.ParameterKey, one.ParameterValue])),
    outputs: new Map(stack.Outputs?.map((one) => [one.OutputKey, one.OutputValue])),
  }
}

const isMissing = (error: unknown): boolean =>
  hasCode(error, 'ValidationError') && /does not exist/.test(error.reason)

/** The states of a stack whose creation failed: it cannot be updated, only removed. */
const leftOver = ['REVIEW_IN_PROGRESS', 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'CREATE_FAILED']
export const isLeftOver = ({ status }: Stack): boolean => leftOver.includes(status)
/** Whether it can be updated; otherwise it must be created. */
export const canBeUpdated = (stack: Stack | undefined): stack is Stack =>
  stack !== undefined && !isLeftOver(stack)

/** Throws Refusal if another operation is under way, or ended half-way. */
export function expectAtRest({ name, status }: Stack): void {
  if (status.endsWith('_IN_PROGRESS') && !isDraft({ status }))
    throw new Refusal(
      `Expected the stack ${name} to be at rest but it is ${status}: wait until that is over, then try again`,
    )
  if (status === 'UPDATE_ROLLBACK_FAILED')
    throw new Refusal(
      `Expected the stack ${name} to be whole but it is ${status}: run \`aws cloudformation continue-update-rollback --stack-name ${name}\`, then try again`,
    )
  if (status === 'DELETE_FAILED')
    throw new Refusal(
      `Expected the stack ${name} to be whole but it is ${status}: run \`npm run destroy\` for its stage once more, then try again`,
    )
}

/** Ends when it is gone. Throws Refusal with the first reason where it is not. */
export async function deleteStack(aws: Aws, stack: Stack, tell: Tell): Promise<void> {
  const { name, id } = stack
  if (isDraft(stack)) return deleteDraft(aws, stack)
  const before = await readEvents(aws, id)
  await aws.tell('cloudformation', 'delete-stack', { StackName: name })
  const end = await followStack(aws, id, before, tell).catch((error: unknown) => {
    // A stack that never had a resource leaves no trace.
    if (isMissing(error)) return { status: 'DELETE_COMPLETE', failures: [] }
    throw error
  })
  if (end.status !== 'DELETE_COMPLETE')
    throw new Refusal(
      [`Expected the stack ${name} to be gone but it is ${end.status}:`, ...end.failures].join('\n'),
    )
}

/** Ms. */
const longest = 2 * 60_000
const pause = 500

/** A draft may end without an event, so its absence is looked for. */
async function deleteDraft(aws: Aws, { name, id }: Stack): Promise<void> {
  await aws.tell('cloudformation', 'delete-stack', { StackName: name })
  for (const end = Date.now() + longest; Date.now() < end; await setTimeout(pause))
    if (await isGone(aws, id)) return
  throw new Refusal(
    `Expected the stack ${name} to be gone within ${longest / 60_000} minutes but it is there: run the same command again`,
  )
}

async function isGone(aws: Aws, id: string): Promise<boolean> {
  try {
    const { Stacks } = await aws.ask(StacksAnswer, 'cloudformation', 'describe-stacks', { StackName: id })
    return Stacks.every(({ StackStatus }) => StackStatus === 'DELETE_COMPLETE')
  } catch (error) {
    if (isMissing(error)) return true
    throw error
  }
}

/** Prints what CloudFormation does to a stack, as it happens. */
import { setTimeout } from 'node:timers/promises'
import * as v from 'valibot'
import type { Tell } from '../terminal/command.ts'
import { Refusal } from '../terminal/refusal.ts'
import type { Aws } from './aws.ts'

export type StackEnd = {
  /** Of the stack, such as `CREATE_COMPLETE` or `UPDATE_ROLLBACK_COMPLETE`. */
  readonly status: string
  /** A line for each resource that failed on its own, in the order of their failures. */
  readonly failures: readonly string[]
}

const EventSchema = v.object({
  EventId: v.pipe(v.unknown(), v.transform(String)),
  LogicalResourceId: v.string(),
  PhysicalResourceId: v.optional(v.string()),
  ResourceType: v.optional(v.string(), ''),
  ResourceStatus: v.optional(v.string(), ''),
  ResourceStatusReason: v.optional(v.nullable(v.string())),
})
export type StackEvent = v.InferOutput<typeof EventSchema>
const EventsAnswer = v.object({ StackEvents: v.array(EventSchema) })

/** More than can happen between two requests. */
const mostEvents = '200'
/** Ms. */
const longest = 60 * 60_000
const [firstPause, longestPause] = [300, 3000]

/** The newest events, oldest first. */
export async function readEvents(aws: Aws, stackId: string): Promise<readonly StackEvent[]> {
  const flags = ['--max-items', mostEvents]
  const input = { StackName: stackId }
  const { StackEvents } = await aws.ask(EventsAnswer, 'cloudformation', 'describe-stack-events', input, {
    flags,
  })
  return StackEvents.toReversed()
}

/** Prints every event that is not among those `before`, until the stack is at rest. */
export async function followStack(
  aws: Aws,
  stackId: string,
  before: readonly StackEvent[],
  tell: Tell,
): Promise<StackEnd> {
  const seen = new Set(before.map(({ EventId }) => EventId))
  const told = new Set<string>()
  const failures: string[] = []
  const end = Date.now() + longest
  for (let pause = firstPause; Date.now() < end; pause = Math.min(pause * 1.5, longestPause)) {
    const fresh = (await readEvents(aws, stackId)).filter(({ EventId }) => !seen.has(EventId))
    for (const event of fresh) {
      seen.add(event.EventId)
      const line = describe(event)
      // CloudFormation reports twice that it begins.
      if (!told.has(line)) tell(line)
      told.add(line)
      const isStack = event.PhysicalResourceId === stackId
      if (!isStack && failedByItself(event)) failures.push(`- ${line}`)
      if (isStack && /_(?:COMPLETE|FAILED)$/.test(event.ResourceStatus))
        return { status: event.ResourceStatus, failures: failures.length > 0 ? failures : [`- ${line}`] }
    }
    await setTimeout(pause)
  }
  throw new Refusal(
    `Expected CloudFormation to be done within ${longest / 60_000} minutes but it is still at work: it goes on by itself. Run the same command again to see how it ended`,
  )
}

/** The others were only cancelled because of the first. */
const failedByItself = ({ ResourceStatus, ResourceStatusReason }: StackEvent): boolean =>
  ResourceStatus.endsWith('_FAILED') && !/cancelled/i.test(ResourceStatusReason ?? '')

/** `create complete: Function (Lambda Function)`, with the reason of a failure. */
function describe({
  LogicalResourceId,
  ResourceType,
  ResourceStatus,
  ResourceStatusReason,
}: StackEvent): string {
  const status = ResourceStatus.toLowerCase().replaceAll('_', ' ')
  const type = ResourceType.replace(/^AWS::/, '').replaceAll('::', ' ')
  const reason =
    /FAILED|ROLLBACK/.test(ResourceStatus) && ResourceStatusReason ? `: ${ResourceStatusReason}` : ''
  return `${status}: ${LogicalResourceId} (${type})${reason}`
}

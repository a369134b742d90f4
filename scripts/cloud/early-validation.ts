/** What CloudFormation found out about a change before it was made: names that are taken, properties that are wrong. */
import * as v from 'valibot'
import { Refusal } from '../terminal/refusal.ts'
import type { Aws } from './aws.ts'

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_OperationEvent.html */
const Answer = v.object({
  OperationEvents: v.array(
    v.object({
      LogicalResourceId: v.optional(v.string(), ''),
      ValidationStatusReason: v.optional(v.string()),
    }),
  ),
})

/** The reason that a change set failed for; where that only points to the events of the change set, what those say. */
export async function readReason(aws: Aws, changeSetId: string, reason: string): Promise<string> {
  if (!reason.includes('EarlyValidation')) return reason
  const input = { ChangeSetName: changeSetId, Filters: { FailedEvents: true } }
  try {
    const { OperationEvents } = await aws.ask(Answer, 'cloudformation', 'describe-events', input)
    const lines = OperationEvents.flatMap(({ LogicalResourceId, ValidationStatusReason }) =>
      ValidationStatusReason === undefined ? [] : [`- ${LogicalResourceId}: ${ValidationStatusReason}`],
    )
    return lines.length === 0 ? reason : ['', ...new Set(lines)].join('\n')
  } catch (error) {
    // An older CLI does not know it, and not everybody may ask.
    if (error instanceof Refusal) return reason
    throw error
  }
}

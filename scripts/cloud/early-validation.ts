/** What CloudFormation found wrong before it made a change: names that are taken, properties that are wrong. */
import * as v from 'valibot'
import { Refusal } from '../terminal/refusal.ts'
import type { Aws } from './aws.ts'

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_OperationEvent.html */
const OperationsAnswer = v.object({
  OperationEvents: v.array(
    v.object({
      LogicalResourceId: v.optional(v.string(), ''),
      ValidationStatusReason: v.optional(v.string()),
    }),
  ),
})

/** Why a change set failed; if the reason only points to the change set's events, what those say. */
export async function readReason(aws: Aws, changeSetId: string, reason: string): Promise<string> {
  if (!reason.includes('EarlyValidation')) return reason
  const input = { ChangeSetName: changeSetId, Filters: { FailedEvents: true } }
  try {
    const { OperationEvents } = await aws.ask(OperationsAnswer, 'cloudformation', 'describe-events', input)
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

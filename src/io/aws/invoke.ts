/** Lambda's Invoke: events for a function, each an invocation of its own. */
import type { RouteEvent, Unsent } from '../../core/event/fan-out.ts'

/**
 * Sends every event, whatever becomes of the others, and returns those that were not taken. What is taken is carried out
 * later: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
 */
export async function sendEvents(
  events: readonly RouteEvent[],
  functionName: string,
): Promise<readonly Unsent[]> {
  const { sendAll } = await import('./invoke-client.ts')
  return sendAll(events, functionName)
}

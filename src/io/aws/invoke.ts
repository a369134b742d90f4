/** Sends events to a Lambda function; each starts an invocation of its own. */
import type { RouteEvent, Unsent } from '../../core/event/fan-out.ts'

/**
 * Sends every event even if others fail, and returns those that Lambda did not take. Lambda runs the others
 * later: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
 */
export async function sendEvents(
  events: readonly RouteEvent[],
  functionName: string,
): Promise<readonly Unsent[]> {
  const { sendAll } = await import('./invoke-client.ts')
  return sendAll(events, functionName)
}

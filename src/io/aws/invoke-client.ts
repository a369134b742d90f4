/** In a file of its own, which is loaded with the first event: what most runs never need must not slow their start. */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import type { RouteEvent, Unsent } from '../../core/event/fan-out.ts'
import { awsBounds, awsFailure } from '../../core/failure/aws.ts'

/** A call may be made again: an event that comes twice finds the first at work, or nothing to do. */
export async function sendAll(
  events: readonly RouteEvent[],
  functionName: string,
): Promise<readonly Unsent[]> {
  const client = new LambdaClient(awsBounds)
  const send = async ({ route, event }: RouteEvent): Promise<readonly Unsent[]> => {
    try {
      const Payload = JSON.stringify(event)
      await client.send(new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload }))
      return []
    } catch (error) {
      return [{ route, error: awsFailure(error, 'Lambda', `take an event for ${functionName}`) }]
    }
  }
  try {
    return (await Promise.all(events.map(send))).flat()
  } finally {
    client.destroy()
  }
}

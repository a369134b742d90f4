/** In a file of its own that is loaded with the first event, because most runs never need it and should start faster without it. */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import type { RouteEvent, Unsent } from '../../core/event/fan-out.ts'
import { awsBounds, awsFailure } from '../../core/failure/aws.ts'

/** A call may be repeated: if an event arrives twice, the second run finds the first at work, or nothing to do. */
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

/** In a file of its own that is loaded with the first parameter, because most runs never need it and should start faster without it. */
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm'
import type { ParameterValues } from '../../core/config/parameters.ts'
import { awsBounds, awsFailure } from '../../core/failure/aws.ts'

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html */
const namesPerCall = 10

/**
 * The parameters, deciphered; those that do not exist are left out. Endpoint, region and credentials come the SDK's usual
 * ways. Throws ServiceError ('Parameter Store').
 */
export async function fetchParameters(names: readonly string[]): Promise<ParameterValues> {
  const client = new SSMClient(awsBounds)
  try {
    const calls = Array.from({ length: Math.ceil(names.length / namesPerCall) }, (_, at) =>
      fetchSome(client, names.slice(at * namesPerCall, (at + 1) * namesPerCall)),
    )
    const values = new Map((await Promise.all(calls)).flat())
    return { region: await client.config.region(), values }
  } catch (error) {
    throw awsFailure(error, 'Parameter Store', `read ${names.join(', ')}`)
  } finally {
    client.destroy()
  }
}

async function fetchSome(
  client: SSMClient,
  names: readonly string[],
): Promise<readonly (readonly [string, string])[]> {
  const { Parameters = [] } = await client.send(
    new GetParametersCommand({ Names: [...names], WithDecryption: true }),
  )
  return Parameters.flatMap(({ Name, Value }) =>
    Name === undefined || Value === undefined ? [] : [[Name, Value] as const],
  )
}

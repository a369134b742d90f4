/** In a file of its own that is loaded with the first parameter, because most runs never need it and should start faster without it. */
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm'
import type { ParameterValues } from '../../core/config/parameters.ts'
import { awsBounds, awsFailure } from '../../core/failure/aws.ts'

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html */
const namesPerCall = 10

/**
 * What is wrong with one of the parameters and refuses the whole call: no right to it or to its key, a key that is gone, a
 * name that nobody may use.
 */
const ofOneParameter = ['AccessDeniedException', 'InvalidKeyId', 'ValidationException']

type Fetched = Required<ParameterValues>
type Some = Omit<Fetched, 'region'>

/**
 * The parameters, deciphered; those that do not exist are left out. Endpoint, region and credentials come the SDK's usual
 * ways. Throws ServiceError ('Parameter Store').
 */
export async function fetchParameters(names: readonly string[]): Promise<Fetched> {
  const client = new SSMClient(awsBounds)
  try {
    const calls = Array.from({ length: Math.ceil(names.length / namesPerCall) }, (_, at) =>
      fetchSome(client, names.slice(at * namesPerCall, (at + 1) * namesPerCall)),
    )
    return { region: await client.config.region(), ...joined(await Promise.all(calls)) }
  } catch (error) {
    throw awsFailure(error, 'Parameter Store', `read ${names.join(', ')}`)
  } finally {
    client.destroy()
  }
}

const joined = (some: readonly Some[]): Some => ({
  values: new Map(some.flatMap(({ values }) => [...values])),
  refused: new Map(some.flatMap(({ refused }) => [...refused])),
})

async function fetchSome(client: SSMClient, names: readonly string[]): Promise<Some> {
  try {
    const { Parameters = [] } = await client.send(
      new GetParametersCommand({ Names: [...names], WithDecryption: true }),
    )
    const values = Parameters.flatMap(({ Name, Value }) =>
      Name === undefined || Value === undefined ? [] : [[Name, Value] as const],
    )
    return { values: new Map(values), refused: new Map() }
  } catch (error) {
    if (!(error instanceof Error) || !ofOneParameter.includes(error.name)) throw error
    // V7: the others can be read.
    if (names.length > 1) return joined(await Promise.all(names.map((name) => fetchSome(client, [name]))))
    const reasons = names.map((name) => {
      const failure = awsFailure(error, 'Parameter Store', `read ${name}`)
      return [name, failure instanceof Error ? failure.message : String(failure)] as const
    })
    return { values: new Map(), refused: new Map(reasons) }
  }
}

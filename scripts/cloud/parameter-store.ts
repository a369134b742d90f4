import * as v from 'valibot'
import type { ParameterValues } from '../../src/core/config/parameters.ts'
import type { Account, Aws } from './aws.ts'
import { isDenied } from './aws-failure.ts'

const ParametersAnswer = v.object({ Parameters: v.array(v.object({ Name: v.string(), Value: v.string() })) })

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html */
const mostNames = 10

/** The values of these names in Parameter Store; undefined without the right to read them. */
export async function readParameters(
  aws: Aws,
  names: readonly string[],
): Promise<ParameterValues | undefined> {
  const values = new Map<string, string>()
  try {
    for (let from = 0; from < names.length; from += mostNames) {
      const input = { Names: names.slice(from, from + mostNames), WithDecryption: true }
      const { Parameters } = await aws.ask(ParametersAnswer, 'ssm', 'get-parameters', input)
      for (const { Name, Value } of Parameters) values.set(Name, Value)
    }
  } catch (error) {
    if (isDenied(error)) return undefined
    throw error
  }
  return { region: aws.region, values }
}

/** ARNs of the parameters, for the function's role. */
export const parameterArns = ({ partition, region, account }: Account, names: readonly string[]): string =>
  names.map((name) => `arn:${partition}:ssm:${region}:${account}:parameter${name}`).join(',')

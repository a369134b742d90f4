/**
 * `ssm:/name`: the value of a setting is in Parameter Store, where it is not shown with the function's variables.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
 */
import { parseRouteNames } from './route-names.ts'
import { routeVariables } from './settings.ts'
import { type Env, isParameter, type Setting, settingOf } from './variables.ts'

/** What Parameter Store has, by the names of the parameters, and the region in which it was asked. */
export type ParameterValues = {
  readonly region: string
  readonly values: ReadonlyMap<string, string>
  /** Why some of them may not be read, by their names; the others could be. */
  readonly refused?: ReadonlyMap<string, string>
}
/** The same, or why it could not be read. */
export type Parameters = ParameterValues | { readonly unread: string }

/** The parameter that an address names; undefined where it names none. */
const parameterOf = (address: string): string | undefined => /^ssm:(\/[\w./-]*[\w.-])$/i.exec(address)?.[1]

/** The names of all parameters that the routes' settings name, each once. */
export function wantedParameters(env: Env): readonly string[] {
  const addresses = parseRouteNames(env, new Set()).flatMap((route) =>
    routeVariables.flatMap((variable) => settingOf(env, route, variable).value ?? []),
  )
  return [...new Set(addresses.flatMap((address) => parameterOf(address) ?? []))]
}

/** A setting that names a parameter, with the parameter's value or with what is wrong; any other setting as it is. */
export function fillIn(setting: Setting, parameters: Parameters | undefined): Setting {
  const { name, value } = setting
  if (value === undefined || !isParameter(value)) return setting
  const parameter = parameterOf(value)
  const problem = (sentence: string): Setting => ({ ...setting, problem: sentence })
  if (parameters === undefined)
    return problem(
      `Expected the value itself for ${name} but received an ssm: address, which can be read only where Levity is deployed on AWS with Parameter Store`,
    )
  if ('unread' in parameters)
    return problem(`Expected the value of ${name} from Parameter Store but ${parameters.unread}`)
  if (parameter === undefined)
    return problem(
      `Expected ssm: and the name of a parameter, such as ssm:/levity/token, for ${name} but received another address`,
    )
  const notGiven = (sentence: string): Setting => ({ ...problem(sentence), hidden: true })
  const found = parameters.values.get(parameter)
  const refused = parameters.refused?.get(parameter)
  if (found === undefined && refused !== undefined)
    return notGiven(`Expected the value of ${name} from Parameter Store but ${refused}`)
  const place = `${parameter} in Parameter Store for ${name}`
  if (found === undefined)
    return notGiven(
      `Expected a parameter ${place} but received none of that name (region ${parameters.region}): create it there, or correct the address`,
    )
  const text = found.trim()
  return text === ''
    ? notGiven(`Expected a value in the parameter ${place} but received an empty one: give it a value`)
    : { name, value: text, hidden: true }
}

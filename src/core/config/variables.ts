/** The variables of the environment: under which name a route finds a setting, and what a message may show of it. */
import { redact } from './secrets.ts'
import { isSecret } from './settings.ts'

export type Env = Readonly<Record<string, string | undefined>>

/** Undefined stands for the one route without a name. */
export type RouteName = string | undefined

/** One setting as a route finds it, under the name of the variable that it comes from. */
export type Setting = {
  readonly name: string
  readonly value: string | undefined
  /** It comes from Parameter Store, and is never shown. */
  readonly hidden?: true
  /** Why there is no value where there should be one. */
  readonly problem?: string
}

export const prefixOf = (route: RouteName): string => (route === undefined ? '' : `${route.toUpperCase()}_`)

/** Empty counts as unset. Spaces around a value are dropped: they came with the copying. */
export function readVariable(env: Env, name: string): string | undefined {
  const value = env[name]?.trim()
  return value === '' ? undefined : value
}

/** A route's own variable if it is set, else the one for every route. */
export function settingOf(env: Env, route: RouteName, variable: string): Setting {
  const own = prefixOf(route) + variable
  const name =
    readVariable(env, own) === undefined && readVariable(env, variable) !== undefined ? variable : own
  return { name, value: readVariable(env, name) }
}

/** The name to show in a sentence about a mistake. */
export const nameToSet = ({ name, value }: Setting, route: RouteName, variable: string): string =>
  value === undefined && route !== undefined ? `${name} (or ${variable})` : name

/** Whether it is an address in Parameter Store instead of a value. */
export const isParameter = (value: string): boolean => /^ssm:/i.test(value)

/** For the settings that all routes share: they are read before Parameter Store is asked. */
export const noParameterHere = (name: string): string =>
  `Expected the value itself for ${name} but received an ssm: address, which works only for the settings of a route`

/** A value in a sentence, cut if it is long. */
export const quote = (text: string): string =>
  JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text)

/** As much of a value as a message may show. */
export function show(
  variable: string,
  { value, hidden }: Pick<Setting, 'value' | 'hidden'>,
  secrets: readonly string[],
): string {
  if (value === undefined) return 'nothing'
  if (hidden) return `a value of ${value.length} characters from Parameter Store`
  if (isSecret(variable)) return `a value of ${value.length} characters`
  if (!variable.endsWith('_URL')) return quote(redact(value, secrets))
  if (value.includes('@')) return 'an address with a user name or password'
  const [address = ''] = value.split(/[?#]/)
  return quote(redact(address, secrets))
}

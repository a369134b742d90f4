/** The environment's variables: under which name a route finds one, and how a mistake in it is told. */
import { redact } from './secrets.ts'
import { isSecret } from './settings.ts'

export type Env = Readonly<Record<string, string | undefined>>

/** Undefined stands for the one route without a name. */
export type RouteName = string | undefined

/** One variable as a route sees it: the name it was set by. */
export type Setting = {
  readonly name: string
  readonly value: string | undefined
  /** It came from Parameter Store, and is told to nobody. */
  readonly hidden?: true
  /** Why there is no value, though there should be one. */
  readonly problem?: string
}

export const prefixOf = (route: RouteName): string => (route === undefined ? '' : `${route.toUpperCase()}_`)

/** Empty counts as unset; space around a value came with the pasting. */
export function readVariable(env: Env, name: string): string | undefined {
  const value = env[name]?.trim()
  return value === '' ? undefined : value
}

/** A route's own variable where it is set, else every route's. */
export function settingOf(env: Env, route: RouteName, variable: string): Setting {
  const own = prefixOf(route) + variable
  const name =
    readVariable(env, own) === undefined && readVariable(env, variable) !== undefined ? variable : own
  return { name, value: readVariable(env, name) }
}

/** The name in a sentence about a mistake. */
export const nameToSet = ({ name, value }: Setting, route: RouteName, variable: string): string =>
  value === undefined && route !== undefined ? `${name} (or ${variable})` : name

/** An address in Parameter Store instead of a value. */
export const isParameter = (value: string): boolean => /^ssm:/i.test(value)

/** Where a route is named, or the ledger, before any of its settings is read. */
export const noParameterHere = (name: string): string =>
  `Expected the value itself for ${name} but received an ssm: address, which only the settings of a route may be`

/** Found text in a sentence, cut where it is long. */
export const quote = (text: string): string =>
  JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text)

/** What was found, as far as it may be told. */
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

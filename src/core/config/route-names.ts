import { likelyWord } from './likely.ts'
import {
  type Env,
  isParameter,
  noParameterHere,
  prefixOf,
  quote,
  type RouteName,
  readVariable,
} from './variables.ts'

const sharedVariables = ['LEVITY_ROUTES', 'LEVITY_TABLE']
/** Names that variables begin with already. */
const reserved = ['tumblr', 'mastodon', 'levity', 'aws']
const routeName = /^[a-z][a-z0-9]*$/

/** The names in `LEVITY_ROUTES`; undefined alone if it is unset, for the route without a name. */
export function parseRouteNames(env: Env, problems: Set<string>): readonly RouteName[] {
  const list = readVariable(env, 'LEVITY_ROUTES')
  if (list === undefined) return [undefined]
  if (isParameter(list)) {
    problems.add(noParameterHere('LEVITY_ROUTES'))
    return []
  }
  const names = list.split(',').map((name) => name.trim())
  for (const name of names) {
    if (!routeName.test(name) || reserved.includes(name)) {
      problems.add(
        `Expected names of small letters and digits, none of them ${reserved.join(', ')}, for LEVITY_ROUTES but received ${quote(name)}`,
      )
    } else if (names.indexOf(name) !== names.lastIndexOf(name)) {
      problems.add(`Expected each name once for LEVITY_ROUTES but received ${quote(name)} more than once`)
    }
  }
  return [...new Set(names)].filter((name) => routeName.test(name) && !reserved.includes(name))
}

/** A sentence for each variable that looks like ours but is not. `variables` are those that a route may have. */
export function findUnknownNames(
  env: Env,
  routes: readonly RouteName[],
  variables: readonly string[],
): readonly string[] {
  const prefixes = routes.map(prefixOf).filter((prefix) => prefix !== '')
  const known = [
    ...sharedVariables,
    ...variables,
    ...prefixes.flatMap((prefix) => variables.map((name) => prefix + name)),
  ]
  const isOurs = (name: string): boolean =>
    /^(?:[A-Z][A-Z0-9]*_)?LEVITY_/.test(name) ||
    prefixes.some(
      (prefix) => /^(?:TUMBLR|MASTODON)_/.test(name.slice(prefix.length)) && name.startsWith(prefix),
    )
  return Object.keys(env)
    .filter((name) => readVariable(env, name) !== undefined && isOurs(name) && !known.includes(name))
    .map((name) => {
      const likely = likelyWord(name, known)
      return `Expected a variable of Levity's but received ${name}${likely === undefined ? ': correct its name, or remove it' : ` (did you mean ${likely}?)`}`
    })
}

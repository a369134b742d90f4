import * as v from 'valibot'
import type { Parameters } from './parameters.ts'
import { parseRoute, type RouteConfig } from './route.ts'
import { findUnknownNames, parseRouteNames } from './route-names.ts'
import { routeVariables, SharedSettings } from './settings.ts'
import { type Env, isParameter, noParameterHere, readVariable, show } from './variables.ts'

export type Config = { readonly table: string; readonly routes: readonly [RouteConfig, ...RouteConfig[]] }

/** Everything that is wrong with the settings, one sentence each. No secret is in any of them. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(['The settings have mistakes:', ...problems.map((problem) => `- ${problem}`)].join('\n'))
    this.problems = problems
  }
}

/**
 * Reads the settings from the variables of the environment. Throws ConfigError with every mistake. `parameters`: what
 * Parameter Store has for `wantedParameters`; without them, an ssm: address is a mistake.
 */
export function parseConfig(env: Env, parameters?: Parameters): Config {
  const problems = new Set<string>()
  const names = parseRouteNames(env, problems)
  for (const problem of findUnknownNames(env, names, routeVariables)) problems.add(problem)
  const routes = names.flatMap((name) => {
    const found = parseRoute(env, name, problems, parameters)
    return found ? [found] : []
  })
  for (const problem of findTwins(routes)) problems.add(problem)
  const table = parseTable(env, problems)
  const [first, ...others] = routes
  if (problems.size > 0 || first === undefined || table === undefined) throw new ConfigError([...problems])
  return { table, routes: [first, ...others] }
}

/** One blog to one account is one route (L4): two would post everything twice. */
function findTwins(routes: readonly RouteConfig[]): readonly string[] {
  const seen = new Map<string, string>()
  return routes.flatMap(({ name, tumblr, mastodon }) => {
    const key = JSON.stringify([tumblr.blog, mastodon.url, mastodon.accessToken])
    const twin = seen.get(key)
    if (twin === undefined) seen.set(key, name)
    return twin === undefined
      ? []
      : [
          `Expected another blog or another account for the route ${name} but received those of the route ${twin}: change one of the two, or remove its name from LEVITY_ROUTES`,
        ]
  })
}

function parseTable(env: Env, problems: Set<string>): string | undefined {
  const value = readVariable(env, 'LEVITY_TABLE')
  const result = v.safeParse(SharedSettings.entries.table, value)
  if (result.success) return result.output
  problems.add(
    value !== undefined && isParameter(value)
      ? noParameterHere('LEVITY_TABLE')
      : `Expected ${result.issues[0].message} for LEVITY_TABLE but received ${show('LEVITY_TABLE', { value }, [])}`,
  )
  return undefined
}

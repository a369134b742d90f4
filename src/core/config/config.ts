import * as v from 'valibot'
import type { Parameters } from './parameters.ts'
import { parseRoute, type RouteConfig } from './route.ts'
import { findUnknownNames, parseRouteNames } from './route-names.ts'
import { routeVariables, SharedSettings } from './settings.ts'
import { type Env, isParameter, noParameterHere, readVariable, show } from './variables.ts'

export type Config = { readonly table: string; readonly routes: readonly [RouteConfig, ...RouteConfig[]] }

/** A route that cannot run, because Parameter Store does not give what its settings name (V7). One sentence for each setting. */
export type StoppedRoute = { readonly name: string; readonly problems: readonly string[] }
export type RunConfig = Config & { readonly stopped: readonly StoppedRoute[] }

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
export const parseConfig = (env: Env, parameters?: Parameters): Config => parse(env, parameters, false)

/**
 * V7: the same for a run. A route whose parameters are wrong is stopped alone, and the others run. Throws ConfigError where
 * anything else is wrong, or no route is left.
 */
export const parseRunConfig = (env: Env, parameters?: Parameters): RunConfig => parse(env, parameters, true)

function parse(env: Env, parameters: Parameters | undefined, mayStop: boolean): RunConfig {
  const problems = new Set<string>()
  const stopped: StoppedRoute[] = []
  const names = parseRouteNames(env, problems)
  for (const problem of findUnknownNames(env, names, routeVariables)) problems.add(problem)
  const routes = names.flatMap((name) => {
    const ofParameters = mayStop ? new Set<string>() : problems
    const found = parseRoute(env, name, problems, parameters, ofParameters)
    if (!mayStop || ofParameters.size === 0) return found ? [found] : []
    stopped.push({ name: name ?? 'main', problems: [...ofParameters] })
    return []
  })
  for (const problem of findTwins(routes)) problems.add(problem)
  const table = parseTable(env, problems)
  const [first, ...others] = routes
  if (problems.size > 0 || first === undefined || table === undefined)
    throw new ConfigError([...new Set([...problems, ...stopped.flatMap((route) => route.problems)])])
  return { table, routes: [first, ...others], stopped }
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

/** Settings that may have mistakes: the mistakes, and the parts of each route that can be used all the same. */
import * as v from 'valibot'
import { ConfigError, parseConfig } from './config.ts'
import { fillIn, type Parameters } from './parameters.ts'
import { parseRoute, type RouteConfig } from './route.ts'
import { parseRouteNames } from './route-names.ts'
import type { SettingRow } from './row.ts'
import { isSecret, RouteSettings, routeVariables, SharedSettings } from './settings.ts'
import { type Env, type RouteName, readVariable, settingOf } from './variables.ts'

export type PossibleRoute = {
  readonly name: string
  /** One sentence each. A mistake that concerns every route is listed for every route. */
  readonly problems: readonly string[]
  /** Present if all its settings are right. */
  readonly tumblr?: RouteConfig['tumblr']
  readonly mastodon?: RouteConfig['mastodon']
  /** Present if nothing is wrong with this route. */
  readonly config?: RouteConfig
}

export type Possible = {
  readonly routes: readonly [PossibleRoute, ...PossibleRoute[]]
  readonly table?: string
  /** Every secret there is, for `redact`. */
  readonly secrets: readonly string[]
}

/** `others`: mistakes that are known already. */
export function parsePossible(env: Env, parameters?: Parameters, others: readonly string[] = []): Possible {
  const names = parseRouteNames(env, new Set())
  const own = names.map((name) => parseAlone(env, name, parameters))
  const known = new Set(own.flatMap(({ problems }) => problems))
  const shared = [...new Set([...problemsOf(env, parameters), ...others])].filter((one) => !known.has(one))
  const routes = own.map((route) => ({ ...route, problems: [...shared, ...route.problems] }))
  const [first = { name: 'main', problems: shared }, ...rest] = routes
  const table = v.safeParse(SharedSettings.entries.table, readVariable(env, 'LEVITY_TABLE'))
  return {
    routes: [first, ...rest],
    ...(table.success && { table: table.output }),
    secrets: [...new Set(names.flatMap((name) => secretsIn(env, name, parameters)))],
  }
}

function problemsOf(env: Env, parameters?: Parameters): readonly string[] {
  try {
    parseConfig(env, parameters)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

function parseAlone(env: Env, name: RouteName, parameters?: Parameters): PossibleRoute {
  const problems = new Set<string>()
  const config = parseRoute(env, name, problems, parameters)
  const read = <S extends SettingRow>(row: S): v.InferOutput<S> | undefined => {
    const { value, problem } = fillIn(settingOf(env, name, row.about.name), parameters)
    const { issues, output, typed } = v.safeParse(row, value)
    return problem === undefined && issues === undefined && typed ? output : undefined
  }
  const { tumblr, mastodon } = RouteSettings.entries
  const [blog, consumerKey] = [read(tumblr.entries.blog), read(tumblr.entries.consumerKey)]
  const [apiUrl, url] = [read(tumblr.entries.apiUrl), read(mastodon.entries.url)]
  const accessToken = read(mastodon.entries.accessToken)
  const consumerSecret = read(tumblr.entries.consumerSecret)
  const [token, tokenSecret] = [read(tumblr.entries.token), read(tumblr.entries.tokenSecret)]
  const oauth = consumerSecret && token && tokenSecret ? { consumerSecret, token, tokenSecret } : undefined
  return {
    name: name ?? 'main',
    problems: [...problems],
    ...(blog && consumerKey && apiUrl && { tumblr: { blog, consumerKey, apiUrl, ...(oauth && { oauth }) } }),
    ...(url && accessToken && { mastodon: { url, accessToken } }),
    ...(config && problems.size === 0 && { config }),
  }
}

const secretsIn = (env: Env, name: RouteName, parameters?: Parameters): readonly string[] =>
  routeVariables.flatMap((variable) => {
    const { value, hidden, problem } = fillIn(settingOf(env, name, variable), parameters)
    // An address in Parameter Store is not a secret.
    return value !== undefined && problem === undefined && (hidden || isSecret(variable)) ? [value] : []
  })

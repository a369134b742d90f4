import * as v from 'valibot'
import { findUnknownNames, parseRouteNames } from './route-names.ts'
import { redact } from './secrets.ts'
import { isSecret, RouteSettings, type RouteValues, TableSetting } from './setting.ts'
import {
  type Env,
  isParameter,
  nameToSet,
  parameterRefusal,
  type RouteName,
  readVariable,
  type Setting,
  settingOf,
  show,
} from './variables.ts'
import type { Wishes } from './wishes.ts'

/** `LEVITY_START`. */
export type Start =
  | { readonly from: 'now' }
  | { readonly from: 'last'; readonly count: number }
  /** Ms since 1970. */
  | { readonly from: 'since'; readonly time: number }
  | { readonly from: 'all' }

export type RouteConfig = {
  /** The route's key in the ledger; `main` where there is one route without a name. */
  readonly name: string
  readonly tumblr: {
    /** As `parseBlogIdentifier` gives it. */
    readonly blog: string
    readonly consumerKey: string
    readonly oauth?: { readonly consumerSecret: string; readonly token: string; readonly tokenSecret: string }
    readonly apiUrl: string
  }
  /** `url` is an origin. */
  readonly mastodon: { readonly url: string; readonly accessToken: string }
  readonly wishes: Wishes
  readonly start: Start
  /** Ms a fresh post waits. */
  readonly delayMs: number
  /** Posts a run publishes at most. */
  readonly maxPosts: number
  readonly follow: { readonly edits: boolean; readonly deletions: boolean }
}

export type Config = { readonly table: string; readonly routes: readonly [RouteConfig, ...RouteConfig[]] }

/** Everything that is wrong with the configuration, one sentence each; no secret is in any of them. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(['The configuration has mistakes:', ...problems.map((problem) => `- ${problem}`)].join('\n'))
    this.problems = problems
  }
}

const routeVariables = Object.keys(RouteSettings.entries)
const defaultTable = 'levity'

/** The variables of the environment as a configuration. Throws ConfigError with every mistake. */
export function parseConfig(env: Env): Config {
  const problems = new Set<string>()
  const names = parseRouteNames(env, problems)
  for (const problem of findUnknownNames(env, names, routeVariables)) problems.add(problem)
  const routes = names.flatMap((name) => {
    const found = parseRoute(env, name, problems)
    return found ? [found] : []
  })
  for (const problem of findTwins(routes)) problems.add(problem)
  const table = parseTable(env, problems)
  const [first, ...others] = routes
  if (problems.size > 0 || first === undefined || table === undefined) throw new ConfigError([...problems])
  return { table, routes: [first, ...others] }
}

function parseRoute(env: Env, route: RouteName, problems: Set<string>): RouteConfig | undefined {
  const settings = new Map(routeVariables.map((variable) => [variable, settingOf(env, route, variable)]))
  const secrets = [...settings].flatMap(([variable, { value }]) =>
    isSecret(variable) && value ? [value] : [],
  )
  const parameters = [...settings.values()].filter(({ value }) => value !== undefined && isParameter(value))
  for (const { name } of parameters) problems.add(parameterRefusal(name))
  const values = Object.fromEntries([...settings].map(([variable, { value }]) => [variable, value]))
  const result = v.safeParse(RouteSettings, values)
  for (const issue of result.issues ?? []) {
    const variable = String(issue.path?.[0].key)
    const setting = settings.get(variable)
    if (setting === undefined || parameters.includes(setting)) continue
    problems.add(
      variable === 'LEVITY_TAG_RULES'
        ? redact(`${setting.name}: ${issue.message}`, secrets)
        : `Expected ${issue.message} for ${nameToSet(setting, route, variable)} but received ${show(variable, setting.value, secrets)}`,
    )
  }
  const hasOauth = parseOauth(settings, problems)
  return result.success ? toRouteConfig(route ?? 'main', result.output, hasOauth) : undefined
}

/** Whether the three are set that mean something together only. */
function parseOauth(settings: ReadonlyMap<string, Setting>, problems: Set<string>): boolean {
  const trio = ['TUMBLR_CONSUMER_SECRET', 'TUMBLR_TOKEN', 'TUMBLR_TOKEN_SECRET'].flatMap(
    (variable) => settings.get(variable) ?? [],
  )
  const set = trio.filter(({ value }) => value !== undefined)
  const missing = trio.filter(({ value }) => value === undefined)
  if (set.length > 0 && missing.length > 0) {
    const names = (some: readonly Setting[]): string => some.map(({ name }) => name).join(' and ')
    problems.add(
      `Expected all of ${trio.map(({ name }) => name).join(', ')} or none of them but received ${names(set)} without ${names(missing)}`,
    )
  }
  return missing.length === 0
}

function toRouteConfig(name: string, values: RouteValues, hasOauth: boolean): RouteConfig {
  const { TUMBLR_CONSUMER_SECRET, TUMBLR_TOKEN, TUMBLR_TOKEN_SECRET, LEVITY_LANGUAGE } = values
  return {
    name,
    tumblr: {
      blog: values.TUMBLR_BLOG,
      consumerKey: values.TUMBLR_CONSUMER_KEY,
      apiUrl: values.TUMBLR_API_URL,
      ...(hasOauth && {
        oauth: {
          consumerSecret: TUMBLR_CONSUMER_SECRET ?? '',
          token: TUMBLR_TOKEN ?? '',
          tokenSecret: TUMBLR_TOKEN_SECRET ?? '',
        },
      }),
    },
    mastodon: { url: values.MASTODON_URL, accessToken: values.MASTODON_ACCESS_TOKEN },
    wishes: {
      reblogs: values.LEVITY_REBLOGS,
      tagRules: values.LEVITY_TAG_RULES,
      sensitive: values.LEVITY_SENSITIVE,
      visibility: values.LEVITY_VISIBILITY,
      ...(LEVITY_LANGUAGE !== undefined && { language: LEVITY_LANGUAGE }),
      hashtags: values.LEVITY_HASHTAGS,
      template: values.LEVITY_TEMPLATE,
      altText: values.LEVITY_ALT_TEXT,
    },
    start: values.LEVITY_START,
    delayMs: values.LEVITY_DELAY,
    maxPosts: values.LEVITY_MAX_POSTS,
    follow: values.LEVITY_FOLLOW,
  }
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
          `Expected another blog or another account for the route ${name} but received those of the route ${twin}`,
        ]
  })
}

function parseTable(env: Env, problems: Set<string>): string | undefined {
  const value = readVariable(env, 'LEVITY_TABLE')
  const result = v.safeParse(TableSetting, value ?? defaultTable)
  if (result.success) return result.output
  problems.add(
    value !== undefined && isParameter(value)
      ? parameterRefusal('LEVITY_TABLE')
      : `Expected ${result.issues[0].message} for LEVITY_TABLE but received ${show('LEVITY_TABLE', value, [])}`,
  )
  return undefined
}

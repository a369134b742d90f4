/** The settings of one route. */
import * as v from 'valibot'
import type { RouteConfig } from './config.ts'
import { fillIn, type Parameters } from './parameters.ts'
import { redact } from './secrets.ts'
import { isSecret, RouteSettings, type RouteValues, routeVariables } from './settings.ts'
import { type Env, nameToSet, type RouteName, type Setting, settingOf, show } from './variables.ts'

/** One route of `names`, undefined where something is wrong with it; every mistake goes to `problems`. */
export function parseRoute(
  env: Env,
  route: RouteName,
  problems: Set<string>,
  parameters: Parameters | undefined,
): RouteConfig | undefined {
  const settings = new Map(
    routeVariables.map((variable) => [variable, fillIn(settingOf(env, route, variable), parameters)]),
  )
  const secrets = [...settings].flatMap(([variable, { value, hidden }]) =>
    (isSecret(variable) || hidden) && value ? [value] : [],
  )
  for (const { problem } of settings.values()) if (problem !== undefined) problems.add(problem)
  const values = Object.fromEntries([...settings].map(([variable, { value }]) => [variable, value]))
  const result = v.safeParse(RouteSettings, values)
  for (const issue of result.issues ?? []) {
    const variable = String(issue.path?.[0].key)
    const setting = settings.get(variable)
    if (setting === undefined || setting.problem !== undefined) continue
    problems.add(describeIssue(issue.message, variable, setting, route, secrets))
  }
  const hasOauth = parseOauth(settings, problems)
  return result.success ? toRouteConfig(route ?? 'main', result.output, hasOauth) : undefined
}

function describeIssue(
  message: string,
  variable: string,
  setting: Setting,
  route: RouteName,
  secrets: readonly string[],
): string {
  const isRules = variable === 'LEVITY_TAG_RULES'
  // Rules have sentences of their own, which show what they speak of.
  if (isRules && !setting.hidden) return redact(`${setting.name}: ${message}`, secrets)
  const expected = isRules ? 'tag rules such as nsfw=cw:Nudity; wip=skip' : message
  return `Expected ${expected} for ${nameToSet(setting, route, variable)} but received ${show(variable, setting, secrets)}`
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

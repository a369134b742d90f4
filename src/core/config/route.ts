/** The settings of one route. */
import * as v from 'valibot'
import { fillIn, type Parameters } from './parameters.ts'
import type { SettingRow } from './row.ts'
import { redact } from './secrets.ts'
import { isSecret, RouteSettings, type RouteValues, routeVariables, type Wishes } from './settings.ts'
import { type Env, nameToSet, type RouteName, type Setting, settingOf, show } from './variables.ts'

type OauthKey = 'consumerSecret' | 'token' | 'tokenSecret'

export type RouteConfig = {
  /** The route's key in the ledger; `main` where there is one route without a name. */
  readonly name: string
  readonly tumblr: Readonly<Omit<RouteValues['tumblr'], OauthKey>> & {
    readonly oauth?: Readonly<Required<Pick<RouteValues['tumblr'], OauthKey>>>
  }
  /** `url` is an origin. */
  readonly mastodon: Readonly<RouteValues['mastodon']>
  readonly wishes: Wishes
} & Readonly<RouteValues['run']>

/** Every secret of these routes, for `redact`. */
export function secretsOf(routes: readonly RouteConfig[]): readonly string[] {
  const all = routes.flatMap(({ tumblr, mastodon }) => [
    tumblr.consumerKey,
    ...(tumblr.oauth ? Object.values(tumblr.oauth) : []),
    mastodon.accessToken,
  ])
  return [...new Set(all)]
}

/** By the names of the variables. */
type FoundSettings = ReadonlyMap<string, Setting>

/**
 * One route; undefined if something is wrong with it. Every mistake goes to `problems`, and what is wrong with the parameters
 * that it names to `ofParameters`.
 */
export function parseRoute(
  env: Env,
  route: RouteName,
  problems: Set<string>,
  parameters: Parameters | undefined,
  ofParameters: Set<string> = problems,
): RouteConfig | undefined {
  const settings: FoundSettings = new Map(
    routeVariables.map((variable) => [variable, fillIn(settingOf(env, route, variable), parameters)]),
  )
  const secrets = [...settings].flatMap(([variable, { value, hidden }]) =>
    (isSecret(variable) || hidden) && value ? [value] : [],
  )
  for (const { problem, hidden } of settings.values())
    if (problem !== undefined) (hidden ? ofParameters : problems).add(problem)
  const result = v.safeParse(RouteSettings, inGroups(settings))
  for (const issue of result.issues ?? []) {
    const [group, key] = issue.path ?? []
    const variable = groups[String(group?.key)]?.entries[String(key?.key)]?.about.name ?? ''
    const setting = settings.get(variable)
    if (setting === undefined || setting.problem !== undefined) continue
    const place = setting.hidden ? ofParameters : problems
    place.add(describeIssue(issue.message, variable, setting, route, secrets))
  }
  const hasOauth = parseOauth(settings, problems)
  return result.success ? toRouteConfig(route ?? 'main', result.output, hasOauth) : undefined
}

const groups: Readonly<Record<string, { readonly entries: Readonly<Record<string, SettingRow>> }>> =
  RouteSettings.entries

/** The values as `RouteSettings` takes them. */
const inGroups = (settings: FoundSettings): unknown =>
  Object.fromEntries(
    Object.entries(groups).map(([group, { entries }]) => {
      const values = Object.entries(entries).flatMap(([key, { about }]) => {
        const value = settings.get(about.name)?.value
        return value === undefined ? [] : [[key, value] as const]
      })
      return [group, Object.fromEntries(values)] as const
    }),
  )

function describeIssue(
  message: string,
  variable: string,
  setting: Setting,
  route: RouteName,
  secrets: readonly string[],
): string {
  const isRules = variable === 'LEVITY_TAG_RULES'
  // Each mistake in the rules has its own sentence, which quotes the rule.
  if (isRules && !setting.hidden) return redact(`${setting.name}: ${message}`, secrets)
  const expected = isRules ? 'tag rules such as nsfw=cw:Nudity; wip=skip' : message
  const help = setting.value === undefined ? ' (npm run setup asks for it)' : ''
  return `Expected ${expected} for ${nameToSet(setting, route, variable)} but received ${show(variable, setting, secrets)}${help}`
}

/** Whether the three are set that mean something only together. */
function parseOauth(settings: FoundSettings, problems: Set<string>): boolean {
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
  const { consumerSecret = '', token = '', tokenSecret = '', ...tumblr } = values.tumblr
  return {
    name,
    tumblr: { ...tumblr, ...(hasOauth && { oauth: { consumerSecret, token, tokenSecret } }) },
    mastodon: values.mastodon,
    wishes: values.wishes,
    ...values.run,
  }
}

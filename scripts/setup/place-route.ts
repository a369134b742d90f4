/** Where the settings of a route go in a file of settings that may hold other routes already. */
import { settingRows } from '../../src/core/config/settings.ts'
import {
  type Env,
  prefixOf,
  type RouteName,
  readVariable,
  settingOf,
} from '../../src/core/config/variables.ts'
import { Refusal } from '../terminal/refusal.ts'
import type { EnvChanges } from './env-text.ts'

/** What a route shall have, by the names of the variables; undefined is: not set, or the default. */
export type RouteValues = ReadonlyMap<string, string | undefined>

/** What the one route without a name is called in the ledger, and so must be called once it has a name. */
export const unnamedRoute = 'main'

/** The routes that the settings name; undefined for the one without a name. Some of them may lack settings. */
export function routeNames(env: Env): readonly RouteName[] {
  const list = readVariable(env, 'LEVITY_ROUTES')
  return list === undefined ? [undefined] : list.split(',').map((name) => name.trim())
}

/** Whether anything of a route was ever written down. */
export const isBegun = (env: Env, route: RouteName): boolean =>
  ['TUMBLR_BLOG', 'MASTODON_ACCESS_TOKEN'].some((name) => settingOf(env, route, name).value !== undefined)

const needed = ['TUMBLR_BLOG', 'TUMBLR_CONSUMER_KEY', 'MASTODON_URL', 'MASTODON_ACCESS_TOKEN']

/** Whether it has all that a run cannot do without. */
export const isComplete = (env: Env, route: RouteName): boolean =>
  needed.every((name) => settingOf(env, route, name).value !== undefined)

/**
 * The changes that give the route these values. A route that joins one without a name gives that one its name, `main`,
 * under which the ledger knows it; what both have alike stays without a name, for both. Throws Refusal.
 */
export function placeRoute(env: Env, route: RouteName, values: RouteValues): EnvChanges {
  const names = routeNames(env)
  if (route === undefined || names.includes(route))
    return { renamed: new Map(), set: setFor(env, route, values) }
  const joins = names[0] === undefined && isBegun(env, undefined)
  const renamed = joins ? namesOfItsOwn(env, values) : new Map<string, string>()
  const others = joins ? [unnamedRoute] : names.filter((name) => name !== undefined)
  const left = Object.fromEntries(Object.entries(env).filter(([name]) => !renamed.has(name)))
  return {
    renamed,
    set: new Map([['LEVITY_ROUTES', [...others, route].join(',')], ...setFor(left, route, values)]),
  }
}

/** For what the first route has and the new one has not, or has otherwise. */
function namesOfItsOwn(env: Env, values: RouteValues): ReadonlyMap<string, string> {
  const differing = [...values].filter(([name, value]) => {
    const own = readVariable(env, name)
    return own !== undefined && own !== (value ?? defaultOf(name))
  })
  return new Map(differing.map(([name]) => [name, prefixOf(unnamedRoute) + name]))
}

function setFor(env: Env, route: RouteName, values: RouteValues): ReadonlyMap<string, string> {
  const set = new Map<string, string>()
  for (const [name, value] of values) {
    const wanted = value ?? defaultOf(name)
    const { value: is } = settingOf(env, route, name)
    if (wanted === (is ?? defaultOf(name))) continue
    set.set(prefixOf(route) + name, wanted ?? emptied(env, route, name))
  }
  return set
}

/** Empty counts as unset, so that what holds for every route would come back. */
function emptied(env: Env, route: RouteName, name: string): string {
  if (route === undefined || readVariable(env, name) === undefined) return ''
  if (name === 'LEVITY_TAG_RULES') return 'preset'
  throw new Refusal(
    `Expected no ${name} for the route ${route} but received one that holds for every route: put the name of the route it is for before it`,
  )
}

/** Undefined where there is none, or an empty one. */
const defaultOf = (name: string): string | undefined => settingRows.get(name)?.default || undefined

/** Where the settings of a route go in a file that may have other routes already. */
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

/** The values that a route is to have, by the names of the variables. Undefined: not set, or the default. */
export type WantedValues = ReadonlyMap<string, string | undefined>

/** The ledger's name for the route without a name. If it gets a name, it must be this one. */
export const unnamedRoute = 'main'

/** The names of the routes, undefined for the one without a name. Some of them may lack settings. */
export function routeNames(env: Env): readonly RouteName[] {
  const list = readVariable(env, 'LEVITY_ROUTES')
  return list === undefined ? [undefined] : list.split(',').map((name) => name.trim())
}

/** Whether the file has anything of this route. */
export const isBegun = (env: Env, route: RouteName): boolean =>
  ['TUMBLR_BLOG', 'MASTODON_ACCESS_TOKEN'].some((name) => settingOf(env, route, name).value !== undefined)

const needed = [...settingRows.values()].flatMap(({ about }) => (about.needed ? [about.name] : []))

/** Whether the file has all that a run of this route needs. */
export const isComplete = (env: Env, route: RouteName): boolean =>
  needed.every((name) => settingOf(env, route, name).value !== undefined)

/**
 * The changes that give the route these values. If there is a route without a name, it is named `main`, as in the ledger.
 * A setting that is the same for both keeps its name without a route, and so holds for both. Throws Refusal.
 */
export function placeRoute(env: Env, route: RouteName, values: WantedValues): EnvChanges {
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

/** New names for the settings in which the two routes differ. */
function namesOfItsOwn(env: Env, values: WantedValues): ReadonlyMap<string, string> {
  const differing = [...values].filter(([name, value]) => {
    const own = readVariable(env, name)
    return own !== undefined && own !== (value ?? defaultOf(name))
  })
  return new Map(differing.map(([name]) => [name, prefixOf(unnamedRoute) + name]))
}

function setFor(env: Env, route: RouteName, values: WantedValues): ReadonlyMap<string, string> {
  const set = new Map<string, string>()
  for (const [name, value] of values) {
    const wanted = value ?? defaultOf(name)
    const { value: is } = settingOf(env, route, name)
    if (wanted === (is ?? defaultOf(name))) continue
    set.set(prefixOf(route) + name, wanted ?? emptied(env, route, name))
  }
  return set
}

/** For a setting that is to be unset. Empty counts as unset, so that the value for every route would count again. */
function emptied(env: Env, route: RouteName, name: string): string {
  if (route === undefined || readVariable(env, name) === undefined) return ''
  if (name === 'LEVITY_TAG_RULES') return 'preset'
  throw new Refusal(
    `Expected no ${name} for the route ${route} but received one that holds for every route: put the name of the route it is for before it`,
  )
}

/** Undefined if there is none, or an empty one. */
const defaultOf = (name: string): string | undefined => settingRows.get(name)?.default || undefined

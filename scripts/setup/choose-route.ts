/** Which route is set up: the only one, one of several, or a new one. */
import { parseBlogIdentifier } from '../../src/core/config/blog.ts'
import { parseRouteNames } from '../../src/core/config/route-names.ts'
import { type Env, isParameter, type RouteName, settingOf } from '../../src/core/config/variables.ts'
import { Refusal } from '../terminal/refusal.ts'
import type { SetupOptions } from './options.ts'
import { isBegun, isComplete, routeNames, unnamedRoute } from './place-route.ts'
import type { Prompts } from './prompts.ts'
import type { SavedSetup } from './saved-setup.ts'

/** What a new route must have of its own, even if the file has a value for every route. */
const notInherited = ['TUMBLR_BLOG', 'MASTODON_URL', 'MASTODON_ACCESS_TOKEN', 'LEVITY_START']

/** The route, and the settings in the file that hold for it. Throws Refusal. */
export async function chooseRoute(
  prompts: Prompts,
  options: SetupOptions,
  whole: Env,
  saved: SavedSetup,
): Promise<{ readonly route: RouteName; readonly file: Env }> {
  const route = await choose(prompts, options, whole, saved)
  const isNew = route !== undefined && !routeNames(whole).includes(route)
  const file = isNew
    ? Object.fromEntries(Object.entries(whole).filter(([name]) => !notInherited.includes(name)))
    : whole
  checkFile(options, route, file)
  return { route, file }
}

function checkFile(options: SetupOptions, route: RouteName, file: Env): void {
  const names = ['TUMBLR_BLOG', 'TUMBLR_CONSUMER_KEY', 'MASTODON_URL', 'MASTODON_ACCESS_TOKEN']
  const settings = names.map((name) => settingOf(file, route, name))
  const unread = settings.find(({ value }) => value !== undefined && isParameter(value))
  if (unread)
    throw new Refusal(
      `Expected the value itself for ${unread.name} but received an ssm: address, which setup cannot read: change this route by hand`,
    )
  const given = options.values.get('TUMBLR_BLOG')
  const there = parseBlogIdentifier(settingOf(file, route, 'TUMBLR_BLOG').value ?? '')
  if (given !== undefined && there !== undefined && given !== there && isComplete(file, route))
    throw new Refusal(
      `Expected the blog ${there} of the route ${route ?? unnamedRoute} but received ${given}: another blog needs a route of its own (--route NAME)`,
    )
}

async function choose(
  prompts: Prompts,
  options: SetupOptions,
  file: Env,
  saved: SavedSetup,
): Promise<RouteName> {
  const names = routeNames(file)
  const asked = options.route ?? saved.route
  if (asked !== undefined && asked !== null) return checked(asked, names, file)
  if (asked === null) return undefined
  const [only] = names
  if (names.length === 1 && !isComplete(file, only)) return only
  if (!prompts.asks) {
    if (names.length === 1) return only
    throw new Refusal(`Expected --route and one of ${names.join(', ')}, or a new name, but received none`)
  }
  const another = 'another route'
  const picked = await prompts.pick({
    message: 'There are settings already. What do you want to set up?',
    options: [
      ...names.map((name) => ({ value: name ?? unnamedRoute, label: describe(file, name) })),
      { value: another, label: 'A new route, for another blog or account' },
    ],
    initial: only ?? unnamedRoute,
  })
  return picked === another ? askName(prompts, names) : checked(picked, names, file)
}

/** `main` means the route without a name, if there is one. */
function checked(name: string, names: readonly RouteName[], file: Env): RouteName {
  if (name === unnamedRoute && names[0] === undefined && isBegun(file, undefined)) return undefined
  const problem = problemOf(name)
  if (problem !== undefined) throw new Refusal(problem)
  return name
}

function problemOf(name: string): string | undefined {
  const problems = new Set<string>()
  parseRouteNames({ LEVITY_ROUTES: name }, problems)
  return name.includes(',')
    ? 'Expected one name but received several'
    : [...problems][0]?.replace('LEVITY_ROUTES', 'a route')
}

function askName(prompts: Prompts, names: readonly RouteName[]): Promise<string> {
  const taken = names.map((name) => name ?? unnamedRoute)
  return prompts.text({
    message: 'What is the name of the new route? A short word, such as art',
    withoutTerminal: '--route NAME',
    check: (text) => (taken.includes(text) ? 'There is a route of that name already.' : problemOf(text)),
  })
}

function describe(file: Env, route: RouteName): string {
  const value = (name: string): string => settingOf(file, route, name).value ?? '(nothing)'
  const name = route === undefined ? '' : `${route}: `
  return `${name}${value('TUMBLR_BLOG')} → ${value('MASTODON_URL')}`
}

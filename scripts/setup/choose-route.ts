/** Which route is set up: the one there is, another of several, or one more. */
import { parseBlogIdentifier } from '../../src/core/config/blog.ts'
import { parseRouteNames } from '../../src/core/config/route-names.ts'
import { type Env, isParameter, type RouteName, settingOf } from '../../src/core/config/variables.ts'
import { Refusal } from '../terminal/refusal.ts'
import type { Desk } from './desk.ts'
import type { Order } from './order.ts'
import { isBegun, isComplete, routeNames, unnamedRoute } from './place-route.ts'
import type { Progress } from './progress.ts'

/** What a new route does not take over from what holds for every route, though it would. */
const neverTakenOver = ['TUMBLR_BLOG', 'MASTODON_URL', 'MASTODON_ACCESS_TOKEN', 'LEVITY_START']

/** The route, and the file as far as it speaks of it. Throws Refusal. */
export async function chooseRoute(
  desk: Desk,
  order: Order,
  whole: Env,
  progress: Progress,
): Promise<{ readonly route: RouteName; readonly file: Env }> {
  const route = await choose(desk, order, whole, progress)
  const isNew = route !== undefined && !routeNames(whole).includes(route)
  const file = isNew
    ? Object.fromEntries(Object.entries(whole).filter(([name]) => !neverTakenOver.includes(name)))
    : whole
  checkFile(order, route, file)
  return { route, file }
}

function checkFile(order: Order, route: RouteName, file: Env): void {
  const names = ['TUMBLR_BLOG', 'TUMBLR_CONSUMER_KEY', 'MASTODON_URL', 'MASTODON_ACCESS_TOKEN']
  const settings = names.map((name) => settingOf(file, route, name))
  const unread = settings.find(({ value }) => value !== undefined && isParameter(value))
  if (unread)
    throw new Refusal(
      `Expected the value itself for ${unread.name} but received an ssm: address, which setup does not look into: change this route by hand`,
    )
  const ordered = order.values.get('TUMBLR_BLOG')
  const there = parseBlogIdentifier(settingOf(file, route, 'TUMBLR_BLOG').value ?? '')
  if (ordered !== undefined && there !== undefined && ordered !== there && isComplete(file, route))
    throw new Refusal(
      `Expected the blog ${there} of the route ${route ?? unnamedRoute} but received ${ordered}: another blog needs a route of its own (--route NAME)`,
    )
}

async function choose(desk: Desk, order: Order, file: Env, progress: Progress): Promise<RouteName> {
  const names = routeNames(file)
  const asked = order.route ?? progress.route
  if (asked !== undefined && asked !== null) return checked(asked, names, file)
  if (asked === null) return undefined
  const [only] = names
  if (names.length === 1 && !isComplete(file, only)) return only
  if (!desk.asks) {
    if (names.length === 1) return only
    throw new Refusal(`Expected --route and one of ${names.join(', ')}, or a new name, but received none`)
  }
  const another = 'another route'
  const picked = await desk.pick({
    message: 'There are settings already. What shall be set up?',
    options: [
      ...names.map((name) => ({ value: name ?? unnamedRoute, label: describe(file, name) })),
      { value: another, label: 'One more blog or account, with a route of its own' },
    ],
    usual: only ?? unnamedRoute,
  })
  return picked === another ? askName(desk, names) : checked(picked, names, file)
}

/** `main` is the one without a name, as long as it has none. */
function checked(name: string, names: readonly RouteName[], file: Env): RouteName {
  if (name === unnamedRoute && names[0] === undefined && isBegun(file, undefined)) return undefined
  const problem = problemOf(name)
  if (problem !== undefined) throw new Refusal(problem)
  return name
}

function problemOf(name: string): string | undefined {
  const problems = new Set<string>()
  parseRouteNames({ LEVITY_ROUTES: name }, problems)
  return name.includes(',') ? 'One name is enough.' : [...problems][0]?.replace('LEVITY_ROUTES', 'a route')
}

function askName(desk: Desk, names: readonly RouteName[]): Promise<string> {
  const taken = names.map((name) => name ?? unnamedRoute)
  return desk.text({
    message: 'What shall the new route be called? A short name such as art',
    otherwise: '--route NAME',
    check: (text) => (taken.includes(text) ? 'That one is there already.' : problemOf(text)),
  })
}

function describe(file: Env, route: RouteName): string {
  const value = (name: string): string => settingOf(file, route, name).value ?? '(nothing)'
  const name = route === undefined ? '' : `${route}: `
  return `${name}${value('TUMBLR_BLOG')} → ${value('MASTODON_URL')}`
}

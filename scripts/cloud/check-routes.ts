/** Asks Tumblr and Mastodon which blog each route posts to which account, so that a wrong token or a second stage is found before anything is uploaded. */
import * as v from 'valibot'
import type { RouteConfig } from '../../src/core/config/route.ts'
import { ServiceError } from '../../src/core/failure/failure.ts'
import { createMastodon } from '../../src/io/mastodon/create.ts'
import { createTumblr } from '../../src/io/tumblr/tumblr.ts'
import { Refusal } from '../terminal/refusal.ts'
import type { Stack } from './stack.ts'

export type CheckedRoute = {
  readonly route: string
  /** `hillside.tumblr.com -> @artist@example.social`; undefined where nobody could be asked. */
  readonly pair: string | undefined
}

/** `version` is Levity's own, for the User-Agent. Throws Refusal with the problems of all routes. */
export async function checkRoutes(
  routes: readonly RouteConfig[],
  unread: ReadonlySet<string>,
  version: string,
): Promise<readonly CheckedRoute[]> {
  const answers = await Promise.allSettled(
    routes.map((route) =>
      unread.has(route.name) ? { route: route.name, pair: undefined } : askRoute(route, version),
    ),
  )
  const problems = answers.flatMap((answer, index) =>
    answer.status === 'rejected' ? [`- ${routes[index]?.name}: ${describe(answer.reason)}`] : [],
  )
  if (problems.length > 0) throw new Refusal(['Nothing was uploaded:', ...problems].join('\n'))
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
}

function describe(reason: unknown): string {
  if (reason instanceof ServiceError) return reason.message
  throw reason
}

async function askRoute(route: RouteConfig, version: string): Promise<CheckedRoute> {
  const { name, tumblr, mastodon } = route
  // Every call has a deadline of its own.
  const { signal } = new AbortController()
  const [page, account] = await Promise.all([
    createTumblr({ ...tumblr, signal }).fetchPage(),
    createMastodon({ ...mastodon, version, signal }).fetchAccount(),
  ])
  return {
    route: name,
    pair: `${page.blog.name}.tumblr.com -> @${account.name}@${new URL(mastodon.url).host}`,
  }
}

/** The value of the stack's parameter `Serves`, which people and other stages read. */
export const servesParameter = (checkedRoutes: readonly CheckedRoute[]): string =>
  JSON.stringify(
    checkedRoutes.map(
      ({ route, pair }) => `${route}: ${pair ?? 'not known, its keys are in Parameter Store'}`,
    ),
  )

/** Throws Refusal where a blog would reach an account twice: from two routes, or from another stage. */
export function expectServedOnce(
  checkedRoutes: readonly CheckedRoute[],
  stage: string,
  stacks: readonly Stack[],
): void {
  const known = checkedRoutes.flatMap(({ route, pair }) => (pair === undefined ? [] : [{ route, pair }]))
  for (const { route, pair } of known) {
    const twin = known.find((other) => other.pair === pair && other.route !== route)
    if (twin)
      throw new Refusal(
        `Expected each blog to reach an account by one route but received ${pair} for ${route} and ${twin.route}`,
      )
    const other = stacks.find((one) => one.stage !== stage && readServes(one).includes(pair))
    if (other)
      throw new Refusal(
        `Expected a blog and an account that no other stage serves but received ${pair}, which the stage ${other.stage} serves already: both would post everything. \`npm run destroy -- --stage ${other.stage}\` removes it. Nothing was uploaded`,
      )
  }
}

const Serves = v.pipe(v.string(), v.parseJson(), v.array(v.string()))

function readServes({ parameters }: Stack): readonly string[] {
  const list = v.safeParse(Serves, parameters.get('Serves'))
  return list.success ? list.output.map((entry) => entry.replace(/^[^:]*: /, '')) : []
}

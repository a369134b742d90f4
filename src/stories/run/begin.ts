/** What must be known before a route is worked on: where it starts, whose it is, what its server takes. */
import type { Start } from '../../core/config/values.ts'
import { ServiceError } from '../../core/failure/failure.ts'
import { compareIds, idOfTime } from '../../core/post/ids.ts'
import { gapOf, markOf, pageItems, unixSeconds } from '../../core/post/page.ts'
import type { PostPage } from '../../core/post/post.ts'
import { dayMs, type KnownServer, type Listing, type RouteRecord } from '../../core/record/route.ts'
import type { Limits } from '../../core/server/limits.ts'
import type { World } from '../../world.ts'
import { type RouteRun, saveRoute } from './route-run.ts'

/** F3: the first run only takes its bearings. V1: a page that is empty or too short may hide newer posts than it shows. */
export function bearings(page: PostPage, world: World): RouteRecord {
  const { name, uuid } = page.blog
  const now = world.clock.now()
  const tenMinutesAgo = tumblrNow(world) - 600_000
  const isShort = page.length === 0 || gapOf(page, [], world.tumblr.pageLength) > 0
  const ids = page.posts.map((post) => post.id)
  if (isShort) ids.push(idOfTime(tenMinutesAgo))
  return {
    version: 0,
    blog: { name, ...(uuid !== undefined && { uuid }) },
    start: ids.sort(compareIds).at(-1) ?? idOfTime(tenMinutesAgo),
    startAs: 'now',
    mark: markOf(page, now) ?? unixSeconds(tenMinutesAgo),
    page: pageItems(page, world.digest),
    ...(page.totalPosts !== undefined && { total: page.totalPosts }),
  }
}

/** Ids are given by Tumblr's clock. Where it differs from this one, the earlier time leaves no post out (V5). */
const tumblrNow = ({ clock }: World): number =>
  Math.min(
    clock.now(),
    ...clock.heard().flatMap(({ server, time }) => (server === 'Tumblr' ? time.there : [])),
  )

/** L4: a blog under the same name that is another one stops the route. */
export function expectSameBlog(route: RouteRecord, page: PostPage): void {
  if (route.blog.uuid === undefined || page.blog.uuid === undefined || route.blog.uuid === page.blog.uuid)
    return
  throw routeFault(
    'Tumblr',
    `Expected the blog ${route.blog.uuid} that this route began with but ${page.blog.name} is now ${page.blog.uuid}`,
  )
}

const routeFault = (service: 'Tumblr' | 'Mastodon', reason: string): ServiceError =>
  new ServiceError({ service, doing: 'serve this route', status: 403, answer: 'json', reason })

/** Once a day, when address or token changed, and after trouble: whose account is it, and what does its server take? */
export async function checkServer(run: RouteRun): Promise<void> {
  const { world, route } = run
  const { url, accessToken } = world.config.mastodon
  const digest = world.digest(`${url} ${accessToken}`)
  const { server } = route
  const checked = server?.digest === digest && world.clock.now() - server.checkedAt < dayMs
  if (checked && route.trouble === undefined) return
  const [account, limits] = await Promise.all([world.mastodon.fetchAccount(), world.mastodon.fetchLimits()])
  if (server && (server.account.id !== account.id || server.account.url !== account.url)) {
    throw routeFault(
      'Mastodon',
      `Expected the account ${server.account.url} that this route began with but the token is for ${account.url}`,
    )
  }
  const checkedAt = world.clock.now()
  await saveRoute(run, {
    server: { digest, account, limits: stored(limits), checkedAt },
    succeededAt: checkedAt,
  })
}

const stored = ({ mimeTypes, ...rest }: Limits): KnownServer['limits'] => ({
  ...rest,
  ...(mimeTypes && { mimeTypes: [...mimeTypes] }),
})

/** V3: asks for the limits after a refusal, and says whether they are others than before. False where the server does not say them. */
export async function readLimits(run: RouteRun): Promise<boolean> {
  const { server } = run.route
  const limits = await run.world.mastodon.fetchLimits().catch(() => undefined)
  if (server === undefined || limits === undefined) return false
  if (JSON.stringify(stored(limits)) === JSON.stringify(server.limits)) return false
  await saveRoute(run, { server: { ...server, limits: stored(limits) } })
  return true
}

/** `LEVITY_START`, where it asks for posts from before and that was not carried out yet. */
export async function beginArchive(run: RouteRun): Promise<void> {
  const { world, route } = run
  const { start } = world.config
  const startAs =
    start.from === 'last'
      ? `last:${start.count}`
      : start.from === 'since'
        ? `since:${start.time}`
        : start.from
  if (startAs === route.startAs || route.listing !== undefined) return
  await saveRoute(run, { startAs, ...(start.from !== 'now' && { listing: archiveListing(start, run) }) })
}

function archiveListing(start: Exclude<Start, { from: 'now' }>, { world, page }: RouteRun): Listing {
  // A clock that is behind would leave out what is newer than it shows (V5).
  const newest = Math.max(world.clock.now(), ...page.posts.map((post) => post.publishedAt))
  const top = Math.floor(newest / 1000) + 1
  return {
    kind: 'archive',
    top,
    before: top,
    until: start.from === 'since' ? Math.floor(start.time / 1000) : 0,
    ...(start.from === 'last' && { wanted: start.count }),
  }
}

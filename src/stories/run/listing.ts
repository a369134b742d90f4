/** The story of a listing that may be longer than a run: it keeps its place, and publishes nothing before its bottom (F1). */
import { compareIds, timeOfId } from '../../core/post/ids.ts'
import { leadsTo, postLinks } from '../../core/post/links.ts'
import { endOf, endsBefore, timed, unixSeconds } from '../../core/post/page.ts'
import { judgePost, type Post } from '../../core/post/post.ts'
import { showsPost } from '../../core/record/already-posted.ts'
import type { Listing } from '../../core/record/route.ts'
import { note, noteUnreadable } from './note-posts.ts'
import { type RouteRun, saveRoute } from './route-run.ts'

/** 500 posts. */
const pagesPerRun = 25
/** Left for what comes after a page: its records. */
const pageTimeMs = 30_000

/** Goes on with a listing that keeps its place. True when it has reached its bottom. */
export async function goOnListing(run: RouteRun, listing: Listing): Promise<boolean> {
  const { world } = run
  const archive = listing.kind === 'archive'
  let before = listing.before
  let wanted = listing.wanted ?? Number.POSITIVE_INFINITY
  let atBottom = true
  const found: Post[] = []
  let pages = 0
  for await (const page of world.tumblr.fetchPages({ before })) {
    await noteUnreadable(run, page)
    const posts = page.posts.filter((post) => unixSeconds(post.publishedAt) >= listing.until)
    const counting = await take(run, posts, listing, wanted)
    found.push(...counting.taken)
    wanted = counting.wanted
    if (timed(page).length > 0) before = endOf(page) + 1
    if (wanted <= 0 || endsBefore(page, listing.until)) break
    if (++pages >= pagesPerRun || world.timeLeft() < pageTimeMs) {
      atBottom = false
      break
    }
  }
  const fresh = await note(run, found, {
    archive,
    posted: archive ? await alreadyPosted(run, found) : new Set(),
  })
  const { total } = run.route
  const left = wanted === Number.POSITIVE_INFINITY ? {} : { wanted }
  await saveRoute(run, {
    listing: atBottom ? undefined : { ...listing, before, ...left },
    ...(atBottom && listing.kind === 'new' && { mark: listing.top }),
    // F4: what was noted here is not missing, and starts no deeper listing.
    ...(total !== undefined && listing.kind === 'new' && { total: total + fresh }),
  })
  return atBottom
}

/** Of a page's posts those that a listing is for, until it has as many as it wants. */
async function take(
  run: RouteRun,
  posts: readonly Post[],
  listing: Listing,
  wanted: number,
): Promise<{ readonly taken: readonly Post[]; readonly wanted: number }> {
  const { route, world } = run
  const archive = listing.kind === 'archive'
  const eligible = posts.filter((post) => compareIds(post.id, route.start) > 0 !== archive)
  if (listing.wanted === undefined) return { taken: eligible, wanted }
  const has = new Set(
    archive
      ? []
      : (await world.ledger.fetchPosts(eligible.map(({ id }) => ({ id, copy: 1 })))).map(({ id }) => id),
  )
  const taken: Post[] = []
  let left = wanted
  for (const post of eligible) {
    if (left <= 0) break
    taken.push(post)
    const counts = archive ? judgePost(post, world.config.wishes).wanted : !has.has(post.id)
    if (counts) left -= 1
  }
  return { taken, wanted: left }
}

/** Everything below the first page down to a time (unix seconds), unless it is too long for one run. */
export async function readDown(run: RouteRun, before: number, until: number): Promise<Post[] | 'too long'> {
  const found: Post[] = []
  let pages = 0
  for await (const page of run.world.tumblr.fetchPages({ before })) {
    await noteUnreadable(run, page)
    found.push(...page.posts)
    if (endsBefore(page, until)) break
    if (++pages >= pagesPerRun || run.world.timeLeft() < pageTimeMs) return 'too long'
  }
  return found
}

/** L4: a status that shows one of these posts was posted before: by a ledger that was lost, or by another tool. */
async function alreadyPosted(run: RouteRun, found: readonly Post[]): Promise<Set<string>> {
  const { world, route } = run
  const ids = new Set<string>()
  if (route.server === undefined || found.length === 0) return ids
  const { limits, account } = route.server
  const posts = new Map(found.map((post) => [post.id, post]))
  // No status is older than the post it links to; a re-dated post is as old as its id.
  const since = Math.min(...found.map((post) => timeOfId(post.id) ?? post.publishedAt))
  for await (const status of world.mastodon.fetchStatuses(account.id, since, archivePages)) {
    for (const link of postLinks(status.content)) {
      const post = posts.get(link.id)
      if (post && leadsTo(link, post) && showsPost(status, post, limits, world.config.wishes))
        ids.add(post.id)
    }
  }
  return ids
}
/** The newest 10,000 statuses; what links to older ones is not looked for. */
const archivePages = 250

/** The story of finding posts: read down from the newest, write a record of each, remember how far (F1 to F4). */
import { compareIds, linkedPostIds, timeOfId } from './core/ids.ts'
import { judgePost, type Post, type PostPage } from './core/post.ts'
import { newRecord, type PostRecord } from './core/record.ts'
import { dayMs, type Listing, type RouteRecord } from './core/route.ts'
import { claimed, settled } from './core/transitions.ts'
import { type RouteRun, saveRoute } from './route-run.ts'
import type { World } from './world.ts'

/** 500 posts: a listing longer than this keeps its place and goes on in the next run. */
const pagesPerRun = 25
/** Left for what comes after a page: its records. */
const pageTimeMs = 30_000

/** What makes a post another one to its readers; counts of notes and addresses of pictures do not. */
export function digestOf(post: Post, world: World): string {
  const { text, quoted, tags, published, images } = post
  return world.digest(
    JSON.stringify([text, quoted, tags, published, images.map(({ altText, caption }) => [altText, caption])]),
  )
}

const unixSeconds = (ms: number): number => Math.floor(ms / 1000)
const timed = (page: PostPage): readonly Post[] => page.posts.filter((post) => !post.pinned)
/** Unix seconds of the oldest post of a page; pinned ones stand anywhere. */
const endOf = (page: PostPage): number =>
  Math.min(...timed(page).map((post) => unixSeconds(post.publishedAt)))
const topOf = (page: PostPage): number =>
  Math.max(...timed(page).map((post) => unixSeconds(post.publishedAt)))

export const pageItems = (page: PostPage, world: World): RouteRecord['page'] =>
  page.posts.map((post) => ({ id: post.id, digest: digestOf(post, world) }))

export function samePage(a: RouteRecord['page'], b: RouteRecord['page']): boolean {
  return (
    a.length === b.length && a.every((item, at) => item.id === b[at]?.id && item.digest === b[at]?.digest)
  )
}

/** Notes what is new. False while a listing is not at its bottom: then nothing of its kind may be published yet. */
export async function noteNew(run: RouteRun): Promise<void> {
  if (run.route.listing?.kind === 'new' && !(await goOnListing(run, run.route.listing))) return
  const items = pageItems(run.page, run.world)
  if (samePage(items, run.route.page)) return
  const { route, page, world } = run
  const known = new Set(route.page.map((item) => item.id))
  const onPage = page.posts.filter((post) => !known.has(post.id) && compareIds(post.id, route.start) > 0)
  const found = [...onPage]
  if (found.length > 0 && !endsBefore(page, route.mark)) {
    const rest = await readDown(run, endOf(page) + 1, route.mark)
    if (rest === 'too long') {
      const listing: Listing = { kind: 'new', top: topOf(page), before: topOf(page) + 1, until: route.mark }
      // Written before any record, so that no run publishes from the middle of it.
      await saveRoute(run, { listing })
      await goOnListing(run, listing)
      return
    }
    found.push(...rest.filter((post) => !known.has(post.id) && compareIds(post.id, route.start) > 0))
  }
  const fresh = await note(run, found, { claim: run.nothingOpen && route.listing?.kind !== 'new' })
  const top = Math.max(route.mark, timed(page).length > 0 ? topOf(page) : 0)
  const missing = Math.max(0, (page.totalPosts ?? 0) - (route.total ?? 0) - fresh)
  const late = missing > 0 && route.listing === undefined && world.clock.now() - (route.deeperAt ?? 0) > dayMs
  await saveRoute(run, {
    page: items,
    mark: top,
    ...(page.totalPosts !== undefined && { total: late ? page.totalPosts : page.totalPosts - missing }),
    // F4: back-dated posts sink below the first page and are counted all the same.
    ...(late && {
      deeperAt: world.clock.now(),
      listing: { kind: 'late', top, before: endOf(page) + 1, until: 0, wanted: missing },
    }),
  })
}

/** Goes on with a listing that keeps its place. True when it has reached its bottom. */
export async function goOnListing(run: RouteRun, listing: Listing): Promise<boolean> {
  const { world } = run
  const archive = listing.kind === 'archive'
  const posted = archive ? await alreadyPosted(run, listing) : new Set<string>()
  let before = listing.before
  let wanted = listing.wanted ?? Number.POSITIVE_INFINITY
  let atBottom = true
  const found: Post[] = []
  let pages = 0
  for await (const page of world.tumblr.fetchPages({ before })) {
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
  await note(run, found, { archive, posted })
  const left = wanted === Number.POSITIVE_INFINITY ? {} : { wanted }
  await saveRoute(run, {
    listing: atBottom ? undefined : { ...listing, before, ...left },
    ...(atBottom && listing.kind === 'new' && { mark: listing.top }),
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
async function readDown(run: RouteRun, before: number, until: number): Promise<Post[] | 'too long'> {
  const found: Post[] = []
  let pages = 0
  for await (const page of run.world.tumblr.fetchPages({ before })) {
    found.push(...page.posts)
    if (endsBefore(page, until)) break
    if (++pages >= pagesPerRun || run.world.timeLeft() < pageTimeMs) return 'too long'
  }
  return found
}

/** F1: strictly before, for several posts may share one second. */
const endsBefore = (page: PostPage, until: number): boolean =>
  (timed(page).length > 0 && endOf(page) < until) ||
  (page.totalPosts !== undefined && page.length >= page.totalPosts)

/** L4: what links to the blog's posts among the account's statuses was posted before: a lost ledger, or another tool. */
async function alreadyPosted({ world, route }: RouteRun, listing: Listing): Promise<Set<string>> {
  const ids = new Set<string>()
  if (route.server === undefined) return ids
  for await (const status of world.mastodon.fetchStatuses(
    route.server.account.id,
    listing.until * 1000,
    archivePages,
  )) {
    for (const id of linkedPostIds(status.content)) ids.add(id)
  }
  return ids
}
/** 10,000 statuses. */
const archivePages = 250

/**
 * Puts a record of each post that has none, oldest first, so that at every moment what is noted has no gap below it.
 * Returns how many were new.
 */
async function note(
  run: RouteRun,
  found: readonly Post[],
  how: { readonly archive?: boolean; readonly posted?: ReadonlySet<string>; readonly claim?: boolean },
): Promise<number> {
  const { world } = run
  const { config, ledger, clock } = world
  const posts = [...new Map(found.map((post) => [post.id, post])).values()].sort((a, b) =>
    compareIds(a.id, b.id),
  )
  const has = new Set((await fetchKnown(run, posts)).map(({ id }) => id))
  let fresh = 0
  let first = how.claim === true
  for (const post of posts) {
    run.posts.set(post.id, post)
    if (has.has(post.id)) continue
    const judgement = judgePost(post, config.wishes)
    const now = clock.now()
    const due = how.archive ? now : (timeOfId(post.id) ?? post.publishedAt) + config.delayMs
    let record = newRecord(post.id, { archive: how.archive === true, ...(due > now && { notBefore: due }) })
    if (how.posted?.has(post.id)) {
      record = settled(record, 'found', now, 'a status of the account links to it')
    } else if (!judgement.wanted) {
      record = { ...settled(record, 'skipped', now, judgement.reason), waits: judgement.waits }
      run.skipped.push({ post: post.id, reason: judgement.reason })
      world.tell({ event: 'skipped', route: config.name, post: post.id, reason: judgement.reason })
    } else if (first && due <= now) {
      record = claimed(record, world.owner, now, world.timeLeft())
    }
    if (record.state !== 'settled') first = false
    const written = await ledger.writePost(record)
    if (!written) continue
    fresh += 1
    if (written.claim) run.mine = written
    if (written.state !== 'settled') world.tell({ event: 'noted', route: config.name, post: post.id })
  }
  return fresh
}

const fetchKnown = async ({ world }: RouteRun, posts: readonly Post[]): Promise<readonly PostRecord[]> =>
  posts.length === 0 ? [] : world.ledger.fetchPosts(posts.map(({ id }) => ({ id, copy: 1 })))

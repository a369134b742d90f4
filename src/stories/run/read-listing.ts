/** Reads the pages of a listing, and sees whether they reach its bottom. */
import { isFailureOf, judgeFailure } from '../../core/failure/failure.ts'
import { compareIds } from '../../core/post/ids.ts'
import { endOf, endsBefore, timed, unixSeconds } from '../../core/post/page.ts'
import { judgePost, type Post, type PostPage } from '../../core/post/post.ts'
import { isJudgedAgain } from '../../core/record/by-hand.ts'
import type { Failed, Progress } from '../../core/record/listing.ts'
import type { Listing } from '../../core/record/route.ts'
import { noteUnreadable } from './note-posts.ts'
import type { RouteRun } from './route-run.ts'

/** 500 posts. */
const pagesPerRun = 25
/** Left for what comes after a page: its records. */
const pageTimeMs = 30_000

export type Reading = Progress & { readonly found: readonly Post[] }

/** Reads down from the listing's place. What Tumblr cannot give ends the reading, and nothing else (V7). */
export async function readListing(run: RouteRun, listing: Listing): Promise<Reading> {
  const { world } = run
  const found: Post[] = []
  let { before, wanted = Number.POSITIVE_INFINITY } = listing
  const reading = (end: Progress['end']): Reading => ({ found, before, wanted, end })
  let pages = 0
  try {
    for await (const page of world.tumblr.fetchPages({ before })) {
      const counting = await take(run, page, listing, wanted)
      found.push(...counting.taken)
      wanted = counting.wanted
      if (timed(page).length > 0) before = endOf(page) + 1
      if (wanted <= 0 || endsBefore(page, listing.until)) return reading('bottom')
      if (++pages >= pagesPerRun || world.timeLeft() < pageTimeMs) return reading('more')
    }
    return reading((await isBottom(run, before)) ? 'bottom' : 'out of sight')
  } catch (error) {
    if (!isFailureOf(error, 'Tumblr')) throw error
    return reading(failedBy(error))
  }
}

export function failedBy(error: unknown): Failed {
  const verdict = judgeFailure(error)
  const retryAt = verdict.blame === 'outside' ? verdict.retryAt : undefined
  return { reason: verdict.reason, ...(retryAt !== undefined && { retryAt }) }
}

/**
 * V1: that Tumblr shows no more posts does not prove that there are none. The last post of the blog, asked for by its number,
 * proves it. `before`: unix seconds, as far as the listing came.
 */
async function isBottom({ world, page, route }: RouteRun, before: number): Promise<boolean> {
  if (page.totalPosts === undefined) return false
  if (page.totalPosts === 0) return route.short === undefined
  const { posts } = await world.tumblr.fetchPage({ offset: page.totalPosts - 1 })
  return posts.length > 0 && posts.every((post) => unixSeconds(post.publishedAt) >= before - 1)
}

/** Of a page's posts those that a listing is for, until it has as many as it wants. */
async function take(
  run: RouteRun,
  page: PostPage,
  listing: Listing,
  wanted: number,
): Promise<{ readonly taken: readonly Post[]; readonly wanted: number }> {
  const { route, world } = run
  const archive = listing.kind === 'archive'
  await noteUnreadable(run, page, archive)
  const eligible = page.posts.filter(
    (post) =>
      compareIds(post.id, route.start) > 0 !== archive &&
      (!archive || unixSeconds(post.publishedAt) >= listing.until),
  )
  if (listing.wanted === undefined) return { taken: eligible, wanted }
  const records = archive ? [] : await world.ledger.fetchPosts(eligible.map(({ id }) => ({ id, copy: 1 })))
  const known = new Map(records.map((record) => [record.id, record]))
  const taken: Post[] = []
  let left = wanted
  for (const post of eligible) {
    if (left <= 0) break
    taken.push(post)
    const record = known.get(post.id)
    const isWanted = judgePost(post, world.config.wishes).wanted
    const counts = archive ? isWanted : record === undefined || (isWanted && isJudgedAgain(record, false))
    if (counts) left -= 1
  }
  return { taken, wanted: left }
}

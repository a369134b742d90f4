/** Pages through a blog, and not by `_links`, for the reason in https://github.com/tumblr/docs/issues/76 */

import { ServiceError } from '../../core/failure/failure.ts'
import type { Post, PostPage } from '../../core/post/post.ts'

/** Which page to ask for: the newest, the one before a time (unix seconds, exclusive), or by offset. */
export type PlaceOfPage = { readonly before?: number; readonly offset?: number }

/** The most that the API gives at once. */
export const PAGE_LENGTH = 20
/** More than any blog has, so that every listing ends. */
const PAGES_AT_MOST = 100_000

type FetchPage = (ask: PlaceOfPage) => Promise<PostPage>

/**
 * Every post once, newest first. Asks for the posts `before` the last post's second + 1 (exclusive), and drops those
 * that it has seen. If one second has more posts than a page, it goes on by `offset` until that second is passed. Pinned posts
 * do not count for this, because they may come first whatever their age.
 */
export async function* pagesOf(fetchPage: FetchPage, from: PlaceOfPage): AsyncGenerator<PostPage> {
  const seen = new Set<string>()
  const isNew = (post: Post): boolean =>
    !seen.has(post.id) && (from.before === undefined || post.pinned || secondOf(post) < from.before)
  let ask = from
  /** The second that is being passed by `offset`. */
  let crowded: number | undefined
  for (let count = 0; count < PAGES_AT_MOST; count++) {
    const page = await fetchPage(ask)
    const posts = page.posts.filter(isNew)
    for (const { id } of posts) seen.add(id)
    if (posts.length > 0 || page.unreadable.length > 0 || count === 0) yield { ...page, posts }
    if (page.length === 0 || (page.length < PAGE_LENGTH && posts.length === 0)) return
    const last = lastSecond(page)
    if (last !== undefined && (crowded === undefined ? posts.length > 0 : last < crowded)) {
      crowded = undefined
      ask = { before: last + 1 }
    } else if (ask.offset !== undefined && crowded !== undefined) {
      ask = { offset: ask.offset + page.length }
    } else {
      crowded = last ?? (ask.before === undefined ? Number.POSITIVE_INFINITY : ask.before - 1)
      ask = { offset: await offsetOf(fetchPage, crowded, page.totalPosts ?? 0) }
    }
  }
  throw new ServiceError({
    service: 'Tumblr',
    doing: 'list posts to the end',
    answer: 'other',
    reason: `Expected fewer than ${PAGES_AT_MOST} pages`,
  })
}

const secondOf = (post: Post): number => Math.floor(post.publishedAt / 1000)

const lastSecond = (page: PostPage): number | undefined => {
  const last = page.posts.findLast((post) => !post.pinned)
  return last === undefined ? undefined : secondOf(last)
}

/** The offset at which the posts of a second begin, or up to a page before it. A binary search: some ten requests, in a rare case. */
async function offsetOf(fetchPage: FetchPage, second: number, total: number): Promise<number> {
  let low = 0
  let high = total
  while (high - low > PAGE_LENGTH) {
    const middle = Math.floor((low + high) / 2)
    const last = lastSecond(await fetchPage({ offset: middle }))
    if (last !== undefined && last > second) low = middle
    else high = middle
  }
  return low
}

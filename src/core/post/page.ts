/** How pages of the blog are compared with each other, and where the next one begins (F1, F2). */

import type { RouteRecord } from '../record/route.ts'
import { compareIds } from './ids.ts'
import type { Post, PostPage } from './post.ts'

/** A digest of what readers see of a post. The count of notes and the addresses of pictures are not part of it. */
function digestOf(post: Post, digest: (text: string) => string): string {
  const { text, quoted, tags, published, images } = post
  return digest(
    JSON.stringify([text, quoted, tags, published, images.map(({ altText, caption }) => [altText, caption])]),
  )
}

/** Every post of a page, by id and digest. */
export const pageItems = (page: PostPage, digest: (text: string) => string): RouteRecord['page'] => [
  ...page.posts.map((post) => ({ id: post.id, digest: digestOf(post, digest) })),
  // Only its id is known: it is noted once, and judged again if it becomes readable.
  ...page.unreadable.flatMap(({ id }) => (id === undefined ? [] : [{ id, digest: 'unreadable' }])),
]

type Item = RouteRecord['page'][number]

const sameItem = (a: Item, b: Item | undefined): boolean =>
  a.id === b?.id &&
  a.digest === b.digest &&
  a.missing === b.missing &&
  a.missingSince === b.missingSince &&
  a.failingSince === b.failingSince

export function samePage(a: readonly Item[], b: readonly Item[]): boolean {
  return a.length === b.length && a.every((item, at) => sameItem(item, b[at]))
}

/** What the noted page showed: without the posts that are kept on it only because they are missing. */
export const shownOn = (noted: readonly Item[]): readonly Item[] =>
  noted.filter(({ missing }) => missing !== true)

/** V1: how many posts fewer the newest page shows than it should. `most`: as many as Tumblr gives at once. */
export function gapOf(page: PostPage, noted: readonly Item[], most: number): number {
  const expected = Math.min(most, page.totalPosts ?? 0)
  if (page.length === 0) return Math.max(expected, shownOn(noted).length)
  return Math.max(0, expected - page.length)
}

/** The lowest id of the posts that stand on a page by their time. */
export const lowestOf = (page: PostPage): string | undefined =>
  timed(page)
    .map(({ id }) => id)
    .sort(compareIds)[0]

export const unixSeconds = (ms: number): number => Math.floor(ms / 1000)
/** The posts of a page that are in the order of time. A pinned post can stand anywhere, so it is left out. */
export const timed = (page: PostPage): readonly Post[] => page.posts.filter((post) => !post.pinned)
/** Unix seconds of the oldest post of a page that has any. */
export const endOf = (page: PostPage): number =>
  Math.min(...timed(page).map((post) => unixSeconds(post.publishedAt)))
/** Unix seconds of the newest. */
export const topOf = (page: PostPage): number =>
  Math.max(...timed(page).map((post) => unixSeconds(post.publishedAt)))

/**
 * F1: up to when (unix seconds) every post is known, once a page and what is below it are noted; undefined for a page without posts. A
 * post that is dated ahead says nothing of those that are published until then.
 */
export const markOf = (page: PostPage, now: number): number | undefined =>
  timed(page).length === 0 ? undefined : Math.min(topOf(page), unixSeconds(now))

/** Whether a page shows every post of the blog. */
export const showsAll = (page: PostPage): boolean =>
  page.length > 0 && page.totalPosts !== undefined && page.length >= page.totalPosts

/** F1: strictly before, for several posts may share one second. */
export const endsBefore = (page: PostPage, until: number): boolean =>
  (timed(page).length > 0 && endOf(page) < until) || showsAll(page)

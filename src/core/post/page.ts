/** How pages of the blog are compared with each other, and where the next one begins (F1, F2). */

import type { RouteRecord } from '../record/route.ts'
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

export function samePage(a: RouteRecord['page'], b: RouteRecord['page']): boolean {
  return (
    a.length === b.length && a.every((item, at) => item.id === b[at]?.id && item.digest === b[at]?.digest)
  )
}

export const unixSeconds = (ms: number): number => Math.floor(ms / 1000)
/** The posts of a page that are in the order of time. A pinned post can stand anywhere, so it is left out. */
export const timed = (page: PostPage): readonly Post[] => page.posts.filter((post) => !post.pinned)
/** Unix seconds of the oldest post of a page that has any. */
export const endOf = (page: PostPage): number =>
  Math.min(...timed(page).map((post) => unixSeconds(post.publishedAt)))
/** Unix seconds of the newest. */
export const topOf = (page: PostPage): number =>
  Math.max(...timed(page).map((post) => unixSeconds(post.publishedAt)))

/** F1: strictly before, for several posts may share one second. */
export const endsBefore = (page: PostPage, until: number): boolean =>
  (timed(page).length > 0 && endOf(page) < until) ||
  (page.totalPosts !== undefined && page.length >= page.totalPosts)

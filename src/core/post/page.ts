/** A page of the blog as it is compared and paged by (F1, F2). */

import type { RouteRecord } from '../record/route.ts'
import type { Post, PostPage } from './post.ts'

/** What makes a post another one to its readers; counts of notes and addresses of pictures do not. */
function digestOf(post: Post, digest: (text: string) => string): string {
  const { text, quoted, tags, published, images } = post
  return digest(
    JSON.stringify([text, quoted, tags, published, images.map(({ altText, caption }) => [altText, caption])]),
  )
}

/** Every post of a page, by id and digest. */
export const pageItems = (page: PostPage, digest: (text: string) => string): RouteRecord['page'] => [
  ...page.posts.map((post) => ({ id: post.id, digest: digestOf(post, digest) })),
  // Known by its id alone, so that it is noted once, and judged again should it become readable.
  ...page.unreadable.flatMap(({ id }) => (id === undefined ? [] : [{ id, digest: 'unreadable' }])),
]

export function samePage(a: RouteRecord['page'], b: RouteRecord['page']): boolean {
  return (
    a.length === b.length && a.every((item, at) => item.id === b[at]?.id && item.digest === b[at]?.digest)
  )
}

export const unixSeconds = (ms: number): number => Math.floor(ms / 1000)
/** A page's posts in the order of time: pinned ones stand anywhere. */
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

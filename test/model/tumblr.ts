/** Tumblr in memory: a blog of a few posts, some of which their author changes. */
import { idOfTime } from '../../src/core/post/ids.ts'
import type { Post, PostImage, PostPage } from '../../src/core/post/post.ts'
import type { PlaceOfPage } from '../../src/io/tumblr/pages.ts'
import type { Tumblr } from '../../src/io/tumblr/tumblr.ts'

export type Written = {
  readonly id: string
  /** Ms since 1970. */
  readonly publishedAt: number
  /** How many images, first and after its author changed it. */
  readonly images: readonly [number, number]
  readonly changedAt: number
}

export const writtenAt = (publishedAt: number, more: Partial<Written> = {}): Written => ({
  id: idOfTime(publishedAt),
  publishedAt,
  images: [1, 1],
  changedAt: Number.POSITIVE_INFINITY,
  ...more,
})

/** The addresses of a post's images in one of its two shapes. */
export const imagesOf = ({ id, images }: Written, shape: 0 | 1): readonly string[] =>
  Array.from({ length: images[shape] }, (_, at) => `https://64.media.tumblr.com/${id}/${shape}/${at}.jpg`)

/** The post that an image's address belongs to. */
export const postOfImage = (url: string): string => new URL(url).pathname.split('/')[1] ?? ''

function postOf(written: Written, now: number): Post {
  const shape = now >= written.changedAt ? 1 : 0
  return {
    id: written.id,
    url: `https://moss.tumblr.com/post/${written.id}`,
    blog: { name: 'moss', nsfw: false },
    publishedAt: written.publishedAt,
    published: true,
    pinned: false,
    reblog: false,
    tags: [],
    text: `shape ${shape}`,
    quoted: '',
    images: imagesOf(written, shape).map((url): PostImage => ({ variants: [{ url }], origin: 'own' })),
  }
}

type Through = <T>(name: string, land: () => T) => Promise<T>

export function createMemoryTumblr(
  blog: readonly Written[],
  pageSize: number,
  now: () => number,
  through: Through,
): Tumblr {
  const out = (): readonly Written[] =>
    blog.filter((post) => post.publishedAt <= now()).toSorted((a, b) => b.publishedAt - a.publishedAt)
  const page = ({ before = Number.POSITIVE_INFINITY, offset = 0 }: PlaceOfPage = {}): PostPage => {
    const posts = out()
      .filter((post) => Math.floor(post.publishedAt / 1000) < before)
      .slice(offset, offset + pageSize)
      .map((post) => postOf(post, now()))
    return {
      blog: { name: 'moss', nsfw: false },
      posts,
      length: posts.length,
      unreadable: [],
      totalPosts: out().length,
    }
  }
  return {
    pageLength: pageSize,
    fetchPage: (ask) => through('fetchPage', () => page(ask)),
    async *fetchPages(from) {
      let ask = from ?? {}
      for (;;) {
        const next = await through('fetchPages', () => page(ask))
        const last = next.posts.at(-1)
        if (last === undefined) return
        yield next
        ask = { before: Math.floor(last.publishedAt / 1000) }
      }
    },
    fetchPost: (id) =>
      through('fetchPost', () => {
        const found = out().find((post) => post.id === id)
        return found && postOf(found, now())
      }),
  }
}

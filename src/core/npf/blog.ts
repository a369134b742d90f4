import type * as v from 'valibot'
import type { Credit, PostImage } from '../post.ts'
import { blogAddress } from './address.ts'
import { flag, object, words } from './field.ts'

/** A blog as posts, trails, asks and attributions name it. */
export const blogSchema: v.GenericSchema<unknown, NamedBlog> = object({
  name: words,
  url: words,
  uuid: words,
  is_nsfw: flag,
})

export type NamedBlog = {
  readonly name?: string | undefined
  readonly url?: string | undefined
  readonly uuid?: string | undefined
  /** Only the blog of a page has it, for callers with an API key. */
  readonly is_nsfw?: boolean | undefined
}

/** Whose words and pictures a stretch of a post holds. */
export type Voice = { readonly origin: PostImage['origin']; readonly credit?: Credit }
export const own: Voice = { origin: 'own' }

/** A uuid outlives a change of name; the name decides where one of them has none. */
export function isSameBlog(one: NamedBlog, other: NamedBlog): boolean {
  if (one.uuid !== undefined && other.uuid !== undefined) return one.uuid === other.uuid
  return one.name !== undefined && one.name.toLowerCase() === other.name?.toLowerCase()
}

/** A closed account's blog is renamed, and has no page any more. */
const closed = /-deactivated\d*$/

/** The first label of `name.tumblr.com`, the whole host of a blog on its own domain. */
function nameIn(address: string | undefined): string | undefined {
  return address && new URL(address).hostname.replace(/\.tumblr\.com$/, '')
}

/** Undefined for someone who stayed anonymous. */
export function creditOf(blog: NamedBlog): Credit | undefined {
  const url = blogAddress(blog.url)
  const name = blog.name?.trim() || nameIn(url)
  if (name === undefined) return undefined
  if (closed.test(name)) return { name: name.replace(closed, '') }
  return { name, ...(url !== undefined && { url }) }
}

/** The voice of `blog` in a post of `home`. */
export function voiceOf(blog: NamedBlog, home: NamedBlog, origin: 'reblogged' | 'asked'): Voice {
  if (isSameBlog(blog, home)) return own
  const credit = creditOf(blog)
  return { origin, ...(credit !== undefined && { credit }) }
}

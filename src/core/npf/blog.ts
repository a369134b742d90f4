import type * as v from 'valibot'
import type { Credit, PostImage } from '../post/post.ts'
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

/** Who made the words and pictures of a part of a post. */
export type Voice = { readonly origin: PostImage['origin']; readonly credit?: Credit }
export const own: Voice = { origin: 'own' }

/** A uuid stays the same when a blog changes its name. If one of the two has no uuid, the names decide. */
function isSameBlog(one: NamedBlog, other: NamedBlog): boolean {
  if (one.uuid !== undefined && other.uuid !== undefined) return one.uuid === other.uuid
  return one.name !== undefined && one.name.toLowerCase() === other.name?.toLowerCase()
}

/** Tumblr renames the blog of a closed account, and such a blog has no page. */
const closed = /-deactivated\d*$/

/** The blog that an address on it names: `name.tumblr.com/…`, `www.tumblr.com/name/…`, or a domain of its own. */
export function blogAt(address: string | undefined): NamedBlog {
  const url = blogAddress(address)
  if (url === undefined) return {}
  const { origin, hostname, pathname } = new URL(url)
  if (!/^(?:www\.)?tumblr\.com$/.test(hostname)) {
    return { name: hostname.replace(/\.tumblr\.com$/, ''), url: `${origin}/` }
  }
  const name = /^\/(?:blog\/(?:view\/)?)?@?([a-z0-9-]+)/i.exec(pathname)?.[1]
  return name === undefined ? {} : { name, url: `https://www.tumblr.com/${name}` }
}

/** Undefined for someone who stayed anonymous. */
function creditOf(blog: NamedBlog): Credit | undefined {
  const url = blogAddress(blog.url)
  const name = blog.name?.trim() || blogAt(url).name
  if (name === undefined) return undefined
  if (closed.test(name)) return { name: name.replace(closed, '') }
  return { name, ...(url !== undefined && { url }) }
}

/** Whose part it is when `blog` speaks in a post of `home`. */
export function voiceOf(blog: NamedBlog, home: NamedBlog, origin: 'reblogged' | 'asked'): Voice {
  if (isSameBlog(blog, home)) return own
  const credit = creditOf(blog)
  return { origin, ...(credit !== undefined && { credit }) }
}

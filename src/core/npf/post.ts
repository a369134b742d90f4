import * as v from 'valibot'
import { webAddress } from './address.ts'
import { blogAt, blogSchema, type NamedBlog, own, type Voice, voiceOf } from './blog.ts'
import { flag, list, maybe, number, object, strings, UnreadableError, words } from './field.ts'
import { layoutsSchema } from './layout.ts'
import type { Section } from './section.ts'

/** The envelope of a post. https://github.com/tumblr/docs/blob/master/npf-spec.md#posts */
const content = maybe(v.array(v.unknown()))
const anyId = maybe(v.union([v.string(), v.number()]))

const trailSchema = list(
  object({ blog: maybe(blogSchema), broken_blog_name: words, content, layout: layoutsSchema }),
)

export const postSchema = object({
  id: anyId,
  id_string: anyId,
  blog: maybe(blogSchema),
  blog_name: words,
  post_url: words,
  timestamp: number,
  date: words,
  state: words,
  is_pinned: flag,
  tags: strings,
  content,
  layout: layoutsSchema,
  trail: trailSchema,
  reblogged_from_id: anyId,
  reblogged_from_name: words,
  reblogged_from_url: words,
  reblogged_from_uuid: words,
  reblogged_root_id: anyId,
  reblogged_root_name: words,
  reblogged_root_url: words,
  reblogged_root_uuid: words,
  parent_post_url: words,
  is_submission: flag,
  post_author: words,
  anonymous_name: words,
})
export type RawPost = v.InferOutput<typeof postSchema>

/** Decimal digits. Ids pass 2^53, where a JSON number is rounded and names another post. At most the 20 digits of 64 bits. */
export function idOf({ id_string, id }: Pick<RawPost, 'id' | 'id_string'>): string {
  for (const text of [id_string, id]) {
    if (typeof text === 'string' && /^\d{1,20}$/.test(text)) return text
  }
  if (typeof id === 'number' && Number.isSafeInteger(id) && id >= 0) return String(id)
  throw new UnreadableError('an exact id (id_string)', 'a post', id_string ?? id)
}

/** Ms since 1970; `timestamp` is in seconds, `date` reads "2025-07-06 16:10:56 GMT". */
export function publishedAtOf({ timestamp, date }: RawPost, id: string): number {
  const ms = timestamp === undefined ? Date.parse(date ?? '') : Math.trunc(timestamp * 1000)
  if (Number.isNaN(new Date(ms).getTime())) {
    throw new UnreadableError('a time of publishing', `post ${id}`, timestamp ?? date, id)
  }
  return ms
}

/** An author can hide the trail. The other fields come only with `reblog_info`, or to Tumblr's own apps. */
export function isReblog(post: RawPost): boolean {
  return (
    post.trail.length > 0 ||
    [post.reblogged_from_id, post.reblogged_root_id].some((id) => /^[1-9]/.test(String(id ?? ''))) ||
    webAddress(post.parent_post_url) !== undefined
  )
}

/** Whom a reblog comes from, the first author first, as far as a post without a trail says. */
function namedSource(post: RawPost): NamedBlog {
  const root = { name: post.reblogged_root_name, uuid: post.reblogged_root_uuid, at: post.reblogged_root_url }
  const from = { name: post.reblogged_from_name, uuid: post.reblogged_from_uuid, at: post.reblogged_from_url }
  const { name, uuid, at = post.parent_post_url } = root.name === undefined ? from : root
  const blog = blogAt(at)
  return { name: name ?? blog.name, uuid, url: blog.url }
}

/** A submission was made by someone else, unless the blog's owner sent it in. */
function submitter(post: RawPost, home: NamedBlog): Voice {
  const name = post.post_author
  if (name === undefined) return voiceOf({ name: post.anonymous_name }, {}, 'asked')
  const url = /^[a-z0-9-]+$/i.test(name) ? `https://${name}.tumblr.com/` : undefined
  return voiceOf({ name, url }, { name: home.name }, 'asked')
}

/**
 * Who made the post's own `content`. A reblog without a trail holds a copy of the original (old photo posts whose captions
 * were removed). It could be someone else's work, so it does not count as the blog's own.
 */
function contentVoice(post: RawPost, home: NamedBlog): Voice {
  if (post.is_submission === true) return submitter(post, home)
  return isReblog(post) && post.trail.length === 0 ? voiceOf(namedSource(post), home, 'reblogged') : own
}

/** The trail, oldest first, then the content. A broken item belongs to a blog that no longer exists, so never to this one. */
export function sectionsOf(post: RawPost, content: readonly unknown[], home: NamedBlog): readonly Section[] {
  const trail = post.trail.map(
    (item): Section => ({
      voice: voiceOf(item.blog ?? { name: item.broken_blog_name }, item.blog ? home : {}, 'reblogged'),
      content: item.content ?? [],
      layout: item.layout,
    }),
  )
  return [...trail, { voice: contentVoice(post, home), content, layout: post.layout }]
}

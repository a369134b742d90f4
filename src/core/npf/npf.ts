import * as v from 'valibot'
import type { Post, PostPage } from '../post/post.ts'
import { webAddress } from './address.ts'
import { blogSchema, type NamedBlog } from './blog.ts'
import { isRecord, maybe, number, object, UnreadableError } from './field.ts'
import { idOf, isReblog, postSchema, publishedAtOf, type RawPost, sectionsOf } from './post.ts'
import { readSection } from './section.ts'

/** Turns Tumblr's Neue Post Format into posts; the rest of Levity never sees that format. https://github.com/tumblr/docs/blob/master/npf-spec.md */

export { UnreadableError }

/** Reads one post that was asked for with `npf=true`. Throws UnreadableError if it is not a post. */
export function parsePost(json: unknown): Post {
  return readPost(json, {})
}

const pageSchema = object({ blog: maybe(blogSchema), total_posts: number })

/**
 * Reads the `response` of `/v2/blog/{blog}/posts`. A post that cannot be read is listed in `unreadable`; the
 * others are read all the same. Throws UnreadableError if the response is not a page of posts.
 */
export function parsePage(response: unknown): PostPage {
  const list = isRecord(response) ? response['posts'] : response
  if (!isRecord(response) || !Array.isArray(list)) {
    throw new UnreadableError('an object with a list of posts', 'a page of the blog', list)
  }
  const { blog = {}, total_posts } = v.parse(pageSchema, response)
  const posts: Post[] = []
  const unreadable: { id?: string; reason: string }[] = []
  for (const json of list) {
    try {
      posts.push(readPost(json, blog))
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error
      unreadable.push({ reason: error.message, ...(error.id !== undefined && { id: error.id }) })
    }
  }
  return {
    blog: blogOf(
      {
        name: blog.name ?? posts[0]?.blog.name,
        uuid: blog.uuid ?? posts[0]?.blog.uuid,
        is_nsfw: blog.is_nsfw,
      },
      'a page of the blog',
    ),
    posts,
    length: list.length,
    unreadable,
    ...(total_posts !== undefined && { totalPosts: total_posts }),
  }
}

function blogOf({ name, uuid, is_nsfw }: NamedBlog, what: string, id?: string): Post['blog'] {
  if (name === undefined || name === '') throw new UnreadableError("the blog's name", what, name, id)
  return { name, nsfw: is_nsfw === true, ...(uuid !== undefined && { uuid }) }
}

/** What the post says about its blog wins over what the page says. With an API key, only the page has `is_nsfw`. */
function homeOf(post: RawPost, page: NamedBlog): NamedBlog {
  return {
    name: post.blog?.name ?? post.blog_name ?? page.name,
    uuid: post.blog?.uuid ?? page.uuid,
    is_nsfw: post.blog?.is_nsfw ?? page.is_nsfw,
  }
}

const tagOf = (tag: string): string => tag.trim().replace(/^#+\s*/, '')

const joined = (texts: readonly string[]): string => texts.filter((text) => text !== '').join('\n\n')

function readPost(json: unknown, page: NamedBlog): Post {
  const read = v.safeParse(postSchema, json)
  if (!read.success) throw new UnreadableError('an object', 'a post', json)
  const post = read.output
  const id = idOf(post)
  if (post.content === undefined) {
    throw new UnreadableError(
      'a list of content blocks (npf=true)',
      `post ${id}`,
      isRecord(json) ? json['content'] : json,
      id,
    )
  }
  const blog = blogOf(homeOf(post, page), `post ${id}`, id)
  const sections = sectionsOf(post, post.content, blog)
  const readings = sections.map((section) => readSection(section, blog))
  const credit = sections[0]?.voice.credit
  return {
    id,
    url: webAddress(post.post_url) ?? `https://www.tumblr.com/${encodeURIComponent(blog.name)}/${id}`,
    blog,
    publishedAt: publishedAtOf(post, id),
    published: post.state === undefined || post.state === 'published',
    pinned: post.is_pinned === true,
    reblog: isReblog(post),
    tags: post.tags.map(tagOf).filter((tag) => tag !== ''),
    text: joined(readings.map(({ text }) => text)),
    quoted: joined(readings.map(({ quoted }) => quoted)),
    images: readings.flatMap(({ images }) => images),
    ...(credit !== undefined && { credit }),
  }
}

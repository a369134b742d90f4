/** What the owners of the sandbox's blogs do. */
import type { Pictures } from '../pictures/pictures.ts'
import type { Clock } from '../switchboard.ts'
import { Blog, type BlogDraft, type StoredPost } from './blog.ts'
import { composeImage, composePost, type ImageDraft, idAt, type PostDraft, type Raw, uuidOf } from './post.ts'
import { withSandboxPictures } from './recorded.ts'

export interface TumblrAuthor {
  addBlog(draft: BlogDraft): void
  /** Hides a blog from people without an account, or shows it again. */
  hide(blogName: string, hidden: boolean): void
  publish(blogName: string, draft: PostDraft): { readonly id: string }
  /** Changes what is named and keeps the rest, the id too. Throws for a recorded post. */
  edit(blogName: string, id: string, change: Omit<PostDraft, 'at'>): void
  remove(blogName: string, id: string): void
  /** Posts as the real API sent them, unchanged but for their pictures. `ids: 'new'` publishes them now, in this order, as the blog's own. */
  serve(blogName: string, posts: readonly unknown[], ids?: 'kept' | 'new'): readonly { readonly id: string }[]
  /** What the API would send now, newest first. */
  posts(blogName: string): readonly Raw[]
  /** An NPF image block to put into `content`. */
  image(draft: ImageDraft): Raw
}

export function authorOf(blogs: Blog[], pictures: Pictures, clock: Clock): TumblrAuthor {
  let published = 0
  const blogNamed = (name: string): Blog => {
    const blog = blogs.find(({ facts }) => facts.name === name)
    if (!blog) throw new Error(`Expected the name of a sandbox blog but received "${name}"`)
    return blog
  }
  const put = (blog: Blog, draft: PostDraft, id: string, timestamp: number): { id: string } => {
    const json = composePost(draft, blog.facts, { id, timestamp }, pictures)
    const listed = (draft.state ?? 'published') === 'published'
    blog.put({ id, timestamp, pinned: draft.pinned ?? false, listed, draft, json })
    return { id }
  }
  const newId = (at: number): string => idAt(at, published++ % 2 ** 20)
  return {
    addBlog: (draft) => {
      blogs.push(new Blog(draft, draft.uuid ?? uuidOf(draft.name)))
    },
    hide: (name, hidden) => {
      blogNamed(name).hidden = hidden
    },
    publish: (name, draft) => {
      const at = draft.at ?? clock.now()
      return put(blogNamed(name), draft, newId(at), draft.timestamp ?? Math.floor(at / 1000))
    },
    edit: (name, id, change) => {
      const blog = blogNamed(name)
      const { draft, timestamp } = blog.find(id) ?? {}
      if (!draft || timestamp === undefined)
        throw new Error(`Expected the id of a post published in the sandbox but received "${id}"`)
      put(blog, { ...draft, ...change }, id, change.timestamp ?? timestamp)
    },
    remove: (name, id) => {
      blogNamed(name).remove(id)
    },
    serve: (name, posts, ids = 'kept') => {
      const blog = blogNamed(name)
      return posts.map((post) => {
        const stored = recorded(post, pictures, {
          id: newId(clock.now()),
          now: clock.now(),
          always: ids === 'new',
        })
        blog.put(stored)
        return { id: stored.id }
      })
    },
    posts: (name) => blogNamed(name).posts.map(({ json }) => json),
    image: (draft) => composeImage(draft, pictures),
  }
}

type Fresh = { readonly id: string; readonly now: number; readonly always: boolean }

/** A recorded post. Only the fields that the list needs are read. A fragment without an id is given one. */
function recorded(post: unknown, pictures: Pictures, fresh: Fresh): StoredPost {
  if (typeof post !== 'object' || post === null)
    throw new Error(`Expected a post of the API but received ${post}`)
  const {
    id: rounded,
    id_string: exact,
    ...rest
  } = Object.fromEntries(
    Object.entries(post).map(([key, value]) => [key, withSandboxPictures(value, pictures)]),
  ) as Record<string, unknown>
  const now = Math.floor(fresh.now / 1000)
  const id = fresh.always ? fresh.id : String(exact ?? rounded ?? fresh.id)
  if (!/^\d+$/.test(id)) throw new Error(`Expected digits for the id of a recorded post but received "${id}"`)
  const timestamp = fresh.always ? now : Number(rest['timestamp'] ?? now)
  return {
    ...{ id, timestamp, pinned: rest['is_pinned'] === true, listed: true },
    json: {
      // A rounded number would be another post's id. `sendRaw` needs both fields side by side.
      ...(exact === undefined && id === String(rounded) ? { id: rounded } : { id, id_string: id }),
      ...rest,
      ...(fresh.always && { timestamp }),
    },
  }
}

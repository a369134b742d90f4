/** A Tumblr on this machine: its API and its media host, over HTTPS. */
import { type Context, Hono } from 'hono'
import type { Certificate } from './certificate.ts'
import { Pictures } from './pictures.ts'
import { type Env, listen } from './server.ts'
import type { Switchboard } from './switchboard.ts'
import { answer, refuse } from './tumblr-answer.ts'
import { Blog, type BlogDraft, type StoredPost } from './tumblr-blog.ts'
import { callerOf, checkKey, limitRate, type TumblrKeys, type TumblrLimits } from './tumblr-doors.ts'
import {
  composeImage,
  composePost,
  type ImageDraft,
  idAt,
  type PostDraft,
  type Raw,
  uuidOf,
} from './tumblr-post.ts'
import { withSandboxPictures } from './tumblr-recorded.ts'

export type TumblrOptions = {
  readonly port?: number
  /** 1,000 an hour and 5,000 a day unless said, as for a new app. */
  readonly limits?: TumblrLimits
}

export interface TumblrSandbox {
  /** For `TUMBLR_API_URL`: https, no path. */
  readonly url: string
  readonly keys: TumblrKeys
  readonly pictures: Pictures
  addBlog(draft: BlogDraft): void
  /** Hides a blog from people without an account, or shows it again. */
  hide(blogName: string, hidden: boolean): void
  publish(blogName: string, draft: PostDraft): { readonly id: string }
  /** Changes what is named and keeps the rest, the id above all. Throws for a recorded post. */
  edit(blogName: string, id: string, change: Omit<PostDraft, 'at'>): void
  remove(blogName: string, id: string): void
  /** Posts as the real API sent them, unchanged but for their pictures. `ids: 'new'` publishes them now, in this order, as the blog's own. */
  serve(blogName: string, posts: readonly unknown[], ids?: 'kept' | 'new'): readonly { readonly id: string }[]
  /** What the API would send now, newest first. */
  posts(blogName: string): readonly Raw[]
  /** An NPF image block to put into `content`. */
  image(draft: ImageDraft): Raw
  close(): Promise<void>
}

const keys: TumblrKeys = {
  consumerKey: 'sandboxConsumerKey',
  consumerSecret: 'sandboxConsumerSecret',
  token: 'sandboxToken',
  tokenSecret: 'sandboxTokenSecret',
}

export async function startTumblr(
  switchboard: Switchboard,
  certificate: Certificate,
  options: TumblrOptions = {},
): Promise<TumblrSandbox> {
  const blogs: Blog[] = []
  let origin = ''
  const pictures = new Pictures(() => origin)
  const app = new Hono<Env>()
  app.route('/', pictures.routes(switchboard))
  app.use(
    '/v2/*',
    switchboard.watch('tumblr', (c) => c.req.path.split('/').at(-1) ?? ''),
    checkKey(keys),
    limitRate(options.limits ?? { perHour: 1000, perDay: 5000 }, switchboard.clock),
  )
  app.get('/v2/blog/:blog/posts', (c) => listPosts(c, blogs))
  app.notFound((c) => refuse(c, 404))
  const server = await listen(app, {
    certificate,
    ...(options.port !== undefined && { port: options.port }),
  })
  origin = server.url
  return { url: origin, keys, pictures, ...author(blogs, pictures, switchboard), close: server.close }
}

type Author = Omit<TumblrSandbox, 'url' | 'keys' | 'pictures' | 'close'>

/** What the owners of the blogs do. */
function author(blogs: Blog[], pictures: Pictures, { clock }: Switchboard): Author {
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
        const stored = recorded(
          post,
          pictures,
          ids === 'kept' ? undefined : { id: newId(clock.now()), now: clock.now() },
        )
        blog.put(stored)
        return { id: stored.id }
      })
    },
    posts: (name) => blogNamed(name).posts.map(({ json }) => json),
    image: (draft) => composeImage(draft, pictures),
  }
}

/** A post of the API as it came: its fields are trusted only as far as the list needs them. */
function recorded(
  post: unknown,
  pictures: Pictures,
  fresh: { id: string; now: number } | undefined,
): StoredPost {
  if (typeof post !== 'object' || post === null)
    throw new Error(`Expected a post of the API but received ${post}`)
  const json: Record<string, unknown> = Object.fromEntries(
    Object.entries(post).map(([key, value]) => [key, withSandboxPictures(value, pictures)]),
  )
  const id = fresh?.id ?? String(json['id_string'] ?? json['id'])
  if (!/^\d+$/.test(id)) throw new Error(`Expected digits for the id of a recorded post but received "${id}"`)
  const timestamp = fresh ? Math.floor(fresh.now / 1000) : Number(json['timestamp'] ?? 0)
  if (fresh) Object.assign(json, { id, id_string: id, timestamp })
  // A rounded number would be another post's id.
  else if (json['id_string'] !== undefined) json['id'] = id
  return { id, timestamp, pinned: json['is_pinned'] === true, listed: true, json }
}

/** `GET /v2/blog/{blog}/posts`: https://github.com/tumblr/docs/blob/master/api.md#posts--retrieve-published-posts */
function listPosts(c: Context<Env>, blogs: readonly Blog[]): Response {
  const blog = blogs.find((one) => one.answersTo(c.req.param('blog') ?? ''))
  if (!blog) return refuse(c, 404)
  if (blog.hidden && callerOf(c, keys) !== 'user')
    return refuse(c, 404, 4012, 'This Tumblr is only viewable within the Tumblr dashboard')
  const { id, limit = '20', offset = '0', before, tag, npf, reblog_info: reblogInfo } = c.req.query()
  const numbers = { limit, offset, ...(before !== undefined && { before }) }
  for (const [name, value] of Object.entries(numbers)) {
    if (!/^\d+$/.test(value)) return refuse(c, 400, 8001, `Expected a number for ${name}`)
  }
  if (before !== undefined && Number(offset) > 0)
    return refuse(c, 400, 8001, 'offset cannot be combined with before')
  const shape = { npf: npf === 'true', reblogInfo: reblogInfo === 'true' }
  if (id !== undefined) {
    const post = blog.find(id)
    if (!post?.listed) return refuse(c, 404)
    return answer(c, { blog: sayBlog(blog), posts: [sayPost(post, shape)], total_posts: 1 })
  }
  const ask = { limit: Math.min(20, Math.max(1, Number(limit))), offset: Number(offset) }
  const page = blog.page({
    ...ask,
    ...(before !== undefined && { before: Number(before) }),
    ...(tag !== undefined && { tag }),
  })
  return answer(c, {
    blog: sayBlog(blog),
    posts: page.posts.map((post) => sayPost(post, shape)),
    total_posts: page.total,
    ...(page.more && { _links: { next: nextPage(c, blog, ask, page.posts.at(-1)) } }),
  })
}

/** By offset, or by time where it was asked by time. The key is never repeated. */
function nextPage(
  c: Context<Env>,
  blog: Blog,
  ask: { limit: number; offset: number },
  last?: StoredPost,
): Raw {
  const { api_key: _key, before, ...asked } = c.req.query()
  const query_params = {
    ...asked,
    limit: String(ask.limit),
    ...(before === undefined
      ? { offset: String(ask.offset + ask.limit), page_number: String(ask.offset / ask.limit + 2) }
      : { before: String(last?.timestamp ?? before) }),
  }
  const href = `/v2/blog/${blog.facts.name}.tumblr.com/posts?${new URLSearchParams(query_params)}`
  return { href, method: 'GET', query_params }
}

function sayBlog({ facts, nsfw, posts }: Blog): Raw {
  const total = posts.length
  return {
    ...facts,
    description: '',
    is_nsfw: nsfw,
    ask: false,
    posts: total,
    total_posts: total,
    updated: posts[0]?.timestamp ?? 0,
    share_likes: false,
  }
}

const reblogFields = /^reblogged_(from|root)_/

/** Without `npf=true` the blocks are missing, as HTML stands in their place. */
function sayPost({ json }: StoredPost, shape: { npf: boolean; reblogInfo: boolean }): Raw {
  const { content, layout: _layout, ...rest } = json
  const said = shape.npf
    ? json
    : { ...rest, type: 'text', body: `<div class="npf_row">${[content].flat().length}</div>` }
  return shape.reblogInfo
    ? said
    : Object.fromEntries(Object.entries(said).filter(([name]) => !reblogFields.test(name)))
}

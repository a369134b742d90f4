import type { Context } from 'hono'
import type { HonoEnv } from '../server.ts'
import { callerOf, type TumblrKeys } from './access.ts'
import { answer, refuse } from './answer.ts'
import type { Blog, StoredPost } from './blog.ts'
import type { Raw } from './post.ts'

/** `GET /v2/blog/{blog}/posts`: https://github.com/tumblr/docs/blob/master/api.md#posts--retrieve-published-posts */
export function listPosts(c: Context<HonoEnv>, blogs: readonly Blog[], keys: TumblrKeys): Response {
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

/** By time where the request was by time, else by offset. It never holds the key. */
function nextPage(
  c: Context<HonoEnv>,
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

/** Without `npf=true` there is HTML in place of the blocks. */
function sayPost({ json }: StoredPost, shape: { npf: boolean; reblogInfo: boolean }): Raw {
  const { content, layout: _layout, ...rest } = json
  const said = shape.npf
    ? json
    : { ...rest, type: 'text', body: `<div class="npf_row">${[content].flat().length}</div>` }
  return shape.reblogInfo
    ? said
    : Object.fromEntries(Object.entries(said).filter(([name]) => !reblogFields.test(name)))
}

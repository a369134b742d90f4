import { createClient } from 'tumblr.js'
import type { ServerTime } from '../../core/clock/server-time.ts'
import { parseBlogIdentifier } from '../../core/config/blog.ts'
import { parsePage } from '../../core/npf/npf.ts'
import type { Post, PostPage } from '../../core/post/post.ts'
import { callTumblr } from './call.ts'
import { mishap, refusal, saysNoSuchPost } from './failure.ts'
import { readHeaders, type SaidByHeaders } from './headers.ts'
import { PAGE_LENGTH, type PlaceOfPage, pagesOf } from './pages.ts'

export interface Tumblr {
  /** The most posts that one page has. */
  readonly pageLength: number
  /** One page, newest first. Throws ServiceError, which says so if the blog is hidden or missing. */
  fetchPage(ask?: PlaceOfPage): Promise<PostPage>
  /** Every post from the newest (or from `before`, unix seconds) down, each id once, page by page. */
  fetchPages(from?: PlaceOfPage): AsyncGenerator<PostPage>
  /** One post; undefined where the blog has none of that id. */
  fetchPost(id: string): Promise<Post | undefined>
}

export type TumblrOptions = {
  /** As `parseBlogIdentifier` gives it. */
  readonly blog: string
  readonly consumerKey: string
  /** For a blog hidden from people without an account. */
  readonly oauth?: { readonly consumerSecret: string; readonly token: string; readonly tokenSecret: string }
  /** The origin, https: tumblr.js speaks nothing else. */
  readonly apiUrl: string
  /** Aborts every call: the run's end. */
  readonly signal: AbortSignal
  /** Of one call, to the last byte. */
  readonly deadlineMs?: number
  readonly now?: () => number
  /** Is given what the headers of every answer say, also those of a refusal. */
  readonly onHeaders?: (said: SaidByHeaders) => void
  /** Is given the time that every answer says, also a refusal. */
  readonly onTime?: (time: ServerTime) => void
}

/** Throws TypeError for a blog that is no blog identifier: it goes into the path of requests that carry the key. */
export function createTumblr(options: TumblrOptions): Tumblr {
  const { consumerKey, oauth, signal, deadlineMs = 20_000, now = Date.now, onHeaders, onTime } = options
  const blog = parseBlogIdentifier(options.blog)
  if (blog === undefined) {
    throw new TypeError(`Expected the name of a Tumblr blog but received ${JSON.stringify(options.blog)}`)
  }
  const client = createClient({
    consumer_key: consumerKey,
    baseUrl: options.apiUrl,
    ...(oauth && {
      consumer_secret: oauth.consumerSecret,
      token: oauth.token,
      token_secret: oauth.tokenSecret,
    }),
  })
  const secrets = [consumerKey, ...(oauth ? Object.values(oauth) : [])].filter((secret) => secret !== '')

  const listPosts = async (doing: string, ask: PlaceOfPage & { readonly id?: string }): Promise<PostPage> => {
    const context = { doing, blog, secrets, now }
    // No `type`: an image post with a video is a `video`, an answered ask an `answer`. reblog_info tells whom a reblog is from.
    const params = { npf: true, reblog_info: true, limit: PAGE_LENGTH, ...ask }
    const asked = now()
    try {
      const answer = await callTumblr(client, `/v2/blog/${blog}/posts`, params, { signal, deadlineMs })
      const said = readHeaders(answer.headers, asked, now())
      onHeaders?.(said)
      if (said.time) onTime?.(said.time)
      if (answer.status >= 300 || answer.data === undefined) throw refusal(answer, context)
      return parsePage(answer.data)
    } catch (error) {
      throw mishap(error, context)
    }
  }

  const fetchPage = (ask: PlaceOfPage = {}): Promise<PostPage> => listPosts(`list posts of ${blog}`, ask)

  return {
    pageLength: PAGE_LENGTH,
    fetchPage,
    fetchPages: (from = {}) => pagesOf(fetchPage, from),
    async fetchPost(id) {
      const doing = `fetch post ${id} of ${blog}`
      try {
        const page = await listPosts(doing, { id })
        const post = page.posts.find((found) => found.id === id)
        if (post === undefined && page.length > 0) {
          // No ServiceError, because Tumblr works: only this post cannot be read.
          const why = page.unreadable[0]?.reason ?? 'it is another one'
          throw new Error(`Expected post ${id} of ${blog} but received one that cannot be read: ${why}`)
        }
        return post
      } catch (error) {
        if (saysNoSuchPost(error)) return undefined
        throw error
      }
    },
  }
}

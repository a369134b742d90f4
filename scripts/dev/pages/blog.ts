/** The blog, one post of it, and the account's timeline. */
import { html } from 'hono/html'
import type { PostRecord } from '../../../src/core/record/record.ts'
import type { ShownPost } from '../shown-post.ts'
import type { Thread } from '../threads.ts'
import type { Html } from './layout.ts'
import { becameOf } from './ledger.ts'
import { postCard } from './post.ts'
import { threadCard } from './status.ts'

const count = (n: number, one: string, more = `${one}s`): string => `${n} ${n === 1 ? one : more}`

export const blogNews = (posts: readonly ShownPost[]): string => `${count(posts.length, 'post')}.`

export const blogBody = (posts: readonly ShownPost[]): Html =>
  html`<p><a class="button primary" href="/blog/new">New post</a></p>
    <div class="stream" id="posts" data-live>${posts.map((post) => postCard(post))}</div>`

export type Beside = {
  readonly post: ShownPost
  readonly record: PostRecord | undefined
  readonly threads: readonly Thread[]
  /** Host of the server. */
  readonly server: string
  readonly now: number
}

/** The post, and beside it what became of it. `plain`: without buttons and the state of the post. */
export const postBody = ({ post, record, threads, server, now }: Beside, plain: boolean): Html =>
  html`<div class="beside ${plain ? 'plain' : ''}" id="beside" data-live>
    <section aria-label="On Tumblr">
      <p class="column-name">On Tumblr</p>
      ${postCard(post, { owner: !plain, linked: false })}
    </section>
    <section aria-label="On Mastodon">
      <p class="column-name">On Mastodon</p>
      ${plain ? '' : becameOf(record, now)}
      ${threads.map((thread) => threadCard(thread, server, { owner: !plain }))}
    </section>
  </div>`

export function timelineNews(threads: readonly Thread[]): string {
  const statuses = threads.flat()
  if (statuses.length === 0) return 'Nothing was posted yet.'
  return `${count(statuses.length, 'status', 'statuses')} in ${count(threads.length, 'thread')}.`
}

export const timelineBody = (threads: readonly Thread[], server: string): Html =>
  html`<div class="stream" id="threads" data-live>${threads.map((thread) => threadCard(thread, server))}</div>`

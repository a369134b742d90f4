/** What the ledger knows: the route, and every post of it. */
import { html } from 'hono/html'
import type { PostRecord } from '../../../src/core/record/record.ts'
import type { RouteRecord } from '../../../src/core/record/route.ts'
import {
  countStates,
  describeRecord,
  describeStanding,
  describeTotals,
  stateOf,
} from '../../ledger/standing.ts'
import { type ShownPost, textsOf } from '../shown-post.ts'
import { action, type Html, table } from './layout.ts'
import { dayElement } from './times.ts'

export const ledgerNews = (posts: readonly PostRecord[]): string =>
  posts.length === 0 ? 'No post is known yet.' : `${describeTotals(countStates(posts.map(stateOf)))}.`

export const ledgerBody = (
  route: RouteRecord | undefined,
  posts: readonly PostRecord[],
  blog: readonly ShownPost[],
  now: number,
): Html =>
  html`<div id="route" data-live>
      ${
        route === undefined
          ? html`<p>No run has written anything yet.</p>`
          : html`<section class="card" aria-labelledby="route-name">
              <h2 id="route-name">Route main</h2>
              <ul>
                ${describeStanding(route, now).map((line) => html`<li>${line}</li>`)}
              </ul>
            </section>`
      }
    </div>
    <div id="posts" data-live>
      ${posts.some(({ state }) => state === 'parked') ? html`<div class="line">${action('/event', 'Retry all that is set aside', { json: '{"retry":"parked"}' })}</div>` : ''}
      ${table(
        'Posts',
        ['Post', 'State', 'Tries', 'Reason', 'Statuses', 'When', 'Do'],
        [...posts].reverse().map((record) => postRow(record, blog, now)),
      )}
    </div>`

const idOf = (url: string): string => url.split('/').at(-1) ?? ''

const postRow = (record: PostRecord, blog: readonly ShownPost[], now: number): Html => {
  const { post, state, tries, reason, statuses, at, copy } = describeRecord(record, undefined, now)
  const [words] = blog.filter(({ id }) => id === post).flatMap(textsOf)
  const waits = state === 'parked' || state === 'doubtful'
  return html`<tr id="post-${post}-${copy}" class="${state}">
    <th scope="row"><a href="/blog/${post}">${post}</a>${copy > 1 ? ` (copy ${copy})` : ''}${words === undefined ? '' : html`<span class="words">${words}</span>`}</th>
    <td><span class="badge ${state}">${state}</span></td>
    <td>${tries}</td>
    <td class="says">${reason ?? ''}</td>
    <td>${statuses.map((url, part) => html`<a href="/timeline/${idOf(url)}" aria-label="Status ${part + 1} of post ${post}">${part + 1}</a> `)}</td>
    <td>${at === undefined ? '' : dayElement(at)}</td>
    <td>${waits ? action('/event', 'Retry', { json: JSON.stringify({ retry: [post] }) }, `Retry post ${post}`) : ''}</td>
  </tr>`
}

/** What became of one post, beside the post itself. */
export const becameOf = (record: PostRecord | undefined, now: number): Html => {
  if (record === undefined) return html`<p>No run has seen it yet.</p>`
  const { state, tries, reason } = describeRecord(record, undefined, now)
  return html`<p><span class="badge ${state}">${state}</span> ${reason ?? ''} ${tries > 1 ? `(${tries} tries)` : ''}</p>`
}

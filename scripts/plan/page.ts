/** A plan as one page that loads nothing: pictures and style are inside, and a policy keeps everything else out. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { html, raw } from 'hono/html'
import type { PossibleRoute } from '../../src/core/config/possible.ts'
import type { PlannedPost, Report, RouteReport } from '../../src/core/report/report.ts'
import { count, describeTime } from '../../src/core/report/when.ts'
import type { PagePictures } from './pictures.ts'
import { drawStatus } from './status.ts'
import type { Html } from './text.ts'

export type PlanPage = {
  readonly report: Report
  readonly routes: readonly PossibleRoute[]
  readonly pictures: PagePictures
  /** Ms since 1970. */
  readonly madeAt: number
}

/** https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Content-Security-Policy */
const policyFor = (style: string): string => {
  const digest = createHash('sha256').update(style).digest('base64')
  return `default-src 'none'; img-src data:; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`
}

async function readStyle(): Promise<string> {
  const parts = ['./style.css', 'page.css'].map((part) => readFile(new URL(part, import.meta.url), 'utf8'))
  return (await Promise.all(parts)).join('\n')
}

export async function drawPage({ report, routes, pictures, madeAt }: PlanPage): Promise<string> {
  const style = await readStyle()
  const drawn = report.routes.map((route) => {
    const settings = routes.find(({ name }) => name === route.route)
    return drawRoute(route, settings, pictures)
  })
  return String(
    await html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta http-equiv="Content-Security-Policy" content="${policyFor(style)}" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <meta name="referrer" content="no-referrer" />
          <title>Plan: ${report.routes.map(({ route }) => route).join(', ')}</title>
          <style>${raw(style)}</style>
        </head>
        <body>
          <a class="skip" href="#plan">To the plan</a>
          <header class="top">
            <h1>What Levity would post</h1>
            <p>Planned ${describeTime(madeAt)} by Levity ${report.version}. Nothing was posted, and nothing was stored.</p>
          </header>
          <main id="plan" tabindex="-1">${drawn}</main>
        </body>
      </html>`,
  )
}

function drawRoute(route: RouteReport, settings: PossibleRoute | undefined, pictures: PagePictures): Html {
  const { plan = [], skipped } = route
  const heading = `route-${route.route}`
  const { tumblr, mastodon } = settings ?? {}
  const server = mastodon && new URL(mastodon.url).host
  return html`<section class="route" aria-labelledby="${heading}">
    <h2 id="${heading}">
      ${route.route}${tumblr && server ? html`: <span class="from">${tumblr.blog}</span> to <span class="to">${server}</span>` : ''}
    </h2>
    <p>${summaryOf(plan)}</p>
    ${route.why === undefined ? '' : html`<p class="${route.failed ? 'note bad' : 'note'}">${sentence(route.why)}</p>`}
    ${contentsOf(route)}
    ${plan.map((post) => drawPost(post, route.route, mastodon?.url ?? '', pictures))}
    ${drawSkipped(skipped)}
    ${route.next === undefined ? '' : html`<p class="note">${route.next}</p>`}
  </section>`
}

function summaryOf(plan: readonly PlannedPost[]): string {
  const statuses = plan.flatMap((post) => post.statuses)
  const images = statuses.flatMap((status) => status.images)
  const bare = images.filter(({ altText }) => altText === undefined).length
  if (plan.length === 0) return 'No post would go out.'
  const parts = [
    count(plan.length, 'post'),
    `${statuses.length === 1 ? '1 status' : `${statuses.length} statuses`}`,
    count(images.length, 'image'),
  ]
  return `${parts.join(', ')}${bare === 0 ? ', each with an alt text' : `, ${bare} without an alt text`}.`
}

/** Links to the posts, where there are enough to skip some. */
function contentsOf({ route, plan = [] }: RouteReport): Html | string {
  if (plan.length < 3) return ''
  return html`<nav aria-label="Posts of ${route}">
    <ol>
      ${plan.map(({ post, statuses }) => html`<li><a href="#post-${post}">${firstWords(statuses[0]?.text ?? '') || `Post ${post}`}</a></li>`)}
    </ol>
  </nav>`
}

const firstWords = (text: string): string => {
  const [line = ''] = text.trim().split('\n')
  const [...characters] = line
  return characters.length > 60 ? `${characters.slice(0, 60).join('')}…` : line
}

function drawPost(
  { post, url, due, statuses }: PlannedPost,
  route: string,
  server: string,
  pictures: PagePictures,
): Html {
  const of = statuses.length
  let before = 0
  const drawn = statuses.map((status, index) => {
    const first = before + 1
    before += status.images.length
    return drawStatus(status, {
      place: { at: index + 1, of },
      server,
      find: (at) => pictures.find(route, post, first + at),
    })
  })
  return html`<article class="post" id="post-${post}" aria-labelledby="name-${post}">
    <h3 id="name-${post}">${/^https?:\/\//.test(url) ? html`<a href="${url}" rel="noreferrer">Post ${post}</a>` : `Post ${post}`}</h3>
    <p class="facts">
      ${of === 1 ? 'One status' : `A thread of ${of} statuses`}${due === undefined ? '' : `, not before ${describeTime(Date.parse(due))}`}.
    </p>
    <div class="thread">${drawn}</div>
  </article>`
}

function drawSkipped(skipped: RouteReport['skipped']): Html | string {
  if (skipped.length === 0) return ''
  return html`<section class="skipped">
    <h3>Left out</h3>
    <ul>
      ${skipped.map(({ post, reason }) => html`<li>Post ${post}: ${reason}</li>`)}
    </ul>
  </section>`
}

const sentence = (text: string): string =>
  `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`

/** What every page has around it: the navigation, what is unusual now, and what was just done. */
import { html } from 'hono/html'
import type { DevWorld } from '../world.ts'

export type Html = ReturnType<typeof html>
export type Shown = Html | string | readonly Html[]

const sections = [
  ['/', 'Overview'],
  ['/blog', 'Blog'],
  ['/timeline', 'Timeline'],
  ['/runs', 'Runs'],
  ['/ledger', 'Ledger'],
] as const

export type Page = {
  readonly title: string
  /** The entry of the navigation that the page belongs to. */
  readonly section: (typeof sections)[number][0]
  /** Screen readers speak it when it changes. */
  readonly news?: string
  readonly body: Shown
  /** Takes the whole width. */
  readonly wide?: boolean
}

/** A whole page. The script keeps everything under `data-live` up to date. */
export const layout = (world: DevWorld, { title, section, news, body, wide = false }: Page): Html =>
  html`<!doctype html>
    <html lang="en" data-version="${world.version()}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Levity on this machine</title>
        <link rel="stylesheet" href="/page.css" />
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        <script type="module" src="/page.js"></script>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="top">
          <nav aria-label="Pages">
            <ul>
              ${sections.map(
                ([href, name]) =>
                  html`<li><a href="${href}" ${href === section ? html`aria-current="page"` : ''}>${name}</a></li>`,
              )}
            </ul>
          </nav>
          <div class="state" id="state" data-live>${stateOf(world)}</div>
          <form method="post" action="/run" data-quiet><button class="primary">Run now</button></form>
        </header>
        <p class="said" id="said" role="status"></p>
        <main id="main" class="${wide ? 'wide' : ''}">
          <h1 tabindex="-1">${title}</h1>
          ${news === undefined ? '' : html`<div id="news" data-live role="status"><p class="news">${news}</p></div>`}
          ${body}
        </main>
      </body>
    </html>`

/** Only what is unusual, and the schedule. */
function stateOf({ faults, code, schedule }: DevWorld): readonly Html[] {
  const on = faults.on.filter(({ spent }) => !spent).length
  return [
    ...(on > 0
      ? [html`<a class="chip warn" href="/#faults">${on} ${on === 1 ? 'fault' : 'faults'} on</a>`]
      : []),
    ...(code.trouble === undefined ? [] : [html`<a class="chip bad" href="/#code">The build failed</a>`]),
    html`<a class="chip" href="/#schedule">${schedule.everyMs > 0 ? `a run every ${schedule.everyMs / 1000} s` : 'schedule paused'}</a>`,
  ]
}

/** A button that does one thing without leaving the page. */
export const action = (
  path: string,
  label: string,
  fields: Readonly<Record<string, string>> = {},
  name?: string,
): Html =>
  html`<form method="post" action="${path}" data-quiet>
    ${Object.entries(fields).map(([key, value]) => html`<input type="hidden" name="${key}" value="${value}" />`)}
    <button ${name === undefined ? '' : html`aria-label="${name}"`}>${label}</button>
  </form>`

/** A table that scrolls by itself where the window is narrow. */
export const table = (label: string, heads: readonly string[], rows: readonly Html[]): Html =>
  html`<div class="table" role="region" aria-label="${label}" tabindex="0">
    <table>
      <thead>
        <tr>
          ${heads.map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`

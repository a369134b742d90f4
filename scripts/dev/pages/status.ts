/** A status as Mastodon shows it. */
import { html, raw } from 'hono/html'
import { sandboxBlog } from '../../sandbox/blog.ts'
import type { SandboxMedia, SandboxStatus } from '../../sandbox/mastodon/mastodon.ts'
import { toHtml } from '../../sandbox/mastodon/text.ts'
import type { Thread } from '../threads.ts'
import { action, type Html } from './layout.ts'
import { dayElement } from './times.ts'

const visibilities: Readonly<Record<string, string>> = {
  public: 'Public',
  unlisted: 'Quiet public',
  private: 'Followers',
  direct: 'Mentioned alone',
}

/** The link to the original post must lead to the blog on this machine. */
const home = new RegExp(`href="https://${sandboxBlog}\\.tumblr\\.com/post/(\\d+)[^"]*" target="_blank"`, 'g')
const textOf = (text: string): Html =>
  html`${raw(toHtml(text, '/timeline').replace(home, 'href="/blog/$1"'))}`

const attachment = (media: SandboxMedia): Html =>
  html`<li>
    <a href="/timeline/media/${media.id}"
      ><img
        src="/timeline/media/${media.id}"
        width="${media.width}"
        height="${media.height}"
        alt="${media.description ?? 'An image without a description'}"
        loading="lazy"
    /></a>
    <span class="badges">
      ${
        media.description
          ? html`<details class="alt"><summary aria-label="ALT, description">ALT</summary><p>${media.description}</p></details>`
          : html`<span class="badge none">no ALT</span>`
      }
      ${media.frames > 1 ? html`<span class="badge">GIF</span>` : ''}
    </span>
  </li>`

function attachments({ media, sensitive, spoilerText }: SandboxStatus): Html {
  if (media.length === 0) return html``
  const grid = html`<ul class="media n${Math.min(media.length, 4)}" aria-label="Images">
    ${media.map(attachment)}
  </ul>`
  // Under a content warning they are hidden already.
  if (!sensitive || spoilerText !== '') return grid
  return html`<details class="sensitive">
    <summary>Sensitive content <span class="hint"><span class="closed">Show</span><span class="opened">Hide</span></span></summary>
    ${grid}
  </details>`
}

/** A content warning comes first, and hides the rest until it is opened. */
function content(status: SandboxStatus): Html {
  const inner = html`<div class="content">${textOf(status.text)}</div>${attachments(status)}`
  if (status.spoilerText === '') return inner
  return html`<details class="cw">
    <summary><span>${status.spoilerText}</span> <span class="hint"><span class="closed">Show more</span><span class="opened">Show less</span></span></summary>
    ${inner}
  </details>`
}

const statusCard = (
  status: SandboxStatus,
  server: string,
  { owner = true }: { readonly owner?: boolean } = {},
): Html => {
  const id = `status-${status.id}`
  return html`<article class="status" id="${id}" aria-labelledby="name-${id}">
    <header>
      <img class="avatar" src="/timeline/avatar.svg" alt="" width="46" height="46" />
      <div class="who">
        <h2 id="name-${id}"><a href="/timeline/${status.id}">Levity</a></h2>
        <span class="handle">@levity@${server}</span>
      </div>
      <div class="when">
        <span class="badge see">${visibilities[status.visibility] ?? status.visibility}</span>
        ${dayElement(status.createdAt)}
      </div>
    </header>
    ${content(status)}
    ${
      owner || status.editedAt !== undefined
        ? html`<footer>
            ${status.editedAt === undefined ? '' : html`<span>edited ${dayElement(status.editedAt)}</span>`}
            ${owner ? html`<span class="actions">${action(`/timeline/${status.id}/delete`, 'Delete')}</span>` : ''}
          </footer>`
        : ''
    }
  </article>`
}

/** The statuses of one thread. */
export const threadCard = (thread: Thread, server: string, options?: { readonly owner?: boolean }): Html =>
  html`<section class="thread" id="thread-${thread[0].id}" aria-label="${thread.length === 1 ? 'Status' : `Thread of ${thread.length}`}">
    ${thread.map((status) => statusCard(status, server, options))}
  </section>`

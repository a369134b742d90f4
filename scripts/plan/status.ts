/** A planned status on the page: how a reader would see it, and what happens to its pictures. */
import { html } from 'hono/html'
import type { PlannedStatus } from '../../src/core/report/report.ts'
import { describeSize } from '../../src/core/report/sentences.ts'
import { count } from '../../src/core/report/when.ts'
import { findHashtags } from '../../src/core/status/hashtags.ts'
import type { ShownPictures } from './pictures.ts'
import { drawText, type Html } from './text.ts'

export type StatusContext = {
  readonly place: { readonly at: number; readonly of: number }
  /** The origin that hashtags lead to. */
  readonly server: string
  /** `at`: which image of this status, from 0. */
  find(at: number): ShownPictures
}

const visibilities = {
  public: 'Public',
  unlisted: 'Quiet public',
  private: 'Followers',
  direct: 'Mentioned people alone',
} as const

type Image = PlannedStatus['images'][number]

export function drawStatus(status: PlannedStatus, around: StatusContext): Html {
  const { at, of } = around.place
  const { text, spoilerText, visibility, language, posted } = status
  const name = of === 1 ? 'Status' : `Status ${at} of ${of}`
  return html`<section class="status">
    <header>
      <h4>${name}</h4>
      <ul class="badges" aria-label="How it is sent">
        <li class="badge">${visibilities[visibility]}</li>
        ${language === undefined ? '' : html`<li class="badge">${language}</li>`}
        ${status.sensitive ? html`<li class="badge">Images hidden at first</li>` : ''}
        ${posted === undefined ? '' : html`<li class="badge good">Out already</li>`}
      </ul>
    </header>
    ${drawWarned(spoilerText, html`<div class="content" ${language === undefined ? '' : html`lang="${language}"`}>${drawText(text, around.server)}</div>${drawImages(status, around)}`)}
    ${drawFoot(status)}
  </section>`
}

/** On Mastodon a content warning hides the rest until it is opened. Here it is open at first. */
function drawWarned(warning: string | undefined, body: Html): Html {
  if (!warning) return body
  return html`<details class="cw" open>
    <summary><span class="label">Content warning:</span> ${warning}</summary>
    ${body}
  </details>`
}

function drawImages({ images, posted }: PlannedStatus, { find }: StatusContext): Html | string {
  if (posted !== undefined)
    return html`<p class="facts">It is posted already: <a href="${posted}" rel="noreferrer">${posted}</a>. A run goes on with the next status.</p>`
  return html`<ul class="images" aria-label="Images">
    ${images.map((image, at) => html`<li class="${image.change === 'kept' ? 'kept' : 'changed'}">${drawImage(image, at + 1, images.length, find(at))}</li>`)}
  </ul>`
}

function drawImage(image: Image, at: number, of: number, { before, after }: ShownPictures): Html {
  const { altText, change, from, to, url } = image
  const which = of === 1 ? 'The image' : `Image ${at}`
  const pictures =
    change === 'kept'
      ? drawPicture(
          after,
          altText ?? `${which}, without an alt text`,
          `As Tumblr has it: ${describeSize(to)}`,
          to,
        )
      : html`${drawPicture(before, `${which} as Tumblr has it`, `Before: ${describeSize(from)}`, from)}
        ${drawPicture(after, altText ?? `${which}, without an alt text`, `After (${change}): ${describeSize(to)}`, to)}`
  return html`<div class="pictures">${pictures}</div>
    ${drawAltText(altText)}
    ${before === undefined && after === undefined ? html`<p class="facts"><a href="${url}" rel="noreferrer">The image on Tumblr</a></p>` : ''}`
}

function drawPicture(
  address: string | undefined,
  alt: string,
  caption: string,
  { width, height }: Image['from'],
): Html {
  const shown =
    address === undefined
      ? html`<p class="missing">The pictures of this plan are too large for one page; this one is not shown.</p>`
      : html`<img src="${address}" alt="${alt}" width="${width}" height="${height}" />`
  return html`<figure>${shown}<figcaption>${caption}</figcaption></figure>`
}

const drawAltText = (altText: string | undefined): Html =>
  altText === undefined
    ? html`<p class="alt none"><span class="badge bad">No alt text</span> Whoever cannot see it is not told what it shows.</p>`
    : html`<p class="alt"><span class="badge">ALT</span> ${altText}</p>`

function drawCount({ characters }: PlannedStatus): Html | string {
  if (characters === undefined) return ''
  const { count: used, most } = characters
  return html`<span class="count">
      <meter min="0" max="${most}" value="${used}" aria-hidden="true"></meter>
      ${used.toLocaleString('en')} of ${count(most, 'character')}
    </span>`
}

function drawFoot(status: PlannedStatus): Html {
  const hashtags = findHashtags(status.text)
  return html`<footer>
    ${drawCount(status)}
    <span>${hashtags.length === 0 ? 'No hashtags' : html`${count(hashtags.length, 'hashtag')}: ${hashtags.map((tag) => `#${tag}`).join(' ')}`}</span>
  </footer>`
}

/** The text of a status as its readers see it: paragraphs, links and hashtags. */
import { html } from 'hono/html'
import { HASHTAG } from '../../src/core/status/hashtags.ts'
import { LINK, REAL_DOMAIN } from '../../src/core/status/link.ts'

export type Html = ReturnType<typeof html>

/** `server`: the origin whose pages the hashtags lead to. */
export const drawText = (text: string, server: string): Html =>
  html`${text.split(/\n{2,}/).map((paragraph) => html`<p>${drawLines(paragraph, server)}</p>`)}`

const drawLines = (paragraph: string, server: string): readonly Html[] =>
  paragraph.split('\n').map((line, at) => html`${at === 0 ? '' : html`<br />`}${drawLine(line, server)}`)

type Piece = { readonly start: number; readonly text: string; readonly drawn: Html }

/** Links and hashtags never overlap: a hashtag holds no colon, and a link has no # before it. */
function drawLine(line: string, server: string): readonly (Html | string)[] {
  const pieces = [...linksIn(line), ...hashtagsIn(line, server)].sort((a, b) => a.start - b.start)
  let done = 0
  const drawn = pieces.flatMap((piece) => {
    const before = line.slice(done, piece.start)
    done = piece.start + piece.text.length
    return [before, piece.drawn]
  })
  return [...drawn, line.slice(done)]
}

const linksIn = (line: string): readonly Piece[] =>
  [...line.matchAll(LINK)]
    .filter(([, domain = '']) => REAL_DOMAIN.test(domain))
    .map(({ 0: url, index: start }) => ({
      start,
      text: url,
      drawn: html`<a href="${url}" rel="noreferrer">${shorten(url)}</a>`,
    }))

const hashtagsIn = (line: string, server: string): readonly Piece[] =>
  [...line.matchAll(HASHTAG)].map(({ 0: text, 1: name, index: start }) => ({
    start,
    text,
    drawn: html`<a href="${server}/tags/${name}" rel="noreferrer">${text}</a>`,
  }))

/** Without the protocol, and cut after 30 characters: https://github.com/mastodon/mastodon/blob/main/app/lib/text_formatter.rb */
function shorten(url: string): string {
  const address = url.replace(/^https?:\/\/(?:www\.)?/i, '')
  return address.length > 30 ? `${address.slice(0, 30)}…` : address
}

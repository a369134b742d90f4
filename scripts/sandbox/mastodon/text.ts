/** Reads a status text as the server does. It shares nothing with Levity's own reading, because it checks that. */
import type { Traits } from './traits.ts'

/** https://github.com/mastodon/mastodon/blob/main/config/initializers/twitter_regex.rb: only with a protocol, and a real domain. */
const link =
  /(?<![a-z0-9@＠$#＃])(?:https?|dat|dweb|ipfs|ipns|ssb|gopher|gemini):\/\/(?:[\p{L}\p{N}][\p{L}\p{N}_-]*\.)+\p{L}[\p{L}\p{N}-]+(?::\d+)?(\/(?:[^\s<>()?]|\([^\s<>()?]*\))*)?(\?[^\s<>"]*)?/giu
const notAtPathEnd = /[!*"'「」;:=,.$%[\]~&|@]+$/u
const notAtQueryEnd = /[!?*'();:+$%[\].,~|@^]+$/u

/** https://github.com/mastodon/mastodon/blob/main/app/models/account.rb, MENTION_RE; Ruby's [:word:] spelled out. */
const word = String.raw`\p{L}\p{M}\p{Nd}\p{Pc}`
const username = '[a-z0-9_]+(?:[.-]+[a-z0-9_]+)*'
const mention = new RegExp(`(?<![=/${word}])@((${username})(?:@[${word}]+(?:[.-]+[${word}]+)*)?)`, 'giu')
const hashtag = /(?<=^|\s)[#＃]([\p{L}\p{M}\p{Nd}\p{Pc}·・\u200c]+)/gu

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })

function findLinks(text: string): { readonly start: number; readonly url: string }[] {
  return [...text.matchAll(link)].map(({ 0: found, 1: path, 2: query, index: start }) => {
    if (query !== undefined) return { start, url: found.replace(notAtQueryEnd, '') }
    return { start, url: path === undefined ? found : found.replace(notAtPathEnd, '') }
  })
}

/** The accounts that this text mentions, and that would be notified: as written, without the first @. */
export function findMentions(text: string): string[] {
  return [...text.matchAll(mention)].map((match) => match[1] ?? '')
}

/** Without the #. Digits alone are no hashtag. */
export function findHashtags(text: string): string[] {
  return [...text.matchAll(hashtag)].flatMap((match) =>
    match[1] && /\p{L}/u.test(match[1]) ? [match[1]] : [],
  )
}

/** https://github.com/mastodon/mastodon/blob/main/app/validators/status_length_validator.rb */
export function countCharacters(text: string, spoilerText: string, traits: Traits): number {
  if (traits.counting === 'code points') return [...(spoilerText + text)].length
  let countable = ''
  let at = 0
  for (const { start, url } of findLinks(text)) {
    countable += text.slice(at, start) + 'x'.repeat(traits.limits.charactersPerUrl)
    at = start + url.length
  }
  countable += text.slice(at)
  return [...graphemes.segment(spoilerText + countable.replace(mention, '@$2'))].length
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (mark) => escapes[mark] ?? mark)

function linkHtml(url: string): string {
  const scheme = /^[a-z]+:\/\/(?:www\.)?/i.exec(url)?.[0] ?? ''
  const shown = url.slice(scheme.length, scheme.length + 30)
  const rest = url.slice(scheme.length + 30)
  const middle = `<span class="${rest ? 'ellipsis' : ''}">${escapeHtml(shown)}</span>`
  const ends = (text: string): string => `<span class="invisible">${escapeHtml(text)}</span>`
  return `<a href="${escapeHtml(url)}" target="_blank" rel="nofollow noopener" translate="no">${ends(scheme)}${middle}${ends(rest)}</a>`
}

function wordsHtml(text: string, server: string): string {
  return escapeHtml(text)
    .replace(
      hashtag,
      (_, tag: string) =>
        `<a href="${server}/tags/${tag}" class="mention hashtag" rel="tag">#<span>${tag}</span></a>`,
    )
    .replace(/\r?\n/g, '\n')
    .replace(/\n{2,}/g, '</p><p>')
    .replace(/\n/g, '<br />')
}

/** The `content` of a status. */
export function toHtml(text: string, server: string): string {
  let html = ''
  let at = 0
  for (const { start, url } of findLinks(text)) {
    html += wordsHtml(text.slice(at, start), server) + linkHtml(url)
    at = start + url.length
  }
  return text === '' ? '' : `<p>${html}${wordsHtml(text.slice(at), server)}</p>`
}

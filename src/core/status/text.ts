/** Plain text as servers measure it: counting, and cutting to measure. */
import { familyOf } from '../server/families.ts'
import type { Limits } from '../server/limits.ts'
import { LINK, LINK_AND_TAIL, REAL_DOMAIN } from './link.ts'

const ELLIPSIS = '…'

const characters = new Intl.Segmenter('und', { granularity: 'grapheme' })
const words = new Intl.Segmenter('und', { granularity: 'word' })

/** https://github.com/mastodon/mastodon/blob/main/app/models/account.rb (MENTION_RE), with a domain. */
const FULL_MENTION =
  /(?<![=/\p{L}\p{M}\p{Nd}\p{Pc}])(@[a-z0-9_]+(?:[.-]+[a-z0-9_]+)*)@[\p{L}\p{M}\p{Nd}\p{Pc}]+(?:[.-]+[\p{L}\p{M}\p{Nd}\p{Pc}]+)*/giu

/** Unicode code points, as most servers count alt texts and Tumblr counts everything. */
export function countCodePoints(text: string): number {
  let count = 0
  for (const _ of text) count += 1
  return count
}

function countGraphemes(text: string): number {
  let count = 0
  for (const _ of characters.segment(text)) count += 1
  return count
}

/**
 * What a status and its content warning weigh on this server. Mastodon counts graphemes, a link as `charactersPerUrl`,
 * `@user@domain` as `@user`, and the warning as it stands
 * (https://github.com/mastodon/mastodon/blob/main/app/validators/status_length_validator.rb). Other families count code points,
 * never fewer than graphemes, and links in full.
 */
export function countCharacters(text: string, spoilerText: string, limits: Limits): number {
  if (!familyOf(limits).countsLikeMastodon) return countCodePoints(spoilerText + text)
  const shortened = text
    .replace(LINK, (link, domain: string) =>
      REAL_DOMAIN.test(domain) ? 'x'.repeat(limits.charactersPerUrl) : link,
    )
    .replace(FULL_MENTION, (mention, user: string, at: number, whole: string) =>
      /^(?:[@＠\u00C0-\u024F]|:\/\/)/.test(whole.slice(at + mention.length, at + mention.length + 3))
        ? mention
        : user,
    )
  return countGraphemes(spoilerText + shortened)
}

/** Characters that are dropped before an ellipsis. */
const DANGLING = /^[\s\u200B,;:@＠#＃([{“‘«]+$/u

/**
 * The text, or as much of its beginning as weighs no more than `room` together with an ellipsis, ended at a word where
 * that does not cost half of it. Never ends inside a grapheme or a link: a link that does not fit is dropped whole.
 * Empty where not even the ellipsis fits.
 */
export function cutText(text: string, room: number, count: (text: string) => number): string {
  if (count(text) <= room) return text
  const links = [...text.matchAll(LINK_AND_TAIL)].map((link) => ({
    start: link.index,
    end: link.index + link[0].length,
  }))
  const linkEnds = new Set(links.map((link) => link.end))
  const wordEnds = new Set([...words.segment(text)].map((word) => word.index))
  const ends = endsOutside(links, text)

  const cutAt = (index: number): string => {
    let last = index
    while (
      last > 0 &&
      !linkEnds.has(ends[last] ?? 0) &&
      DANGLING.test(text.slice(ends[last - 1], ends[last]))
    )
      last -= 1
    const end = ends[last] ?? 0
    // Directly after a link, the ellipsis would become part of it.
    const grown = links.some((link) => link.end <= end && !/\s/.test(text.slice(link.end, end)))
    return text.slice(0, end) + (grown ? ` ${ELLIPSIS}` : ELLIPSIS)
  }

  // Doubles the length step by step from the beginning, because a text may be thousands of times too long.
  let [fits, over] = [-1, 1]
  while (over < ends.length && count(cutAt(over)) <= room) [fits, over] = [over, over * 2]
  over = Math.min(over, ends.length)
  while (over - fits > 1) {
    const middle = (fits + over) >> 1
    if (count(cutAt(middle)) <= room) fits = middle
    else over = middle
  }
  for (let index = fits; index > fits / 2; index -= 1) {
    const end = ends[index] ?? 0
    if (!wordEnds.has(end) && !linkEnds.has(end)) continue
    const cut = cutAt(index)
    if (count(cut) <= room) return cut
  }
  return fits < 0 ? '' : cutAt(fits)
}

/** Where a text may end: between two graphemes, outside every link. Index 0 is its very beginning. */
function endsOutside(links: readonly { start: number; end: number }[], text: string): readonly number[] {
  const ends: number[] = []
  let next = 0
  for (const { index } of characters.segment(text)) {
    while ((links[next]?.end ?? Infinity) <= index) next += 1
    if (index <= (links[next]?.start ?? Infinity)) ends.push(index)
  }
  return ends
}

/** As servers compare hashtags, nearly: without case and accents. */
const folded = (name: string): string => name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()

/**
 * The text without this hashtag (given without `#`), or without all where none is given, for a server whose administrators
 * banned it. Gone from a line of hashtags alone; among words the word stays. Never empty, for a warning without words is lost.
 */
export function dropHashtags(text: string, tag?: string): string {
  const banned = tag === undefined ? undefined : folded(tag)
  const lines = text.split('\n').map((line) => {
    const alone = /^\s*(?:[#＃]\S+\s*)+$/u.test(line)
    const dropped = line.replace(
      /(?<!\S)[#＃]([\p{L}\p{M}\p{Nd}\p{Pc}·・\u200C]+)/gu,
      (whole, name: string) => (banned !== undefined && folded(name) !== banned ? whole : alone ? '' : name),
    )
    return dropped === line ? line : alone ? dropped.trim().replace(/\s+/g, ' ') : dropped
  })
  return lines.join('\n').trim() || ELLIPSIS
}

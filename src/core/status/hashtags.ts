/** Hashtags: made of Tumblr's tags, and found again in a status. */

/** Emoji leave these behind: variation selectors and the keycap are marks, but belong to no letter. */
const EMOJI_MARKS = /[\uFE00-\uFE0F\u20E3\u{E0100}-\u{E01EF}]/gu

/**
 * The hashtags of a post, `#` included, each once whatever its case, at most `most`. Several words become CamelCase, which
 * screen readers can read; a single word keeps its case. Only letters, marks, digits and `_`, with at least one letter
 * (https://github.com/mastodon/mastodon/blob/main/app/models/tag.rb).
 */
export function composeHashtags(tags: readonly string[], most: number): readonly string[] {
  const found = new Map<string, string>()
  for (const tag of tags) {
    const hashtag = composeHashtag(tag)
    if (hashtag === undefined) continue
    const key = hashtag.toLowerCase()
    if (!found.has(key) && found.size < most) found.set(key, hashtag)
  }
  return [...found.values()]
}

/** One tag as a hashtag, or undefined where no letter is left. `french history` is `#FrenchHistory`. */
export function composeHashtag(tag: string): string | undefined {
  const words = tag
    .replace(EMOJI_MARKS, '')
    .normalize('NFKC')
    .replace(/['’‘ʼ`´]/gu, '')
    .split(/[^\p{L}\p{M}\p{Nd}_]+/u)
    .map((word) => word.replace(/^\p{M}+/u, ''))
    .filter((word) => word !== '')
  const name = words.length > 1 ? words.map(capitalise).join('') : words.join('')
  return /\p{L}/u.test(name) ? `#${name}` : undefined
}

/** `iPhone` and `NASA` stay as their author wrote them. */
function capitalise(word: string): string {
  if (/\p{Lu}/u.test(word)) return word
  const [first = '', ...rest] = word
  const upper = first.toUpperCase()
  return ([...upper].length === 1 ? upper : first) + rest.join('')
}

/** A hashtag as Mastodon finds one: https://github.com/mastodon/mastodon/blob/main/app/models/tag.rb. The name is its first group. */
export const HASHTAG: RegExp =
  /(?<=^|\s)[#＃]((?=[\p{M}\p{Nd}\p{Pc}·・\u200C]*\p{L})[\p{L}\p{M}\p{Nd}\p{Pc}·・\u200C]+)/gu

/** The names of the hashtags that a server would find in this text, without `#`. Digits alone are no hashtag. */
export const findHashtags = (text: string): readonly string[] =>
  [...text.matchAll(HASHTAG)].map(([, name = '']) => name)

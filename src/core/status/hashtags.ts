/** Tumblr's tags, which may hold anything, as hashtags, which may not. */

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

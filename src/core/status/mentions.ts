/** Words that mention nobody, whatever the server, and numbers that are no hashtags. */
import { outsideLinks } from './link.ts'

const ZERO_WIDTH_SPACE = '\u200B'

/** An address that is no mention: its `@` stands after a word character, and no `@` stands before its name. */
const EMAIL =
  /(?<![\p{L}\p{M}\p{N}_.+\-@＠%\u200B])[a-z0-9_](?:[a-z0-9_.+-]*[a-z0-9_])?@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+(?![\p{L}\p{M}\p{N}_@＠])/giu

/**
 * The same words with a zero-width space after every `@` that could mention someone, on any server. E-mail addresses stay
 * as they are. Mastodon looks for mentions inside links too, unless the `@` follows `=`, `/` or a word character: where
 * it does not, the link gets `%40`, which leads to the same page.
 */
export function neutralMentions(text: string): string {
  const neutral = outsideLinks(text, neutralWords, (link) =>
    link.replace(/(?<![=/\p{L}\p{M}\p{Nd}\p{Pc}])@/gu, '%40'),
  )
  // A zero-width space can turn text into a link (`@https://…`), so the result is treated once more.
  return neutral === text ? text : neutralMentions(neutral)
}

function neutralWords(plain: string): string {
  let done = 0
  let neutral = ''
  for (const address of plain.matchAll(EMAIL)) {
    neutral += neutralAt(plain.slice(done, address.index)) + address[0]
    done = address.index + address[0].length
  }
  return neutral + neutralAt(plain.slice(done))
}

// Only where a name could follow: elsewhere the zero-width space would become part of a link before it.
const neutralAt = (plain: string): string =>
  plain.replace(/[@＠](?=[\p{L}\p{M}\p{N}\p{Pc}-])/gu, `$&${ZERO_WIDTH_SPACE}`)

/** The same words, but `#1` is a number and no hashtag: some servers link digits alone, Mastodon does not. */
export function neutralNumbers(text: string): string {
  return outsideLinks(
    text,
    (plain) =>
      plain.replace(/(?<!&)([#＃])(?=\p{Nd}+(?![\p{L}\p{M}\p{Nd}\p{Pc}]))/gu, `$1${ZERO_WIDTH_SPACE}`),
    (link) => link,
  )
}

/** https://github.com/mastodon/mastodon/blob/main/app/models/account.rb: MENTION_RE, in JavaScript's words. */
const WORD = String.raw`\p{L}\p{M}\p{Nd}\p{Pc}`
const NAME = String.raw`[a-z0-9_]+(?:[.\-]+[a-z0-9_]+)*`
const MENTION_RE = new RegExp(
  String.raw`(?<![=\/${WORD}])@(${NAME}(?:@[${WORD}]+(?:[.\-]+[${WORD}]+)*)?)`,
  'giu',
)

/** Whom a status with this text would ping. */
export function liveMentions(text: string): readonly string[] {
  return [...text.matchAll(MENTION_RE)].map((found) => found[0])
}

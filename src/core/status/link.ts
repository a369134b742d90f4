/** Where links are in a plain text. */

/**
 * A link as Mastodon finds one, port and path and query included, trailing punctuation not.
 * https://github.com/mastodon/mastodon/blob/main/config/initializers/twitter_regex.rb
 */
export const LINK =
  /(?<![A-Za-z0-9@＠$#＃\u202A-\u202E])https?:\/\/([\p{L}\p{N}](?:[\p{L}\p{M}\p{N}_.\-]*[\p{L}\p{M}\p{N}])?)(?::\d+)?(?:\/(?:(?:[^\s<>\(\)?]|\([^\s<>\(\)?]+\))*(?:[^\s\(\)?!*"'「」<>;:=,.$%\[\]~\&\|@]|\([^\s<>\(\)?]+\)))?)?(?:\?[[a-z0-9!?*'\(\);:\&=+$\/%#\[\]\-_.,~\|@^\u{A0}-\u{10FFFD}]--\s]*[[a-z0-9_\&=#\/\-\u{A0}-\u{10FFFD}]--\s])?/giv

/** A link with the characters that follow it at once. Some servers take them for a part of it, such as `#end` after a bare domain. */
export const LINK_AND_TAIL = new RegExp(`${LINK.source}(?:\\S*[\\p{L}\\p{N}\\/=])?`, 'giv')

/** Mastodon shortens a link only if its domain could be real. A link that is missed here is counted in full, which is safe. */
export const REAL_DOMAIN = /^(?:[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?\.)+(?:[a-z]{2,}|xn--[a-z0-9-]+)$/i

/** Changes a text: every link by `link`, and everything between by `plain`. */
export function outsideLinks(
  text: string,
  plain: (part: string) => string,
  link: (part: string) => string,
): string {
  let done = 0
  let result = ''
  for (const found of text.matchAll(LINK)) {
    result += plain(text.slice(done, found.index)) + link(found[0])
    done = found.index + found[0].length
  }
  return result + plain(text.slice(done))
}

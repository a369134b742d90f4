/** When a rate limit ends, as the headers of an answer say. All times are ms since 1970. */

/** The text of a header, by its name in lower case. */
export type ReadHeader = (name: string) => string | null | undefined

/** No limit lasts longer than a day; an hour more for the server's clock. A route must not rest for years because a header says so. */
export const longestLimitMs = 25 * 3_600_000

/** Undefined for a time that is over, that is too far away, or that is none. */
const believed = (at: number, now: number): number | undefined =>
  at > now && at <= now + longestLimitMs ? at : undefined

const numberOf = (text: string | null | undefined): number => (text?.trim() ? Number(text) : Number.NaN)

const afterSeconds = (text: string | null | undefined, now: number): number | undefined =>
  believed(now + numberOf(text) * 1000, now)

/** `Retry-After` in seconds, where 0 means at once. A date is left to the route's own back-off. */
export function retryAfter(header: ReadHeader, now: number): number | undefined {
  const text = header('retry-after')
  return numberOf(text) === 0 ? now : afterSeconds(text, now)
}

/** `Retry-After`, else the end of the window; each in seconds, as a Unix time or as a date, for servers differ. */
export function mastodonLimitEnd(header: ReadHeader, now: number): number | undefined {
  return ['retry-after', 'x-ratelimit-reset']
    .map((name) => believed(momentOf(header(name) ?? '', now), now))
    .find((at) => at !== undefined)
}

function momentOf(text: string, now: number): number {
  if (!/^\d+(\.\d+)?$/.test(text)) return Date.parse(text)
  return Number(text) > 1e9 ? Number(text) * 1000 : now + Number(text) * 1000
}

/** Requests that a key of Tumblr's may make: https://github.com/tumblr/docs/blob/master/api.md#rate-limits */
export type KeyLimit = {
  readonly per: 'hour' | 'day'
  readonly most: number
  readonly left: number
  /** Absent where Tumblr does not say it. */
  readonly resetAt?: number
}

/** What is left of a key's limits; without those that Tumblr does not tell. */
export const keyLimits = (header: ReadHeader, now: number): readonly KeyLimit[] =>
  readKeyLimits(header, now).filter(({ most, left }) => most > 0 && left >= 0)

/** When a 429 of Tumblr's ends: the later one where both limits are used up. */
export function tumblrLimitEnd(header: ReadHeader, now: number): number | undefined {
  const ends = readKeyLimits(header, now).flatMap(({ left, resetAt }) => (left <= 0 ? (resetAt ?? []) : []))
  return afterSeconds(header('retry-after'), now) ?? (ends.length > 0 ? Math.max(...ends) : undefined)
}

/** Numbers that Tumblr does not tell are NaN. Reset is in seconds from now, and may be absent, negative or no number. */
function readKeyLimits(header: ReadHeader, now: number): readonly KeyLimit[] {
  return (['hour', 'day'] as const).map((per) => {
    const resetAt = afterSeconds(header(`x-ratelimit-per${per}-reset`), now)
    return {
      per,
      most: numberOf(header(`x-ratelimit-per${per}-limit`)),
      left: numberOf(header(`x-ratelimit-per${per}-remaining`)),
      ...(resetAt !== undefined && { resetAt }),
    }
  })
}

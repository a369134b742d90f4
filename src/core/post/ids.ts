/** Tumblr's post ids: decimal digits as text, from which the time of publishing can be read. */

/**
 * Ms since 1970 at which an id was given, undefined for ids from before 2019, which are plain numbers.
 * Derived from real posts, exact to two seconds: 18 digits, `(id >> 20) + 1e12`.
 */
export function timeOfId(id: string): number | undefined {
  return id.length >= 18 ? Number(BigInt(id) >> 20n) + 1e12 : undefined
}

/** The lowest id that Tumblr could give at this time (ms since 1970). */
export const idOfTime = (ms: number): string => (BigInt(Math.max(0, Math.floor(ms) - 1e12)) << 20n).toString()

/** Compares two ids as numbers: ids follow the real time of publishing. */
export function compareIds(a: string, b: string): number {
  const difference = BigInt(a) - BigInt(b)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

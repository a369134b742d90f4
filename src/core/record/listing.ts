/** What becomes of a listing that keeps its place, after a run has gone on with it. */
import { isBelievedGone } from '../failure/absence.ts'
import { holdMs } from './failing.ts'
import { backOffMs } from './record.ts'
import { dayMs, type Listing, type RouteRecord } from './route.ts'

/** How far a run came with a listing. */
export type Progress = {
  /** Unix seconds: the time below which it goes on. */
  readonly before: number
  /** How many posts it still looks for; Infinity where it takes all. */
  readonly wanted: number
  /** `out of sight`: Tumblr shows no more posts, and nothing proves that there are none. */
  readonly end: 'bottom' | 'more' | 'out of sight' | Failed
}

/** Why no further page could be read. `retryAt`: when a rate limit ends (ms since 1970). */
export type Failed = { readonly reason: string; readonly retryAt?: number }

/** Undefined where the listing is finished. `short`: the newest page shows fewer posts than it should, too. */
export function listingAfter(
  listing: Listing,
  { before, wanted, end }: Progress,
  now: number,
  short: RouteRecord['short'],
): Listing | undefined {
  if (end === 'bottom') return undefined
  const { kind, top, until } = listing
  const place = { kind, top, before, until, ...(wanted !== Number.POSITIVE_INFINITY && { wanted }) }
  if (end === 'more') return place
  const endedAt = before === listing.before ? listing.endedAt : undefined
  if (end === 'out of sight') {
    // The order of new posts rests on it, so a Tumblr that leaves out posts elsewhere too is doubted for two days.
    const isDoubted = kind === 'new' && short !== undefined && now - short.since < 2 * dayMs
    return isBelievedGone(endedAt, now) && !isDoubted ? undefined : { ...place, endedAt: endedAt ?? now }
  }
  const { since = now, tries = 0 } = listing.rest ?? {}
  const restsUntil = end.retryAt ?? now + backOffMs(tries + 1)
  const rest = { since, tries: tries + 1, until: restsUntil, reason: end.reason }
  const givesUp = kind === 'new' && now - since >= holdMs
  return {
    ...place,
    ...(givesUp && { kind: 'late' }),
    ...(endedAt !== undefined && { endedAt }),
    rest,
  }
}

/** V7: whether nothing is tried with it yet. */
export const restsNow = ({ rest }: Listing, now: number): boolean => rest !== undefined && rest.until > now

/** Why a listing waits, in the words of a report; undefined where it only needs further runs. */
export function describeWait({ kind, rest, endedAt }: Listing): string | undefined {
  const what = kind === 'new' ? 'new posts' : 'older posts'
  if (rest !== undefined)
    return `the list of ${what} cannot be read on, and is tried again at ${new Date(rest.until).toISOString()}: ${rest.reason}`
  return endedAt === undefined
    ? undefined
    : `the list of ${what} ended, but Tumblr counts more posts than it showed: an hour later the next run believes it`
}

/**
 * V5: which stored times are believed. A time that lies further ahead than a run can write it was written by a wrong clock,
 * and must not keep later runs from working.
 */
import { longestLimitMs } from '../failure/rate-limit.ts'
import { idOfTime, timeOfId } from '../post/ids.ts'
import { claimMs, type PostRecord } from '../record/record.ts'
import { dayMs, type Listing, type RouteRecord } from '../record/route.ts'
import { clocksAgreeMs } from './judge.ts'

/** The time by which stored times are judged: ms since 1970. */
export type Present = {
  readonly now: number
  /** Another clock agrees with it. */
  readonly sure: boolean
  /** How long a fresh post waits, by the settings. */
  readonly delayMs: number
}

type Row = {
  /** How far ahead (ms) of the present a run can write it. */
  readonly ahead: (present: Present) => number
  /** What counts in its place (ms since 1970). */
  readonly instead: (now: number) => number
  /** Believed unless this clock is sure: to count from too early would end a wait too early. */
  readonly needsSureClock?: true
}

const hourMs = 60 * 60 * 1000
const presentTime = (): number => 0
const itself = (now: number): number => now
const longAgo = (): number => 0
const aDayAgo = (now: number): number => now - dayMs

const rows = {
  // What is waited for is due.
  retryAt: { ahead: () => longestLimitMs, instead: itself },
  claimUntil: { ahead: () => claimMs, instead: itself },
  // No wait but the settings' own is longer than four hours.
  notBefore: { ahead: ({ delayMs }) => Math.max(delayMs, 4 * hourMs), instead: itself },
  // What is counted from it is counted from now.
  troubleSince: { ahead: presentTime, instead: itself },
  sentAt: { ahead: presentTime, instead: itself, needsSureClock: true },
  missingSince: { ahead: presentTime, instead: itself, needsSureClock: true },
  failingSince: { ahead: presentTime, instead: itself, needsSureClock: true },
  // What is done once a day is done again.
  checkedAt: { ahead: presentTime, instead: longAgo },
  deeperAt: { ahead: presentTime, instead: longAgo },
  // Statuses are searched back to the uploads, and media that are too old are uploaded again.
  uploadedAt: { ahead: presentTime, instead: (now) => now - 30 * dayMs },
  // Posts are read down to it.
  mark: { ahead: presentTime, instead: aDayAgo },
  start: { ahead: presentTime, instead: aDayAgo, needsSureClock: true },
} as const satisfies Record<string, Row>

export type StoredTime = keyof typeof rows

/** The stored time (ms since 1970) where it is believed, else what counts in its place. */
export function believed(which: StoredTime, at: number, present: Present): number {
  const { ahead, instead, needsSureClock }: Row = rows[which]
  if (at <= present.now + ahead(present) + clocksAgreeMs) return at
  return needsSureClock && !present.sure ? at : instead(present.now)
}

/** The record with the times that are believed. */
export function believedRecord(record: PostRecord, present: Present): PostRecord {
  const { claim, notBefore, sentAt, missing, failing, media } = record
  return {
    ...record,
    ...(claim && { claim: { ...claim, until: believed('claimUntil', claim.until, present) } }),
    ...(notBefore !== undefined && { notBefore: believed('notBefore', notBefore, present) }),
    ...(sentAt !== undefined && { sentAt: believed('sentAt', sentAt, present) }),
    ...(missing && { missing: { ...missing, since: believed('missingSince', missing.since, present) } }),
    ...(failing && { failing: { ...failing, since: believed('failingSince', failing.since, present) } }),
    ...(media && { media: { ...media, uploadedAt: believedUpload(record.id, media.uploadedAt, present) } }),
  }
}

/** No image of a post is older than the post. */
function believedUpload(id: string, uploadedAt: number, present: Present): number {
  const at = believed('uploadedAt', uploadedAt, present)
  return at === uploadedAt ? at : Math.min(present.now, Math.max(at, timeOfId(id) ?? at))
}

/** The route with the times that are believed; `retryAt` is asked for by itself. */
export function believedRoute(route: RouteRecord, present: Present): RouteRecord {
  const { server, deeperAt, trouble, listing } = route
  const { start } = route
  return {
    ...route,
    start: believedStart(start, present),
    mark: believedMark(route, route.mark, present),
    ...(deeperAt !== undefined && { deeperAt: believed('deeperAt', deeperAt, present) }),
    ...(server && { server: { ...server, checkedAt: believed('checkedAt', server.checkedAt, present) } }),
    ...(trouble && { trouble: { ...trouble, since: believed('troubleSince', trouble.since, present) } }),
    ...(listing && { listing: believedListing(route, listing, present) }),
  }
}

/** Only a start that was made from a time can be wrong; the others are ids of Tumblr's own. */
function believedStart(start: string, present: Present): string {
  const at = timeOfId(start)
  if (at === undefined || idOfTime(at) !== start) return start
  const instead = believed('start', at, present)
  return instead === at ? start : idOfTime(instead)
}

/**
 * Unix seconds. An author may date a post ahead, too. The newest post that is known tells where the listing stood; the id
 * tells when that was.
 */
function believedMark({ page }: RouteRecord, mark: number, present: Present): number {
  const at = believed('mark', mark * 1000, present)
  if (at === mark * 1000) return mark
  const known = page.flatMap(({ id }) => timeOfId(id) ?? []).filter((time) => time <= present.now)
  return Math.floor((known.length > 0 ? Math.max(...known) : at) / 1000)
}

/** A listing of what is new ends at the mark that it was begun with. Its other times are Tumblr's. */
const believedListing = (route: RouteRecord, listing: Listing, present: Present): Listing =>
  listing.kind === 'new' ? { ...listing, until: believedMark(route, listing.until, present) } : listing

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

const rows = {
  // What is waited for is due.
  retryAt: { ahead: () => longestLimitMs, instead: itself },
  claimUntil: { ahead: () => claimMs, instead: itself },
  // No wait but the settings' own is longer than four hours.
  notBefore: { ahead: ({ delayMs }) => Math.max(delayMs, 4 * hourMs), instead: itself },
  // What is counted from it is counted from now.
  since: { ahead: presentTime, instead: itself, needsSureClock: true },
  // What is done once a day, or kept for an hour, is done again.
  doneAt: { ahead: presentTime, instead: () => 0 },
  // Statuses are searched back to it, and media that are too old are uploaded again.
  madeAt: { ahead: presentTime, instead: (now) => now - 30 * dayMs },
  // Posts are read down to it.
  mark: { ahead: presentTime, instead: (now) => now - dayMs },
  start: { ahead: presentTime, instead: (now) => now - dayMs, needsSureClock: true },
} as const satisfies Record<string, Row>

export type StoredTime = keyof typeof rows

/** The stored time (ms since 1970) where it is believed, else what counts in its place. */
export function believed(which: StoredTime, at: number, present: Present): number {
  const { ahead, instead, needsSureClock }: Row = rows[which]
  if (at <= present.now + ahead(present) + clocksAgreeMs) return at
  return needsSureClock && !present.sure ? at : instead(present.now)
}

const withSince = <T extends { readonly since: number }>(thing: T, present: Present): T => ({
  ...thing,
  since: believed('since', thing.since, present),
})

/** The record with the times that are believed. */
export function believedRecord(record: PostRecord, present: Present): PostRecord {
  const { id, claim, notBefore, composedAt, sentAt, firstSentAt, missing, failing, media, mending } = record
  const uploads = (one: NonNullable<PostRecord['media']>): PostRecord['media'] => ({
    ...one,
    uploadedAt: believedMaking(id, one.uploadedAt, present),
  })
  return {
    ...record,
    ...(claim && { claim: { ...claim, until: believed('claimUntil', claim.until, present) } }),
    ...(notBefore !== undefined && { notBefore: believed('notBefore', notBefore, present) }),
    ...(composedAt !== undefined && { composedAt: believed('doneAt', composedAt, present) }),
    ...(sentAt !== undefined && { sentAt: believed('since', sentAt, present) }),
    ...(firstSentAt !== undefined && { firstSentAt: believedMaking(id, firstSentAt, present) }),
    ...(missing && { missing: withSince(missing, present) }),
    ...(failing && { failing: withSince(failing, present) }),
    ...(media && { media: uploads(media) }),
    ...(mending && { mending: uploads(mending) }),
  }
}

/** No image and no status of a post is older than the post. */
function believedMaking(id: string, madeAt: number, present: Present): number {
  const at = believed('madeAt', madeAt, present)
  return at === madeAt ? at : Math.min(present.now, Math.max(at, timeOfId(id) ?? at))
}

/** The route with the times that are believed; `retryAt` is asked for by itself. */
export function believedRoute(route: RouteRecord, present: Present): RouteRecord {
  const { start, page, short, server, deeperAt, trouble, listing } = route
  return {
    ...route,
    start: believedStart(start, present),
    mark: believedMark(route, route.mark, present),
    page: page.map((item) => believedItem(item, present)),
    ...(short && { short: withSince(short, present) }),
    ...(deeperAt !== undefined && { deeperAt: believed('doneAt', deeperAt, present) }),
    ...(server && { server: { ...server, checkedAt: believed('doneAt', server.checkedAt, present) } }),
    ...(trouble && { trouble: withSince(trouble, present) }),
    ...(listing && { listing: believedListing(route, listing, present) }),
  }
}

type Item = RouteRecord['page'][number]

const believedItem = (item: Item, present: Present): Item => ({
  ...item,
  ...(item.missingSince !== undefined && { missingSince: believed('since', item.missingSince, present) }),
  ...(item.failingSince !== undefined && { failingSince: believed('since', item.failingSince, present) }),
})

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

/** A listing of what is new ends at the mark that it was begun with. Its other places are Tumblr's times. */
function believedListing(route: RouteRecord, listing: Listing, present: Present): Listing {
  const { endedAt, rest } = listing
  return {
    ...listing,
    ...(listing.kind === 'new' && { until: believedMark(route, listing.until, present) }),
    ...(endedAt !== undefined && { endedAt: believed('since', endedAt, present) }),
    ...(rest && { rest: { ...withSince(rest, present), until: believed('retryAt', rest.until, present) } }),
  }
}

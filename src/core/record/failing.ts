/**
 * V2: whose fault a failure is, judged by comparison. An answer that a door keeps giving to one post while it serves others is
 * that post's own; one that it gives to all is an outage, and counts against nobody.
 */
import { backOffMs, type PostRecord } from './record.ts'

/** What a post must pass on its way, each of which may be closed to one post or to all. */
export type Door = 'the post on Tumblr' | 'the images' | 'uploads' | 'creates' | 'look-ups' | 'statuses'

export type Failing = NonNullable<PostRecord['failing']>

/** Ms for which the oldest post holds the others before one of them is tried. */
export const holdMs = 3 * 60 * 60 * 1000

/**
 * The record after one more failure. `since` stays until a part of the post is out. A door that served another post proves
 * nothing about another door.
 */
export function failed(
  record: PostRecord,
  door: Door,
  reason: string,
  now: number,
): PostRecord & { readonly failing: Failing } {
  const before = record.failing
  const isOtherDoor = before?.aside === 'served' && before.door !== door
  return {
    ...record,
    failing: {
      ...before,
      ...(isOtherDoor && { aside: 'suspect' }),
      since: before?.since ?? now,
      tries: (before?.tries ?? 0) + 1,
      door,
      reason,
    },
  }
}

/** A rate limit, or a token that works no more, does not tell whose fault it was: the comparison with others begins again. */
export const unserved = (record: PostRecord): PostRecord =>
  record.failing?.aside === 'served'
    ? { ...record, failing: { ...record.failing, aside: 'suspect' } }
    : record

/** When a failing post is tried again (ms since 1970): by the usual rests, and once at the very end of the time it may hold others. */
export function nextTry({ since, tries }: Failing, now: number): number {
  const next = now + backOffMs(tries)
  const end = since + holdMs
  return end > now ? Math.min(next, end) : next
}

/** Ms after which a post is set aside that nothing came to be compared with. Longer than an outage in which a server refuses all. */
const aloneMs = 2 * 24 * 60 * 60 * 1000

export type Judgement =
  /** The others wait for it. */
  | 'hold'
  /** A suspect, or one more: the next post is tried. */
  | 'set aside'
  /** It stays aside, and the others go on. */
  | 'stay aside'
  /** The door served another post, and not this one; or it refused this one for days, and there was no other. */
  | 'park'
  /** The door serves nobody: every suspect goes back to its place. */
  | 'outage'

/**
 * What to do about a post that has just failed. `others`: the other open posts, oldest first. `own`: the answer speaks of the
 * post, and not of an outage.
 */
export function judgeFailed(
  failing: Failing,
  others: readonly PostRecord[],
  now: number,
  own: boolean,
): Judgement {
  const held = now - failing.since
  const isAlone = own && held >= aloneMs
  if (failing.aside === 'served') return 'park'
  if (failing.aside === 'suspect') return isAlone ? 'park' : 'stay aside'
  const alike = others.some((other) => isAside(other) && other.failing?.door === failing.door)
  const another = others.some((other) => canBeTried(other, now))
  if (alike) return another ? 'set aside' : 'outage'
  if (another && held >= holdMs) return 'set aside'
  return isAlone ? 'park' : 'hold'
}

export const isAside = (record: PostRecord): boolean => record.failing?.aside !== undefined

const canBeTried = (record: PostRecord, now: number): boolean =>
  !isAside(record) &&
  (record.claim === undefined || record.claim.until <= now) &&
  (record.notBefore === undefined || record.notBefore <= now)

/** The record aside, as a suspect or because the door served another post; undefined: back in its place. */
export function putAside(record: PostRecord, aside: Failing['aside'] | undefined): PostRecord {
  if (record.failing === undefined) return record
  const { aside: _, ...failing } = record.failing
  return { ...record, notBefore: undefined, failing: { ...failing, ...(aside && { aside }) } }
}

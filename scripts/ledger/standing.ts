/** How posts and routes stand, in the words of a person. Pure. */
import { timeOfId } from '../../src/core/post/ids.ts'
import type { PostRecord } from '../../src/core/record/record.ts'
import type { RouteRecord } from '../../src/core/record/route.ts'

export const states = ['posted', 'waiting', 'parked', 'doubtful', 'skipped', 'deleted'] as const
export type State = (typeof states)[number]
export const isState = (text: string): text is State => states.some((state) => state === text)

/** One post as it is listed. Times are ms since 1970. */
export type ListedPost = {
  readonly post: string
  readonly copy: number
  readonly state: State
  /** When it was settled, else when it is due, else when it was published; undefined where nothing tells. */
  readonly at: number | undefined
  readonly tries: number
  readonly statuses: readonly string[]
  readonly reason: string | undefined
  /** The post on Tumblr. */
  readonly link: string
}

/** Doubtful: set aside with a status that may have arrived. */
export function stateOf({ state, parkedFrom, outcome }: PostRecord): State {
  if (state === 'parked') return parkedFrom === 'sending' || parkedFrom === 'created' ? 'doubtful' : 'parked'
  if (state !== 'settled') return 'waiting'
  return outcome === 'skipped' || outcome === 'deleted' ? outcome : 'posted'
}

/** `parked` shows the doubtful ones too: both wait for a person. */
export const isShown = (state: State, wanted: State | undefined): boolean =>
  wanted === undefined || state === wanted || (wanted === 'parked' && state === 'doubtful')

/** `route`: the post's own, where it is known. */
export function describeRecord(
  record: PostRecord,
  route: Pick<RouteRecord, 'blog' | 'trouble'> | undefined,
  now: number,
): ListedPost {
  const { id, copy, attempts, failing, statuses, settledAt, notBefore } = record
  const state = stateOf(record)
  return {
    post: id,
    copy,
    state,
    at: settledAt ?? notBefore ?? timeOfId(id),
    tries: failing?.tries ?? attempts,
    statuses: statuses.map(({ url }) => url),
    reason: state === 'waiting' ? whatItWaitsFor(record, route?.trouble, now) : record.reason,
    link: `https://www.tumblr.com/${encodeURIComponent(route?.blog.name ?? 'blog')}/${id}`,
  }
}

function whatItWaitsFor(record: PostRecord, trouble: RouteRecord['trouble'], now: number): string {
  const { claim, failing, notBefore, state, statuses, thread } = record
  if (isClaimed(record, now)) return `a run works on it until ${clockTime(claim?.until ?? now)}`
  const out = statuses.length > 0 ? `; ${statuses.length} of ${thread?.length ?? '?'} statuses are out` : ''
  const reason = record.reason ?? failing?.reason
  const aside = failing?.aside === undefined ? '' : '; it stands aside, and the others do not wait for it'
  if (reason !== undefined) return reason + aside + out
  const rests =
    trouble && trouble.retryAt > now
      ? `the route stands still until ${shortTime(trouble.retryAt)}`
      : undefined
  if (state === 'sending')
    return `it was sent and not seen yet: ${rests ?? 'the next run looks for it'}${out}`
  if (notBefore !== undefined && notBefore > now) return `it is not due yet${out}`
  return (rests ?? 'the next run takes it') + out
}

/** Whether a run has it in hand (its claim has not ended). */
export const isClaimed = ({ claim }: Pick<PostRecord, 'claim'>, now: number): boolean =>
  claim !== undefined && claim.until > now

/** `2026-10-01 09:05`, in the time of this machine. */
export const shortTime = (ms: number): string =>
  new Date(ms).toLocaleString('sv-SE', { dateStyle: 'short', timeStyle: 'short' })
/** `09:05:30` */
export const clockTime = (ms: number): string => new Date(ms).toLocaleTimeString('sv-SE')

export type Totals = Readonly<Record<State, number>>

export function countStates(found: readonly State[]): Totals {
  const totals = { posted: 0, waiting: 0, parked: 0, doubtful: 0, skipped: 0, deleted: 0 }
  for (const state of found) totals[state] += 1
  return totals
}

/** `12 posted, 1 waiting`: what there is none of is left out. */
export const describeTotals = (totals: Totals): string =>
  states
    .filter((state) => state === 'posted' || totals[state] > 0)
    .map((state) => `${totals[state]} ${state}`)
    .join(', ')

/** Where the route itself stands, a line each. */
export function describeStanding(route: RouteRecord, now: number): readonly string[] {
  const { blog, server, startAs, start, succeededAt, trouble, listing } = route
  const began = timeOfId(start)
  const until =
    trouble && trouble.retryAt > now
      ? `tried again at ${shortTime(trouble.retryAt)}`
      : 'tried again by the next run'
  return [
    `serves ${blog.name} to ${server?.account.url ?? 'an account that is not known yet'}`,
    `begins after post ${start}${began === undefined ? '' : ` (${shortTime(began)})`}, LEVITY_START=${startAs}`,
    succeededAt === undefined ? 'no run has succeeded yet' : `last successful run: ${shortTime(succeededAt)}`,
    ...(trouble
      ? [
          `has stood still since ${shortTime(trouble.since)} (tries: ${trouble.tries}, ${until}): ${trouble.reason}`,
        ]
      : []),
    ...(listing ? [`${listings[listing.kind]}, at ${shortTime(listing.before * 1000)} on its way down`] : []),
  ]
}

const listings = {
  new: 'lists new posts, and publishes none before it has them all',
  archive: 'lists posts from before the start',
  late: 'looks for posts that were dated back',
} as const

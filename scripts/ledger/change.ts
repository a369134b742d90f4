/** What a person can do to posts: each is one conditional write, so that a run that goes on is never written over (E2). */
import * as v from 'valibot'
import { compareIds } from '../../src/core/post/ids.ts'
import { type PostRecord, PostRecordSchema, quietMs } from '../../src/core/record/record.ts'
import { withoutPost } from '../../src/core/record/route.ts'
import { resumed, settledByHand } from '../../src/core/record/transitions.ts'
import { type PostKey, postSort } from '../../src/io/ledger/ledger.ts'
import { Refusal } from '../terminal/refusal.ts'
import type { RouteLedger } from './open.ts'
import { clockTime, isClaimed } from './standing.ts'

/** What became of one post. `busy`: a run has it; later it may be done. */
export type Changed = {
  readonly post: string
  readonly done: boolean
  readonly says: string
  readonly busy?: true
}

/** The record to write, or why not. */
type Decision = { readonly write: PostRecord; readonly says: string } | { readonly refuse: string }
type Decide = (record: PostRecord, now: number) => Decision

export const nameOf = ({ id, copy }: PostKey): string => (copy > 1 ? `${id}#${copy}` : id)

const overtaken = 'a run has written it meanwhile: look again' as const

async function change(routeLedger: RouteLedger, key: PostKey, decide: Decide): Promise<Changed> {
  const post = nameOf(key)
  const [record] = await routeLedger.ledger.fetchPosts([key])
  const now = Date.now()
  if (record === undefined) return { post, done: false, says: 'the ledger has no record of it' }
  if (isClaimed(record, now)) return claimed(post, record)
  const decision = decide(record, now)
  if ('refuse' in decision) return { post, done: false, says: decision.refuse }
  const written = await routeLedger.ledger.writePost(decision.write)
  return written
    ? { post, done: true, says: decision.says }
    : { post, done: false, says: overtaken, busy: true }
}

const claimed = (post: string, { claim }: PostRecord): Changed => ({
  post,
  done: false,
  says: `a run works on it until ${clockTime(claim?.until ?? 0)}; nothing was changed`,
  busy: true,
})

/** Fresh attempts for a parked post, which goes on at its step (L5). */
export const retry = (routeLedger: RouteLedger, key: PostKey): Promise<Changed> =>
  change(routeLedger, key, (record) =>
    record.state === 'parked'
      ? { write: resumed(record), says: 'the next run tries it again' }
      : { refuse: `it is ${standingOf(record)}: only parked posts are retried` },
  )

/** The keys of all parked posts. */
export async function parkedKeys({ ledger }: RouteLedger): Promise<readonly PostKey[]> {
  const keys: PostKey[] = []
  for await (const { id, copy, state } of ledger.posts()) if (state === 'parked') keys.push({ id, copy })
  return keys
}

export const skip = (routeLedger: RouteLedger, key: PostKey, reason: string): Promise<Changed> =>
  change(routeLedger, key, (record, now) => {
    if (record.state === 'settled') return { refuse: `it is ${standingOf(record)} already` }
    const out = record.statuses.length
    return {
      write: settledByHand(record, 'skipped', now, { reason }),
      says: `it is skipped${out > 0 ? `; ${out} of its statuses are out, and stay` : ''}`,
    }
  })

/** `statuses`: those that were named; none leaves those of the record. */
export const markPosted = (
  routeLedger: RouteLedger,
  key: PostKey,
  statuses: PostRecord['statuses'],
): Promise<Changed> =>
  change(routeLedger, key, (record, now) => {
    if (record.state === 'settled' && record.outcome !== 'skipped')
      return { refuse: `it is ${standingOf(record)} already` }
    const reason = 'marked as posted by a person'
    return {
      write: settledByHand(record, 'posted', now, { reason, ...(statuses.length > 0 && { statuses }) }),
      says: 'it counts as posted, and will not be posted again',
    }
  })

const standingOf = ({ state, outcome }: PostRecord): string =>
  state === 'settled' ? (outcome ?? 'posted') : state === 'parked' ? 'parked' : 'waiting'

/**
 * Takes the record away. A run finds a post anew only where the newest page as last noted does not show it (F2), so it is
 * taken from there as well: after the record, so that no run can note the page in between and take the post for known.
 */
export async function forget(routeLedger: RouteLedger, key: PostKey): Promise<Changed> {
  const post = nameOf(key)
  const [record] = await routeLedger.ledger.fetchPosts([key])
  const now = Date.now()
  if (record && isClaimed(record, now)) return claimed(post, record)
  const settles = (record?.sentAt ?? 0) + quietMs
  if (record?.state === 'sending' && settles > now)
    return {
      post,
      done: false,
      says: `its last try may still arrive on Mastodon: not before ${clockTime(settles)}`,
      busy: true,
    }
  if (record && !(await routeLedger.items.remove(postSort(key), record.version)))
    return { post, done: false, says: overtaken, busy: true }
  const found = key.copy === 1 && (await takeFromPage(routeLedger, key.id))
  if (!record && !found) return { post, done: false, says: 'the ledger has no record of it' }
  return { post, done: true, says: found ? foundAnew : notFound(key, routeLedger) }
}

const foundAnew = 'it is forgotten: the next run finds it anew, and posts it again if it is wanted'

/** A copy, one from before the start, or one further down than the newest page. */
function notFound({ id, copy }: PostKey, routeLedger: RouteLedger): string {
  const event = { post: id, ...(copy > 1 && { again: copy }) }
  return `it is forgotten, and no run looks for it by itself: ${routeLedger.commandFor(event)} posts it`
}

/** Whether the next run will look. */
async function takeFromPage({ ledger }: RouteLedger, id: string): Promise<boolean> {
  for (;;) {
    const { route } = await ledger.read()
    if (!route?.page.some((item) => item.id === id) || compareIds(id, route.start) <= 0) return false
    if (await ledger.writeRoute(withoutPost(route, id))) return true
    // A run wrote the route meanwhile: what it left is read again.
  }
}

const KeptSchema = v.object({ sk: v.string(), version: v.number(), claim: PostRecordSchema.entries.claim })

/** Every record of the route, and the route itself last: until then runs know what they have seen. Returns how many went. */
export async function forgetEverything({ items, route }: RouteLedger): Promise<number> {
  const all: v.InferOutput<typeof KeptSchema>[] = []
  for await (const item of items.all()) all.push(v.parse(KeptSchema, item))
  const now = Date.now()
  const held = all.find((item) => isClaimed(item, now))
  if (held !== undefined)
    throw new Refusal(
      `A run of ${route} works on a post until ${clockTime(held.claim?.until ?? now)}: nothing was forgotten`,
      2,
    )
  for (const [done, { sk, version }] of all.entries())
    if (!(await items.remove(sk, version)))
      throw new Refusal(
        `A run has written into the ledger of ${route} meanwhile: ${done} of ${all.length} records are gone; forget it again`,
        2,
      )
  return all.length
}

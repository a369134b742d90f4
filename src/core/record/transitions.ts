/** How a record changes; each is written by one conditional write (E2). */
import { claimMs, type PostRecord } from './record.ts'

/** E1: a claim counts as an attempt before anything is tried, so that a death counts too. `timeLeft` in ms. */
export function claimed(record: PostRecord, owner: string, now: number, timeLeft: number): PostRecord {
  return {
    ...record,
    state: record.state === 'queued' ? 'claimed' : record.state,
    attempts: record.attempts + (record.claim?.owner === owner ? 0 : 1),
    notBefore: undefined,
    // A run on Lambda cannot outlive its time, so neither need its claim.
    claim: { owner, until: now + Math.min(claimMs, timeLeft + 1000) },
  }
}

/** Nothing but the outcome is kept: the work is done, and the table stays small. */
export function settled(
  record: PostRecord,
  outcome: PostRecord['outcome'],
  now: number,
  reason?: string,
): PostRecord {
  const { id, copy, version, archive, attempts, generation, statuses } = record
  return {
    id,
    copy,
    version,
    archive,
    attempts,
    generation,
    statuses,
    state: 'settled',
    outcome,
    reason,
    settledAt: now,
  }
}

/** Settled by a person's word; the statuses are those that were named, else those the record has. */
export const settledByHand = (
  record: PostRecord,
  outcome: 'posted' | 'skipped',
  now: number,
  {
    reason,
    statuses = record.statuses,
  }: { readonly reason: string; readonly statuses?: PostRecord['statuses'] },
): PostRecord => ({ ...settled(record, outcome, now, reason), statuses, byHand: true })

/** Set aside where it stands; only a person's `retry` takes it up again (L5). */
export const parked = (record: PostRecord, reason: string): PostRecord => ({
  ...unfrozen(record),
  state: 'parked',
  parkedFrom: atRest(record),
  claim: undefined,
  reason,
})

/** A claim given back. */
export const released = (record: PostRecord): PostRecord => ({
  ...unfrozen(record),
  state: atRest(record),
  claim: undefined,
})

/** A claim that ended in no fault of the post's own is not counted. */
export const uncounted = (record: PostRecord): PostRecord => ({
  ...record,
  attempts: Math.max(0, record.attempts - 1),
})

/** A parked post taken up again at its step, with fresh attempts. */
export const resumed = (record: PostRecord): PostRecord => ({
  ...record,
  state: record.parkedFrom ?? 'queued',
  parkedFrom: undefined,
  attempts: 0,
  notBefore: undefined,
  unseenAt: undefined,
  reason: undefined,
})

const atRest = (record: PostRecord): PostRecord['state'] =>
  record.state === 'claimed' ? 'queued' : record.state

/** A thread of which nothing was ever sent is not frozen yet (E7): the next try composes it anew. */
function unfrozen(record: PostRecord): PostRecord {
  const begun = record.state === 'sending' || record.state === 'created' || record.statuses.length > 0
  if (begun || record.sentAt !== undefined) return record
  return { ...record, thread: undefined, media: undefined, seed: undefined }
}

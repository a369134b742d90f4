/**
 * Every way in which a record changes, each a pure function, and most of them written by one conditional write (E2).
 * The stories call these; no other code sets a state.
 */
import { isBelievedGone } from '../failure/absence.ts'
import type { DraftImage, StatusDraft } from '../status/status.ts'
import { claimMs, isFrozen, livingMedia, mediaOfPart, newRecord, type PostRecord } from './record.ts'

type Thread = NonNullable<PostRecord['thread']>
type Status = { readonly id: string; readonly url: string; readonly mediaIds: readonly string[] }

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

/** The thread as it will be sent, unless the try ends before anything is. `seed` goes into its idempotency keys. */
export const composed = (record: PostRecord, thread: Thread, seed: string, now: number): PostRecord => ({
  ...record,
  thread,
  composedAt: now,
  seed,
  media: stillFitting(record, thread, now),
  missing: undefined,
})

/** V4: of a thread that is composed anew, the uploads up to the first image that is another one now, or has another alt text. */
function stillFitting({ thread, media }: PostRecord, anew: Thread, now: number): PostRecord['media'] {
  const living = livingMedia(media, now)
  const imagesOf = (drafts: readonly StatusDraft[]): readonly DraftImage[] =>
    drafts.flatMap(({ images }) => images)
  const [images, before] = [imagesOf(anew), imagesOf(thread ?? [])]
  const other = images.findIndex(
    ({ variants, altText }, index) =>
      variants[0].url !== before[index]?.variants[0].url || altText !== before[index]?.altText,
  )
  const ids = living?.ids.slice(0, other < 0 ? images.length : other) ?? []
  return living && ids.length > 0 ? { ...living, ids } : undefined
}

/** V4: one more image is on the server; `uploadedAt` is kept of the first. */
export const uploaded = (record: PostRecord, id: string, uploadedAt: number): PostRecord => ({
  ...record,
  media: record.media ? { ...record.media, ids: [...record.media.ids, id] } : { ids: [id], uploadedAt },
})

/**
 * E3, E7: written before every create call, which freezes the thread. From here on the status may exist, and every call
 * has a `sentAt` of its own: QUIET is counted from the newest (E4).
 */
export const sending = (record: PostRecord, sentAt: number): PostRecord => ({
  ...record,
  state: 'sending',
  sentAt,
  firstSentAt: record.firstSentAt ?? sentAt,
})

/** E3: `sending` was written, and its create call was never made. */
export const neverSent = (record: PostRecord): PostRecord => ({ ...record, state: 'claimed' })

/** E5: nothing was created, for certain, so what is sent next has another idempotency key. */
export const refused = (record: PostRecord): PostRecord => ({
  ...record,
  state: 'claimed',
  generation: record.generation + 1,
})

/** E5: after a definite refusal the draft of the part at hand may be mended. */
export function mended(record: PostRecord, text: string): PostRecord {
  const [root, ...replies] = record.thread ?? []
  if (!root) return record
  const part = record.statuses.length
  const draft = replies[part - 1]
  if (part === 0) return { ...record, thread: [{ ...root, text }, ...replies] }
  return draft ? { ...record, thread: [root, ...replies.with(part - 1, { ...draft, text })] } : record
}

/** Nothing of the thread is out, and the server refuses it: it is composed anew. */
export const toComposeAnew = (record: PostRecord): PostRecord => ({
  ...record,
  thread: undefined,
  media: undefined,
  sentAt: undefined,
  firstSentAt: undefined,
})

/** V3: what is not out yet of a thread, divided anew. */
export const refitted = (record: PostRecord, thread: Thread): PostRecord => ({
  ...record,
  thread,
  media: undefined,
})

/** E4: the look-up found no status, and its media are free: the same is sent again, under the same key. */
export const toSendAgain = (record: PostRecord): PostRecord => ({
  ...record,
  state: 'claimed',
  missing: undefined,
})

/** E4, E5: the look-up found no status, and its media are gone: others are uploaded, and sent under another key. */
export const toUploadAnew = (record: PostRecord): PostRecord => ({
  ...record,
  state: 'claimed',
  media: undefined,
  missing: undefined,
  generation: record.generation + 1,
})

/** The part at hand has a status. It was not seen yet (E6). */
export const created = (record: PostRecord, status: Status): PostRecord => ({
  ...record,
  state: 'created',
  statuses: [...record.statuses, keptOf(status)],
  missing: undefined,
})

/** E6: the record as it was before its last status, to look for another status that is the same part. */
export const beforeLastStatus = (record: PostRecord): PostRecord => ({
  ...record,
  state: 'sending',
  statuses: record.statuses.slice(0, -1),
})

/** V4: what was uploaded to mend the last status, as `tried` has it. */
export const mending = (record: PostRecord, tried: PostRecord): PostRecord => ({
  ...record,
  mending: tried.media,
})

/** V1: a look did not find something. The time of the first such look is kept. */
export const missed = (
  record: PostRecord,
  what: NonNullable<PostRecord['missing']>['what'],
  now: number,
): PostRecord => ({
  ...record,
  missing: record.missing?.what === what ? record.missing : { what, since: now },
})

/** V1: it was looked for long enough. */
export const isMissed = ({ missing }: PostRecord, now: number): boolean => isBelievedGone(missing?.since, now)

/** E6: the last status was seen whole. On to the next part, or settled where that was the last. */
export function seenWhole(record: PostRecord, status: Status, now: number): PostRecord {
  const statuses = [...record.statuses.slice(0, -1), keptOf(status)]
  const { media } = record
  const left = media?.ids.slice(mediaOfPart(beforeLastStatus(record)).length) ?? []
  const next: PostRecord = {
    ...record,
    state: 'claimed',
    statuses,
    media: media && left.length > 0 ? { ...media, ids: left } : undefined,
    mending: undefined,
    firstSentAt: undefined,
    missing: undefined,
    failing: undefined,
    generation: 1,
  }
  return statuses.length === record.thread?.length ? settled(next, 'posted', now) : next
}

const keptOf = ({ id, url, mediaIds }: Status): PostRecord['statuses'][number] => ({
  id,
  url,
  mediaIds: [...mediaIds],
})

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

/** L2: not wanted, and why. `waits`: it may be wanted later, as it is. */
export const skipped = (
  record: PostRecord,
  { reason, waits }: { readonly reason: string; readonly waits?: boolean },
  now: number,
): PostRecord => ({ ...settled(record, 'skipped', now, reason), waits })

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

/** A settled post that is wanted after all: queued, as if nobody had worked on it yet. */
export const reopened = ({ id, copy, version, archive }: PostRecord): PostRecord =>
  newRecord(id, { copy, version, archive })

/** Set aside where it stands; only a person's `retry` tries it again (L5). */
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

/** A claim given back, and nothing is tried before a time (ms since 1970). */
export const postponed = (record: PostRecord, until: number, reason: string): PostRecord => ({
  ...released(record),
  notBefore: until,
  reason,
})

/** L5: who names a post wants it now, whatever it waited for. */
export const dueNow = (record: PostRecord): PostRecord => ({ ...record, notBefore: undefined })

/** A claim that ended in no fault of the post's own is not counted. */
export const uncounted = (record: PostRecord): PostRecord => ({
  ...record,
  attempts: Math.max(0, record.attempts - 1),
})

/** L5: a parked post taken up again at its step, with fresh attempts. */
export const resumed = (record: PostRecord): PostRecord => ({
  ...record,
  state: record.parkedFrom ?? 'queued',
  parkedFrom: undefined,
  attempts: 0,
  notBefore: undefined,
  missing: undefined,
  failing: undefined,
  reason: undefined,
})

const atRest = (record: PostRecord): PostRecord['state'] =>
  record.state === 'claimed' ? 'queued' : record.state

/** E7, V4: a thread of which nothing was uploaded and nothing sent is not kept: the next try composes it anew. */
function unfrozen(record: PostRecord): PostRecord {
  if (isFrozen(record) || record.media !== undefined) return record
  return { ...record, thread: undefined, composedAt: undefined, media: undefined, seed: undefined }
}

/**
 * What the ledger knows of one post, and the whole life of it as pure functions.
 *
 *     queued ─ claim ─▶ claimed ─ upload a part ─▶ sending ─ create, see it ─▶ claimed (next part) … ▶ settled
 *
 * `sending` means: a create call may be on its way, or may have landed. Only a look at the account tells.
 */
import * as v from 'valibot'
import { type DraftImage, type StatusDraft, statusWords } from '../status/status.ts'

const optional = v.exactOptional

const VariantSchema = v.object({
  url: v.string(),
  type: optional(v.string()),
  width: optional(v.number()),
  height: optional(v.number()),
})

const nonEmpty = <T extends v.GenericSchema>(item: T) => v.tupleWithRest([item], item)

const DraftSchema = v.object({
  ...statusWords,
  images: nonEmpty(v.object({ variants: nonEmpty(VariantSchema), altText: optional(v.string()) })),
})

/** `uploadedAt` (ms since 1970): just before the oldest of them was uploaded. */
const MediaSchema = v.object({ ids: v.array(v.string()), uploadedAt: v.number() })

const states = ['queued', 'claimed', 'sending', 'created', 'settled', 'parked'] as const

export const PostRecordSchema = v.object({
  /** Tumblr's id. */
  id: v.string(),
  /** 1, or the number of a copy asked for by hand. */
  copy: v.number(),
  /** Counts the writes; 0 has never been written (E2). */
  version: v.number(),
  state: v.picklist(states),
  /** From before the route's start: published after everything newer. */
  archive: v.boolean(),
  /** Ms since 1970: nothing is tried sooner. */
  notBefore: v.optional(v.number()),
  /** Claims that ended because the run died. */
  attempts: v.number(),
  /** One run's right to work on it, until a time (ms). */
  claim: v.optional(v.object({ owner: v.string(), until: v.number() })),
  /** Kept with the first upload that is written down, frozen by the first `sending` (E7). */
  thread: v.optional(nonEmpty(DraftSchema)),
  /** Ms since 1970: when `thread` was composed. */
  composedAt: v.optional(v.number()),
  /** Random part of every idempotency key of this post. */
  seed: v.optional(v.string()),
  /** Last part of the key: raised after each definite refusal (E5). */
  generation: v.number(),
  /** The uploads of what is not out yet, from its first image on; not all of them yet, perhaps (V4). */
  media: v.optional(MediaSchema),
  /** E6: the uploads that are to mend the last of `statuses`. */
  mending: v.optional(MediaSchema),
  /** Ms since 1970: when the newest `sending` was written. */
  sentAt: v.optional(v.number()),
  /** The same of the first `sending` of the part at hand: no status of it is older (V6). */
  firstSentAt: v.optional(v.number()),
  /** The parts that exist, in order. */
  statuses: v.array(v.object({ id: v.string(), url: v.string(), mediaIds: v.array(v.string()) })),
  /** V1: what the last look did not find, and when (ms) it was not found for the first time. */
  missing: v.optional(
    v.object({ what: v.picklist(['post', 'status', 'made status', 'media', 'thread']), since: v.number() }),
  ),
  /** V2: failures that may be the post's own or an outage. `aside`: the others do not wait for it. */
  failing: v.optional(
    v.object({
      since: v.number(),
      tries: v.number(),
      door: v.string(),
      reason: v.string(),
      aside: optional(v.picklist(['suspect', 'served'])),
    }),
  ),
  outcome: v.optional(v.picklist(['posted', 'found', 'skipped', 'deleted'])),
  /** Why it was skipped, parked, or failed last. */
  reason: v.optional(v.string()),
  /** Where it stood when it was parked. */
  parkedFrom: v.optional(v.picklist(states)),
  /** Skipped only until its author changes it (an alt text that is waited for). */
  waits: v.optional(v.boolean()),
  /** Settled by a person's word, which no change on Tumblr takes back. */
  byHand: v.optional(v.boolean()),
  /** Ms since 1970. */
  settledAt: v.optional(v.number()),
})
type Stored = v.InferOutput<typeof PostRecordSchema>
export type PostRecord = Omit<Stored, 'thread'> & {
  thread?: readonly [StatusDraft, ...StatusDraft[]] | undefined
}

const seconds = 1000
const minutes = 60 * seconds
const hours = 60 * minutes

/** E3: a create call starts this soon after its `sending`, or not at all. */
export const guardMs = 5 * seconds
/** E4: until then, "not found" is not believed. Longer than guard, deadline (60 s), the time a server may go on after a proxy's 504 (120 s), and clock skew together. */
export const quietMs = 10 * minutes
/** Mastodon deletes unattached media after a day: https://github.com/mastodon/mastodon/blob/main/app/lib/vacuum/media_attachments_vacuum.rb */
export const mediaLifeMs = 24 * hours
/** A thread of which nothing was sent is composed anew after this long: its author may have changed the post since. */
const staleAfterMs = hours
/** A post is parked after five runs that died while they worked on it. */
export const maxAttempts = 5
/** How long a claim lasts if the run has no end of its own, as on a person's machine. */
export const claimMs = 15 * minutes

/** 10, 20, 40, then 60 minutes, in ms. */
export const backOffMs = (tries: number): number => Math.min(10 * 2 ** Math.max(0, tries - 1), 60) * minutes

/** A post nobody has worked on yet. */
export function newRecord(id: string, fields: Partial<PostRecord> = {}): PostRecord {
  return {
    id,
    copy: 1,
    version: 0,
    state: 'queued',
    archive: false,
    attempts: 0,
    generation: 1,
    statuses: [],
    ...fields,
  }
}

export type Step =
  | { readonly do: 'nothing' }
  | { readonly do: 'leave'; readonly why: string; readonly until: number }
  | { readonly do: 'claim' }
  | { readonly do: 'park'; readonly reason: string }
  | { readonly do: 'compose' }
  | { readonly do: 'upload' }
  | { readonly do: 'send' }
  | { readonly do: 'look up' }
  | { readonly do: 'verify' }
  | { readonly do: 'settle' }

/** What comes next for a post, for the run `owner` at `now` (ms). The record is all that it depends on. */
export function nextStep(record: PostRecord, now: number, owner: string): Step {
  if (record.state === 'settled' || record.state === 'parked') return { do: 'nothing' }
  const { claim } = record
  if (claim?.owner !== owner) {
    if (claim !== undefined && claim.until > now)
      return { do: 'leave', why: 'another run works on it', until: claim.until }
    if (record.attempts >= maxAttempts)
      return { do: 'park', reason: record.reason ?? `${record.attempts} runs ended while they worked on it` }
    if (record.notBefore !== undefined && record.notBefore > now)
      return { do: 'leave', why: record.reason ?? 'it is not due yet', until: record.notBefore }
    return { do: 'claim' }
  }
  // If its own claim has ended, another run may have claimed the post: it must claim again first.
  if (claim.until <= now) return { do: 'claim' }
  return stepOfClaimed(record, now)
}

function stepOfClaimed(record: PostRecord, now: number): Step {
  const { thread, statuses } = record
  if (record.state === 'sending') return { do: 'look up' }
  if (record.state === 'created') return { do: 'verify' }
  if (thread === undefined || isStale(record, now)) return { do: 'compose' }
  if (statuses.length === thread.length) return { do: 'settle' }
  const missing = imagesToUpload(record, livingMedia(record.media, now))
  return { do: missing.length > 0 ? 'upload' : 'send' }
}

/**
 * What has to be uploaded before the next create call. Nothing of a thread goes out before all its images are on the server:
 * one that cannot be had would leave it torn (V4). `media`: the uploads that count.
 */
export function imagesToUpload(
  { thread, statuses }: Pick<PostRecord, 'thread' | 'statuses'>,
  media: PostRecord['media'],
): readonly DraftImage[] {
  const end = statuses.length === 0 ? thread?.length : statuses.length + 1
  const parts = thread?.slice(statuses.length, end) ?? []
  return parts.flatMap(({ images }) => images).slice(media?.ids.length ?? 0)
}

/** The ids of the uploads of the part at hand. */
export const mediaOfPart = ({ thread, statuses, media }: PostRecord): readonly string[] =>
  media?.ids.slice(0, thread?.[statuses.length]?.images.length) ?? []

/** Whether a create call may ever have been made with this thread, so that nothing of it may change (E7). */
export const isFrozen = ({ state, statuses, sentAt }: PostRecord): boolean =>
  state === 'sending' || state === 'created' || statuses.length > 0 || sentAt !== undefined

const isStale = (record: PostRecord, now: number): boolean =>
  !isFrozen(record) && record.composedAt !== undefined && now - record.composedAt > staleAfterMs

/** A server may delete media after a day, so all are uploaded again an hour before the oldest is as old as that. */
export const livingMedia = (media: PostRecord['media'], now: number): PostRecord['media'] =>
  media !== undefined && now - media.uploadedAt > mediaLifeMs - hours ? undefined : media

/**
 * The key of the next create call: the same when a call of unknown outcome is repeated, another after a refusal (E5).
 * The seed makes it unique, because some servers share keys between users.
 */
export const idempotencyKey = ({ seed = '', id, copy, statuses, generation }: PostRecord): string =>
  `levity-${seed}-${id}-${copy}-${statuses.length + 1}-${generation}`

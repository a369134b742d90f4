/** A create call may have landed: which status is its part, and what to do where none is. */
import { linkedPostIds } from '../post/ids.ts'
import { mediaLifeMs, type PostRecord, quietMs } from './record.ts'

/** How far a server's clock may be off ours: this much further back its statuses are searched, for it costs a page at most. */
const skewMs = 60 * 60 * 1000
/** And how far where the clock is all that tells two like statuses apart. */
const tightSkewMs = 2 * 60 * 1000
/** What was found when the account's statuses were searched for a part whose create call may have landed. */
export type LookUp = {
  readonly found: boolean
  /** `some`: a part of them is there, so none was attached. */
  readonly media: 'there' | 'some' | 'gone' | 'unknown'
}

export type AfterLookUp = 'keep' | 'wait' | 'send again' | 'upload anew' | 'deleted' | 'doubtful'

/** Whether a look that found nothing may be believed yet (E4). */
export const tooEarlyToBelieve = (record: PostRecord, now: number): boolean =>
  now - (record.sentAt ?? now) < quietMs

/**
 * E1 to E6, for a part in `sending`. `hidesAttachedMedia`: the server answers 404 for
 * attached media, so that media gone within their day were attached to a status that its owner has deleted since.
 */
export function judgeLookUp(
  record: PostRecord,
  look: LookUp,
  now: number,
  hidesAttachedMedia: boolean,
): AfterLookUp {
  if (look.found) return 'keep'
  if (tooEarlyToBelieve(record, now)) return 'wait'
  const age = now - (record.media?.uploadedAt ?? 0)
  if (look.media === 'there') return 'send again'
  if (look.media === 'some' || age > mediaLifeMs) return 'upload anew'
  // A server that cannot be asked about media is sent them again: should it have lost them, E6 mends the status.
  if (look.media === 'unknown') return 'send again'
  return hidesAttachedMedia ? 'deleted' : 'doubtful'
}

/** Ms since 1970: no status of the part at hand can be older, for its media are not (and the clocks may differ). */
export const sentSince = (record: PostRecord, skew = skewMs): number => (record.media?.uploadedAt ?? 0) - skew

/** Letters and digits alone: what every server leaves of a text when it makes HTML of it. */
const lettersOf = (html: string): string =>
  html
    .replace(/<[^>]*>/g, '')
    .replace(/&(?:#\w+|\w+);/g, '')
    .replace(/[^\p{L}\p{N}]/gu, '')

/**
 * Whether a status is the part we sent: by its media. Else, on servers that rename media or drop them, by its place in
 * the thread, its age, and its text; or our link and the number of images, where the text came out differently.
 */
export function isOurPart(
  status: {
    readonly createdAt: number
    readonly mediaIds: readonly string[]
    readonly content: string
    readonly inReplyToId?: string
  },
  record: PostRecord,
): boolean {
  const ids = record.media?.ids ?? []
  if (status.mediaIds.some((id) => ids.includes(id))) return true
  const draft = record.thread?.[record.statuses.length]
  const tells = record.statuses.length > 0 || linkedPostIds(draft?.text ?? '').includes(record.id)
  // Words without our link may be those of the post before, which was out before these media were uploaded.
  const since = sentSince(record, tells ? tightSkewMs : 0)
  if (status.createdAt < since || status.mediaIds.length > ids.length) return false
  if (status.inReplyToId !== record.statuses.at(-1)?.id) return false
  const plain = (text: string): string => text.replaceAll('&', '').replaceAll('<', '').replaceAll('>', '')
  if (draft && lettersOf(status.content) === lettersOf(plain(draft.text))) return true
  return status.mediaIds.length === ids.length && linkedPostIds(status.content).includes(record.id)
}

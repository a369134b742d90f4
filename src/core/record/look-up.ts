/** After a create call of unknown outcome: which status is the part that was sent, and what to do if there is none. */
import { linkedPostIds } from '../post/ids.ts'
import { mediaLifeMs, type PostRecord, quietMs } from './record.ts'
import { isMissed } from './transitions.ts'

/** How far a server's clock may differ from ours. Its statuses are searched so much further back, which costs a page at most. */
const skewMs = 60 * 60 * 1000
/** The same, where nothing but the time tells two equal statuses apart. */
const tightSkewMs = 2 * 60 * 1000
/** What was found when the account's statuses were searched for a part whose create call may have landed. */
export type LookUp = {
  readonly found: boolean
  /** `some`: only some of them are there, so they were not attached. */
  readonly media: 'there' | 'some' | 'gone' | 'unknown'
}

export type AfterLookUp = 'keep' | 'wait' | 'look again' | 'send again' | 'upload anew'

/** Whether it is too early to believe that there is no status (E4). */
export const tooEarlyToBelieve = (record: PostRecord, now: number): boolean =>
  now - (record.sentAt ?? now) < quietMs

/**
 * Decides what to do with a part in `sending` (E4 to E6). `hidesAttachedMedia`: the server answers 404 for attached media. There,
 * media that can be seen prove that no status has them. All else is an absence, which needs two looks (V1).
 */
export function judgeLookUp(
  record: PostRecord,
  look: LookUp,
  now: number,
  hidesAttachedMedia: boolean,
): AfterLookUp {
  if (look.found) return 'keep'
  if (tooEarlyToBelieve(record, now)) return 'wait'
  if (hidesAttachedMedia && look.media === 'there') return 'send again'
  if (hidesAttachedMedia && look.media === 'some') return 'upload anew'
  const age = now - (record.media?.uploadedAt ?? 0)
  if (age <= mediaLifeMs && !isMissed(record, now)) return 'look again'
  if (look.media === 'there') return 'send again'
  if (look.media !== 'unknown' || age > mediaLifeMs) return 'upload anew'
  // The server does not tell whether the media are there. They are sent again; if it has lost them, the status is mended (E6).
  return 'send again'
}

/** Ms since 1970: no status of the part at hand can be older, because its media were uploaded then. Clocks may differ by `skew`. */
export const sentSince = (record: PostRecord, skew = skewMs): number => (record.media?.uploadedAt ?? 0) - skew

/** Only the letters and digits, which every server keeps when it makes HTML of a text. */
const lettersOf = (html: string): string =>
  html
    .replace(/<[^>]*>/g, '')
    .replace(/&(?:#\w+|\w+);/g, '')
    .replace(/[^\p{L}\p{N}]/gu, '')

/**
 * Whether a status is the part that was sent. Its media ids tell. Some servers rename or drop media: there its place in the
 * thread, its age and its text tell, or our link and the number of images if the text was changed.
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
  // A text without our link may be that of an earlier post. That status is older than these uploads.
  const since = sentSince(record, tells ? tightSkewMs : 0)
  if (status.createdAt < since || status.mediaIds.length > ids.length) return false
  if (status.inReplyToId !== record.statuses.at(-1)?.id) return false
  const plain = (text: string): string => text.replaceAll('&', '').replaceAll('<', '').replaceAll('>', '')
  if (draft && lettersOf(status.content) === lettersOf(plain(draft.text))) return true
  return status.mediaIds.length === ids.length && linkedPostIds(status.content).includes(record.id)
}

/** After a create call of unknown outcome: which status is the part that was sent, and what to do if there is none. */
import { postLinks } from '../post/links.ts'
import { mediaLifeMs, mediaOfPart, type PostRecord, quietMs } from './record.ts'
import { isMissed } from './transitions.ts'

/** How far a server's clock may differ from ours. Its statuses are searched so much further back, which costs a page at most. */
const skewMs = 60 * 60 * 1000
/** The same, where the time is a part of the proof (V6). */
const tightSkewMs = 2 * 60 * 1000
/** What was found when the account's statuses were searched for a part whose create call may have landed. */
export type LookUp = {
  readonly found: 'ours' | 'perhaps ours' | 'nothing'
  /** `gone`: some of them at least. */
  readonly media: 'there' | 'gone' | 'unknown'
}

export type AfterLookUp = 'keep' | 'wait' | 'look again' | 'send again' | 'upload anew' | 'doubtful'

/** Whether it is too early to believe that there is no status (E4). */
export const tooEarlyToBelieve = (record: PostRecord, now: number): boolean =>
  now - (record.sentAt ?? now) < quietMs

/**
 * Decides what to do with a part in `sending` (E4 to E6). `hidesAttachedMedia`: the server answers 404 for attached media. There,
 * media that can all be seen prove that no status has them. All else is an absence, which needs two looks (V1): where some
 * are missing, a status may have those, and have dropped the others.
 */
export function judgeLookUp(
  record: PostRecord,
  look: LookUp,
  now: number,
  hidesAttachedMedia: boolean,
): AfterLookUp {
  if (look.found === 'ours') return 'keep'
  if (tooEarlyToBelieve(record, now)) return 'wait'
  // V6: it cannot be taken for ours, and a second create could double it.
  if (look.found === 'perhaps ours') return 'doubtful'
  if (hidesAttachedMedia && look.media === 'there') return 'send again'
  const age = now - (record.media?.uploadedAt ?? 0)
  const isBelieved = record.missing?.what === 'status' && isMissed(record, now)
  if (age <= mediaLifeMs && !isBelieved) return 'look again'
  // A server that does not tell whether it has the media may make a status without them, and let no edit add them.
  return look.media === 'there' ? 'send again' : 'upload anew'
}

/** Ms since 1970: how far back statuses are searched. The clocks may differ. */
export const searchedSince = (record: PostRecord): number =>
  Math.min(record.media?.uploadedAt ?? 0, sentFrom(record)) - skewMs

/** Only the letters and digits, which every server keeps when it makes HTML of a text. */
const lettersOf = (html: string): string =>
  html
    .replace(/<[^>]*>/g, '')
    .replace(/&(?:#\w+|\w+);/g, '')
    .replace(/[^\p{L}\p{N}]/gu, '')

const lettersOfText = (text: string): string => lettersOf(text.replace(/[&<>]/g, ''))

/** `ours`: its media ids prove it. `alike`: our link and the exact shape, which prove it unless it is a part of another post. */
export type Likeness = 'ours' | 'alike' | 'perhaps ours' | 'not ours'

type Seen = {
  readonly createdAt: number
  readonly mediaIds: readonly string[]
  readonly content: string
  readonly inReplyToId?: string
}

/**
 * Whether a status is the part that was sent (V6). Its media ids tell. `keepsMediaIds`: the server shows media under the ids
 * that the uploads got, so that other images are others' images. Elsewhere a status has to be from after the first
 * `sending`, in its place in the thread, with our link, our words and as many images as were sent. A reply to our own part
 * needs no link. What comes near that may be ours, changed by its owner, or the owner's own: nothing proves either.
 */
export function compareWithPart(status: Seen, record: PostRecord, keepsMediaIds: boolean): Likeness {
  const ids = mediaOfPart(record)
  if (status.mediaIds.some((id) => ids.includes(id))) return 'ours'
  if (keepsMediaIds && status.mediaIds.length > 0) return 'not ours'
  const parent = record.statuses.at(-1)?.id
  const mayBe =
    status.createdAt >= sentFrom(record) - tightSkewMs &&
    status.inReplyToId === parent &&
    status.mediaIds.length <= ids.length
  if (!mayBe) return 'not ours'
  const text = record.thread?.[record.statuses.length]?.text
  const sameWords = text !== undefined && lettersOf(status.content) === lettersOfText(text)
  if (sameWords && parent !== undefined) return 'alike'
  // A server that keeps media ids and shows none has not dropped our images: it would have refused them.
  if (keepsMediaIds) return 'not ours'
  const asMany = status.mediaIds.length === ids.length
  if (sameWords && asMany && linksTo(text, record)) return 'alike'
  const near = sameWords || (asMany && (parent !== undefined || linksTo(status.content, record)))
  return near ? 'perhaps ours' : 'not ours'
}

const linksTo = (html: string, { id }: PostRecord): boolean => postLinks(html).some((link) => link.id === id)

const sentFrom = ({ firstSentAt, sentAt, media }: PostRecord): number =>
  firstSentAt ?? sentAt ?? media?.uploadedAt ?? 0

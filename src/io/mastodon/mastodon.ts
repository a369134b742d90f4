/** What Levity asks of a server that speaks Mastodon's API. `create.ts` opens one. */
import type { ServerTime } from '../../core/clock/server-time.ts'
import type { Limits } from '../../core/server/limits.ts'
import type { StatusDraft } from '../../core/status/status.ts'

export type Account = { readonly id: string; readonly name: string; readonly url: string }

/** A status as the server shows it. */
export type SeenStatus = {
  readonly id: string
  readonly url: string
  /** Ms since 1970. */
  readonly createdAt: number
  readonly mediaIds: readonly string[]
  /** HTML. */
  readonly content: string
  readonly inReplyToId?: string
}

export type NewMedia = { readonly bytes: Uint8Array; readonly mimeType: string; readonly altText?: string }

export type NewStatus = {
  readonly draft: StatusDraft
  readonly mediaIds: readonly string[]
  readonly inReplyToId?: string
  readonly idempotencyKey: string
}

/** Every call has a deadline (create: 60 s) and throws ServiceError; aborted when the run ends. */
export interface Mastodon {
  fetchLimits(): Promise<Limits>
  fetchAccount(): Promise<Account>
  /** Uploads one image, waits until the server has processed it, and returns its id; all that within `timeLeft` (ms). */
  uploadMedia(media: NewMedia, timeLeft?: () => number): Promise<string>
  /** Whether an unattached upload is still there. `unknown` where the server's answer does not tell. */
  fetchMedia(id: string): Promise<'there' | 'gone' | 'unknown'>
  createStatus(status: NewStatus): Promise<SeenStatus>
  /** Undefined where the server says there is none (404). */
  fetchStatus(id: string): Promise<SeenStatus | undefined>
  /** Sends the draft and its media again onto an existing status. */
  editStatus(id: string, draft: StatusDraft, mediaIds: readonly string[]): Promise<SeenStatus>
  deleteStatus(id: string): Promise<void>
  /**
   * The account's own statuses, newest first, replies in, boosts out, until one was created before `since` (ms).
   * Throws if there are more than 2,000. With `mostPages` (of 40), it ends after so many.
   */
  fetchStatuses(accountId: string, since: number, mostPages?: number): AsyncGenerator<SeenStatus>
  /** How many uploads are left until `resetAt` (ms), as the answer to the last upload said. Undefined before the first, and where the server does not say. */
  uploadBudget(): { readonly left: number; readonly resetAt: number } | undefined
}

/** Ms. Each call to its last byte; `processing` is how long an upload is waited for. */
export type Deadlines = Readonly<Record<'create' | 'upload' | 'processing' | 'other', number>>

export type MastodonOptions = {
  readonly url: string
  readonly accessToken: string
  /** Levity's own, for the User-Agent. */
  readonly version: string
  /** Aborts every call: the run's end. */
  readonly signal: AbortSignal
  readonly now?: () => number
  /** Is given the time that every answer says, also a refusal. */
  readonly onTime?: (time: ServerTime) => void
  /** Between two looks at an upload that is being processed. */
  readonly pollMs?: number
  readonly deadlines?: Partial<Deadlines>
}

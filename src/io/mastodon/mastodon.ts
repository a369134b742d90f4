import { ServiceError } from '../../core/failure/failure.ts'
import { type Limits, parseLimits } from '../../core/server/limits.ts'
import type { StatusDraft } from '../../core/status/status.ts'
import { parseAccount, refusalFacts, succeeded } from './answer.ts'
import { fetchInstance, fetchSoftwareName } from './instance.ts'
import { createMedia } from './media.ts'
import { isAboutToken, openServer, type Server, withDeadToken } from './server.ts'
import { createStatuses } from './statuses.ts'

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
  /** Uploads one image and waits until the server has processed it. The id is returned as soon as processing ends. */
  uploadMedia(media: NewMedia): Promise<string>
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
   * More than 2,000 throw; with `mostPages` (of 40) given, it ends there.
   */
  fetchStatuses(accountId: string, since: number, mostPages?: number): AsyncGenerator<SeenStatus>
  /** How many uploads are left until when (ms), as the last answer to an upload said; undefined before one, or where the server does not say. */
  uploadBudget(): { readonly left: number; readonly resetAt: number } | undefined
}

export type MastodonOptions = {
  readonly url: string
  readonly accessToken: string
  /** Levity's own, for the User-Agent. */
  readonly version: string
  /** Aborts every call: the run's end. */
  readonly signal: AbortSignal
  readonly now?: () => number
  /** Between two looks at an upload that is being processed. */
  readonly pollMs?: number
  readonly deadlines?: Partial<Server['deadlines']>
}

export function createMastodon(options: MastodonOptions): Mastodon {
  const { url } = options
  const server = openServer(options)
  const { client, ask, now, deadlines } = server
  return {
    ...createMedia(server),
    ...createStatuses(server),
    async fetchLimits() {
      const [instance, software] = await Promise.all([
        fetchInstance(server),
        fetchSoftwareName(url, ask, deadlines.other),
      ])
      return parseLimits(instance, software)
    },
    async fetchAccount() {
      const doing = 'say whose token it is'
      const answer = await ask(doing, deadlines.other, () => client.v1.accounts.verifyCredentials())
      if (succeeded(answer)) return parseAccount(answer, doing)
      const facts = refusalFacts(answer, doing, now())
      throw new ServiceError(isAboutToken(facts) ? withDeadToken(facts) : facts)
    },
  }
}

/** One status, as the sandbox keeps it. */
import type { SandboxMedia } from './media.ts'
import type { StatusParams } from './params.ts'
import { findHashtags, findMentions } from './text.ts'

type Words = {
  readonly text: string
  readonly spoilerText: string
  readonly sensitive: boolean
  /** Without the #. */
  readonly hashtags: readonly string[]
  /** Accounts that were notified, as written. There should be none. */
  readonly pinged: readonly string[]
}

export type SandboxStatus = Words & {
  readonly id: string
  readonly url: string
  readonly visibility: string
  readonly language: string | undefined
  readonly inReplyToId: string | undefined
  /** Ms since 1970, by the sandbox's clock. */
  readonly createdAt: number
  readonly editedAt: number | undefined
  readonly media: readonly SandboxMedia[]
  readonly idempotencyKey: string | undefined
  /** `post` came over the API; the others are the owner's own. */
  readonly kind: 'post' | 'by hand' | 'boost'
  readonly deleted: boolean
}

/** A warning without a text becomes the text on Mastodon. */
export function wordsOf({ text, spoilerText, sensitive }: StatusParams): Words {
  const bare = text.trim() === ''
  const shown = bare ? spoilerText : text
  return {
    text: shown,
    spoilerText: bare ? '' : spoilerText,
    sensitive: sensitive || spoilerText !== '',
    hashtags: findHashtags(shown),
    pinged: findMentions(shown),
  }
}

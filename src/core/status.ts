import type { ImageVariant } from './post.ts'
import type { Visibility } from './wishes.ts'

export type DraftImage = {
  readonly variants: readonly [ImageVariant, ...ImageVariant[]]
  /** Already within the server's limit. */
  readonly altText?: string
}

/** One status as it will be sent: all that is needed, so that a frozen thread can be finished without the post (E7). */
export type StatusDraft = {
  readonly text: string
  /** The content warning; absent where there is none. */
  readonly spoilerText?: string
  readonly sensitive: boolean
  readonly visibility: Visibility
  readonly language?: string
  readonly images: readonly [DraftImage, ...DraftImage[]]
}

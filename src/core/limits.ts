/** What a server takes, from `/api/v2/instance`, else v1, else the defaults every Mastodon has had (facts: mastodon.md 2.1, 4). */

export type Limits = {
  /** Only real Mastodon shortens links when it counts and forgets attached media; everything else is `other`. */
  readonly software: 'mastodon' | 'other'
  /** As the server says it, for people. */
  readonly version: string
  readonly characters: number
  /** What a link counts, on Mastodon. */
  readonly charactersPerUrl: number
  readonly imagesPerStatus: number
  /** Code points of one alt text. */
  readonly altTextCharacters: number
  readonly imageBytes: number
  readonly imagePixels: number
  /** MIME types in lower case; absent where the server takes anything or does not say. */
  readonly mimeTypes?: readonly string[]
}

export const defaultLimits: Limits = {
  software: 'other',
  version: 'unknown',
  characters: 500,
  charactersPerUrl: 23,
  imagesPerStatus: 4,
  altTextCharacters: 1500,
  imageBytes: 16_777_216,
  imagePixels: 33_177_600,
}

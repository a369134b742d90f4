/** What makes one server family differ from another, each trait a switch, so that one suite can be played on all of them. */

export type Software = 'mastodon' | 'gotosocial' | 'hollo' | 'snac' | 'pleroma'

export type Bucket = 'token' | 'media' | 'statuses' | 'deletes'
/** `every` in ms: windows of a clock, not of the first call. */
export type RateLimit = { readonly limit: number; readonly every: number }

export type ServerLimits = {
  readonly characters: number
  readonly charactersPerUrl: number
  readonly attachments: number
  /** Code points. */
  readonly altTextCharacters: number
  readonly imageBytes: number
  readonly imagePixels: number
  /** Width times height of a GIF, still or animated. */
  readonly gifPixels: number
  /** Empty: anything is taken. */
  readonly mimeTypes: readonly string[]
}

export type Traits = {
  software: Software
  version: string
  limits: ServerLimits
  /**
   * `good`: per account, 1 h, a repeat gets the old status, and waits for a first that still runs. `broken`: a repeat gets 500
   * and posts nothing (4.6.0 to 4.6.6, https://github.com/mastodon/mastodon/issues/40399). `racy`: no lock, a repeat while the first
   * still runs posts twice (4.5 and older). `keyed-alone`: by key alone, any answer to any POST or PUT is replayed for 6 h (Pleroma).
   */
  idempotency: 'good' | 'none' | 'broken' | 'racy' | 'keyed-alone'
  /** Media that are unknown or attached already. `twice`: unknown ones are dropped, attached ones attached again. */
  unknownMedia: 'refuse' | 'drop' | 'twice'
  /** How many times an upload answers 206 before it is ready; 0 is ready at once. */
  processing: number
  /** Animated GIFs become films, and so are never ready at once. */
  gifv: boolean
  /** Whether GET /api/v1/media/:id still shows media once attached. */
  attachedMediaVisible: boolean
  /** GoToSocial shortens no link. */
  counting: 'graphemes' | 'code points'
  /** Takes any text and any file as an image. */
  lenient: boolean
  /** Whether `allowed_mentions` is obeyed. */
  allowedMentions: boolean
  rateLimits: Partial<Record<Bucket, RateLimit>>
  instance: 'v2 and v1' | 'v1'
  /** Every error is a page, as behind a proxy. */
  htmlErrors: boolean
  /** A create takes so long (real ms) between its checks and its end. */
  latency: number
  /** A create that a fault keeps from being answered is stored all the same, so long (sandbox ms) after it arrived. */
  landLate: number | undefined
  /** So many creates answer 200 with a status that is never stored. */
  silentDrop: number
  /** So many creates make a status with one attachment fewer. */
  loseAttachments: number
}

export type MastodonOptions = Partial<Omit<Traits, 'limits'>> & {
  readonly limits?: Partial<ServerLimits>
  /** 0, the default, is any free one. */
  readonly port?: number
  readonly accessToken?: string
  readonly scopes?: readonly string[]
}

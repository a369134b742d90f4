/** What makes one family of servers differ from another, each trait a switch, so that one suite can be played on all of them. */
import type { Manners, RefusalKind } from './refusal.ts'

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

export type Traits = Manners & {
  /** As nodeinfo names it. */
  software: string
  version: string
  /** An id in the family's shape; all of them sort by time. `ms` since 1970; `sequence` keeps ids of one ms apart. */
  makeId: (ms: number, sequence: number) => string
  limits: ServerLimits
  /**
   * `good`: per account, 1 h, a repeat gets the old status, and waits for a first that still runs. `broken`: a repeat gets 500
   * and posts nothing (4.6.0 to 4.6.6, https://github.com/mastodon/mastodon/issues/40399). `racy`: no lock, a repeat while the first
   * still runs posts twice (4.5 and older). `keyed-alone`: by key alone, any answer to any POST or PUT is replayed for 6 h.
   */
  idempotency: 'good' | 'none' | 'broken' | 'racy' | 'keyed-alone'
  /** Media that are unknown or attached already. `twice`: unknown ones are dropped, attached ones attached again. */
  unknownMedia: 'refuse' | 'drop' | 'twice'
  /** How such media are refused. */
  refuseMedia: (
    ids: readonly string[],
    attached: boolean,
  ) => { readonly kind: RefusalKind; readonly message: string }
  /** How many times an upload answers 206 before it is ready; 0 is ready at once. */
  processing: number
  /** Animated GIFs become films, and so are never ready at once. */
  gifv: boolean
  /** Whether GET /api/v1/media/:id still shows media once attached. */
  attachedMediaVisible: boolean
  /** Whether statuses show media under ids of their own. There, an edit leaves the media as they are. */
  renamesMedia: boolean
  /** Whether an edit changes the alt texts of media. */
  editsAltTexts: boolean
  /** Whether media come with `meta` and a blurhash. */
  measuresMedia: boolean
  /** `code points`: links are not shortened either. */
  counting: 'graphemes' | 'code points'
  /** Takes any text and any file as an image. */
  lenient: boolean
  /** Whether `allowed_mentions` is obeyed. */
  allowedMentions: boolean
  unknownLanguage: 'ignore' | 'refuse' | 'crash'
  /** The administrator's language, in which texts are refused. */
  locale: 'en' | 'de'
  /** Whether it says what a token's application may do. */
  tellsScopes: boolean
  rateLimits: Partial<Record<Bucket, RateLimit>>
  instance: 'v2 and v1' | 'v1'
  /** The versions of the instance that say how long an alt text may be. */
  tellsAltTextLimit: readonly (1 | 2)[]
  /** Whether the instance says its limits at its top, and has no `configuration`. */
  flatInstance: boolean
  /** Whether the instance has `api_versions`. */
  tellsApiVersions: boolean
  /** A create takes so long (real ms) between its checks and its end. */
  latency: number
  /** A create that a fault keeps from being answered is stored all the same, so long (sandbox ms) after it arrived. */
  landLate: number | undefined
  /** Unattached media vanish so long (sandbox ms) after they came; a day on Mastodon. */
  mediaLife: number
  /** A status is shown by itself and in lists so long (sandbox ms) after it was made: a replica that lags. */
  showLate: number
  /** So many creates answer 200 with a status that is never stored. */
  silentDrop: number
  /** So many creates make a status with one attachment fewer. */
  loseAttachments: number
}

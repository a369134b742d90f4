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

const images = [
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/heic',
  'image/heif',
  'image/webp',
  'image/avif',
]
const minute = 60_000

/** https://github.com/mastodon/mastodon/blob/main/app/serializers/rest/instance_serializer.rb, config/initializers/rack_attack.rb */
const mastodon: Traits = {
  software: 'mastodon',
  version: '4.7.0',
  limits: {
    characters: 500,
    charactersPerUrl: 23,
    attachments: 4,
    altTextCharacters: 10_000,
    imageBytes: 16_777_216,
    imagePixels: 33_177_600,
    gifPixels: 921_600,
    mimeTypes: images,
  },
  idempotency: 'good',
  unknownMedia: 'refuse',
  processing: 0,
  gifv: true,
  attachedMediaVisible: false,
  counting: 'graphemes',
  lenient: false,
  allowedMentions: true,
  rateLimits: {
    token: { limit: 300, every: 5 * minute },
    media: { limit: 30, every: 30 * minute },
    statuses: { limit: 300, every: 180 * minute },
    deletes: { limit: 30, every: 30 * minute },
  },
  instance: 'v2 and v1',
  htmlErrors: false,
  latency: 0,
  landLate: undefined,
  silentDrop: 0,
  loseAttachments: 0,
}

const boundless = 1_000_000_000
const other = { gifv: false, attachedMediaVisible: true, allowedMentions: false, rateLimits: {} } as const
const free = { ...mastodon.limits, altTextCharacters: boundless, gifPixels: boundless }

/** As seen on running servers: GoToSocial of 2025-10, Hollo 0.6.19, snac 2.96; Pleroma from its source. */
const presets: Readonly<Record<Software, Partial<Traits>>> = {
  mastodon: {},
  gotosocial: {
    ...other,
    version: '0.20.0+git-0a1b2c3',
    limits: {
      ...free,
      characters: 5000,
      charactersPerUrl: 25,
      attachments: 6,
      altTextCharacters: 1500,
      imageBytes: 41_943_040,
      imagePixels: 2_147_483_647,
    },
    idempotency: 'none',
    counting: 'code points',
    rateLimits: { token: { limit: 300, every: 5 * minute } },
  },
  hollo: {
    ...other,
    version: '0.6.19',
    limits: {
      ...free,
      characters: 10_000,
      charactersPerUrl: 256,
      attachments: 8,
      imageBytes: 33_554_432,
      imagePixels: 16_777_216,
    },
    idempotency: 'racy',
  },
  snac: {
    ...other,
    version: '4.0.0 (not true; really snac/2.96)',
    limits: { ...free, characters: 100_000, mimeTypes: [] },
    idempotency: 'none',
    unknownMedia: 'twice',
    lenient: true,
    instance: 'v1',
    htmlErrors: true,
  },
  pleroma: {
    ...other,
    version: '2.7.2 (compatible; Pleroma 2.7.0)',
    limits: { ...free, characters: 5000, altTextCharacters: 5000, imagePixels: boundless, mimeTypes: [] },
    idempotency: 'keyed-alone',
    unknownMedia: 'twice',
    instance: 'v1',
  },
}

export function traitsOf(options: MastodonOptions): Traits {
  const { limits, port: _port, accessToken: _token, scopes: _scopes, ...given } = options
  const preset = { ...mastodon, ...presets[options.software ?? 'mastodon'] }
  const version = given.idempotency === 'broken' ? { version: '4.6.5' } : {}
  return { ...preset, ...version, ...given, limits: { ...preset.limits, ...limits } }
}

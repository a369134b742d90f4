/** The server families' own traits, and how options change them. */
import type { MastodonOptions, Software, Traits } from './traits.ts'

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

/** A family's traits with the given ones laid over them. */
export function traitsOf(options: MastodonOptions): Traits {
  const { limits, port: _port, accessToken: _token, scopes: _scopes, ...given } = options
  const preset = { ...mastodon, ...presets[options.software ?? 'mastodon'] }
  const version = given.idempotency === 'broken' ? { version: '4.6.5' } : {}
  return { ...preset, ...version, ...given, limits: { ...preset.limits, ...limits } }
}

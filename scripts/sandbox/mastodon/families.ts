/** The traits of each family of servers, one row a family, and how options change them. Levity's own rows: `src/core/server/families.ts`. */
import { flakeId, secondsAndHex, snowflake, ulid, uuid7 } from './ids.ts'
import { page, plain, type RefusalKind } from './refusal.ts'
import type { ServerLimits, Traits } from './traits.ts'

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
const notFoundOrAttached = (ids: readonly string[]): string =>
  `Media ${ids.join(', ')} not found or already attached to another post`

/** https://github.com/mastodon/mastodon/blob/main/app/serializers/rest/instance_serializer.rb, config/initializers/rack_attack.rb */
const mastodon: Traits = {
  software: 'mastodon',
  version: '4.7.0',
  makeId: snowflake,
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
  refuseMedia: (ids) => ({ kind: 'attached', message: notFoundOrAttached(ids) }),
  processing: 0,
  gifv: true,
  attachedMediaVisible: false,
  renamesMedia: false,
  editsAltTexts: true,
  measuresMedia: true,
  counting: 'graphemes',
  lenient: false,
  allowedMentions: true,
  unknownLanguage: 'ignore',
  locale: 'en',
  tellsScopes: true,
  rateLimits: {
    token: { limit: 300, every: 5 * minute },
    media: { limit: 30, every: 30 * minute },
    statuses: { limit: 300, every: 180 * minute },
    deletes: { limit: 30, every: 30 * minute },
  },
  instance: 'v2 and v1',
  tellsAltTextLimit: [1, 2],
  flatInstance: false,
  tellsApiVersions: true,
  htmlErrors: false,
  latency: 0,
  landLate: undefined,
  mediaLife: 24 * 60 * minute,
  showLate: 0,
  silentDrop: 0,
  loseAttachments: 0,
}

const boundless = 1_000_000_000
const other = {
  gifv: false,
  attachedMediaVisible: true,
  allowedMentions: false,
  rateLimits: {},
  tellsAltTextLimit: [],
  tellsApiVersions: false,
} as const
const free = { ...mastodon.limits, altTextCharacters: boundless, gifPixels: boundless }

/** As seen on running servers: GoToSocial of 2025-10, Hollo 0.6.19, snac 2.96; Pleroma from its source. */
const families = {
  mastodon: {},
  gotosocial: {
    ...other,
    version: '0.20.0+git-0a1b2c3',
    makeId: ulid,
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
    refuseMedia: ([first], attached) => ({
      kind: 'invalid',
      message: `media ${attached ? 'already attached to status' : 'not found'}: ${first}`,
    }),
    unknownLanguage: 'refuse',
    tellsScopes: false,
    tellsAltTextLimit: [2],
    ownRefusal: refuseAsGotosocial,
  },
  hollo: {
    ...other,
    version: '0.6.19',
    makeId: uuid7,
    limits: {
      ...free,
      characters: 10_000,
      charactersPerUrl: 256,
      attachments: 8,
      imageBytes: 33_554_432,
      imagePixels: 16_777_216,
    },
    idempotency: 'racy',
    refuseMedia: (ids, attached) => ({
      kind: attached ? 'attached' : 'invalid',
      message: notFoundOrAttached(ids),
    }),
    editsAltTexts: false,
    unknownLanguage: 'crash',
    ownRefusal: refuseAsHollo,
  },
  snac: {
    ...other,
    version: '4.0.0 (not true; really snac/2.96)',
    makeId: secondsAndHex,
    limits: { ...free, characters: 100_000, mimeTypes: [] },
    idempotency: 'none',
    unknownMedia: 'twice',
    renamesMedia: true,
    lenient: true,
    measuresMedia: false,
    tellsScopes: false,
    instance: 'v1',
    htmlErrors: true,
    ownRefusal: refuseAsSnac,
  },
  pleroma: {
    ...other,
    version: '2.7.2 (compatible; Pleroma 2.7.0)',
    makeId: flakeId,
    limits: { ...free, characters: 5000, altTextCharacters: 5000, imagePixels: boundless, mimeTypes: [] },
    idempotency: 'keyed-alone',
    unknownMedia: 'twice',
    instance: 'v1',
    flatInstance: true,
  },
} satisfies Record<string, Partial<Traits>>

export type Software = keyof typeof families

export const isSoftware = (name: string): name is Software => Object.hasOwn(families, name)
export const softwareNames: readonly Software[] = Object.keys(families).filter(isSoftware)

export type MastodonOptions = Partial<Omit<Traits, 'limits' | 'software'>> & {
  readonly software?: Software
  readonly limits?: Partial<ServerLimits>
  /** 0, the default, is any free one. */
  readonly port?: number
  readonly accessToken?: string
  readonly scopes?: readonly string[]
}

/** A family's traits with the given ones laid over them. */
export function traitsOf(options: MastodonOptions): Traits {
  const {
    limits,
    port: _port,
    accessToken: _token,
    scopes: _scopes,
    software = 'mastodon',
    ...given
  } = options
  const preset: Traits = { ...mastodon, ...families[software], software }
  const version = given.idempotency === 'broken' ? { version: '4.6.5' } : {}
  return { ...preset, ...version, ...given, limits: { ...preset.limits, ...limits } }
}

function refuseAsGotosocial(kind: RefusalKind, message: string): Response | undefined {
  const say = (status: number, error: string): Response => Response.json({ error }, { status })
  if (kind === 'invalid' || kind === 'attached') return say(400, `Bad Request: ${message}`)
  if (kind === 'image' || kind === 'broken image')
    return say(422, 'Unprocessable Entity: error processing media')
  if (kind === 'missing') return say(404, 'Not Found: target status not found')
  if (kind === 'unauthorized') return say(401, 'Unauthorized: token not supplied')
  if (kind === 'limited') return say(429, 'rate limit reached')
  return undefined
}

function refuseAsSnac(kind: RefusalKind): Response | undefined {
  if (kind === 'unauthorized') return page(422)
  return kind === 'missing' ? page(404, 'text/html') : undefined
}

function refuseAsHollo(kind: RefusalKind, message: string): Response | undefined {
  if (kind === 'image' || kind === 'broken image' || kind === 'attached')
    return plain(500, 'Internal Server Error')
  if (kind === 'invalid') return Response.json({ error: message }, { status: 400 })
  if (kind === 'unauthorized') return Response.json({ error: 'invalid_token' }, { status: 401 })
  return undefined
}

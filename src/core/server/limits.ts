/** What a server takes, from `/api/v2/instance`, else v1, else the defaults every Mastodon has had (https://docs.joinmastodon.org/entities/Instance/). */

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

/** Forks that count as Mastodon does, by the name they give in https://nodeinfo.diaspora.software */
const MASTODON_NAMES = ['mastodon', 'hometown', 'glitch-soc']

/** `4.6.5`, `4.7.0-alpha.1`, `4.3.0rc1`, `4.6.0+glitch`; not `4.0.0 (not true; really snac/2.96)`. */
const MASTODON_VERSION =
  /^[2-9]\d*\.\d+\.\d+(?:-?(?:alpha|beta|rc|nightly|dev|security)[\w.-]*)?(?:\+[\w.-]+)?$/i

/**
 * Reads an instance, as v2 or v1 gives it, with keys as the server writes them or in camel case. Every field may be
 * missing, and one that cannot be meant (not a whole number, below 1, above 2^31) counts as missing. `softwareName` is
 * what nodeinfo says, where that was asked. Never throws.
 */
export function parseLimits(instance: unknown, softwareName?: string): Limits {
  const statuses = field(field(instance, 'configuration'), 'statuses')
  const media = field(field(instance, 'configuration'), 'media_attachments')
  const metadata = field(field(instance, 'pleroma'), 'metadata')
  const version = field(instance, 'version')
  const mimeTypes = readMimeTypes(field(media, 'supported_mime_types'))
  return {
    software: isMastodon(instance, softwareName) ? 'mastodon' : 'other',
    version: typeof version === 'string' && version !== '' ? version.slice(0, 100) : defaultLimits.version,
    characters: pick(
      [field(statuses, 'max_characters'), field(instance, 'max_toot_chars')],
      defaultLimits.characters,
    ),
    charactersPerUrl: pick([field(statuses, 'characters_reserved_per_url')], defaultLimits.charactersPerUrl),
    imagesPerStatus: pick([field(statuses, 'max_media_attachments')], defaultLimits.imagesPerStatus, 32),
    altTextCharacters: pick(
      [
        field(media, 'description_limit'),
        field(instance, 'description_limit'),
        field(metadata, 'description_limit'),
      ],
      defaultLimits.altTextCharacters,
    ),
    imageBytes: pick(
      [field(media, 'image_size_limit'), field(instance, 'upload_limit')],
      defaultLimits.imageBytes,
    ),
    imagePixels: pick([field(media, 'image_matrix_limit')], defaultLimits.imagePixels),
    ...(mimeTypes !== undefined && { mimeTypes }),
  }
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  const found = Object.entries(value).find(([key]) => key === name || key === camel)
  return found?.[1]
}

function pick(candidates: readonly unknown[], fallback: number, most: number = 2 ** 31): number {
  const sane = candidates.find(
    (value): value is number =>
      typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most,
  )
  return sane ?? fallback
}

/** Pleroma's `application/octet-stream` means anything; a list without a single image cannot be meant. */
function readMimeTypes(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined
  const types = value
    .filter((type): type is string => typeof type === 'string')
    .map((type) => type.trim().toLowerCase())
  if (types.includes('application/octet-stream')) return undefined
  return types.some((type) => type.startsWith('image/')) ? types : undefined
}

/** Where in doubt, no: that costs some characters, while a wrong yes gets a status refused. */
function isMastodon(instance: unknown, softwareName: string | undefined): boolean {
  if (softwareName !== undefined) return MASTODON_NAMES.includes(softwareName.trim().toLowerCase())
  const version = field(instance, 'version')
  if (typeof version !== 'string' || !MASTODON_VERSION.test(version.trim())) return false
  // Others copy the form of the version, but say where their own source is. v1 has no such field.
  const source = field(instance, 'source_url')
  return source === undefined || (typeof source === 'string' && /mastodon|hometown/i.test(source))
}

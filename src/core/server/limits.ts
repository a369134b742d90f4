import { type FamilyName, families, recogniseFamily } from './families.ts'

/** What a server takes, from `/api/v2/instance`, else v1, else the defaults every Mastodon has had (https://docs.joinmastodon.org/entities/Instance/). */

export type Limits = {
  /** The family that the server belongs to. */
  readonly software: FamilyName
  /** As the server says it, for people. */
  readonly version: string
  readonly characters: number
  /** What a link counts, where links are shortened. */
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

/**
 * Reads an instance, as v2 or v1 gives it, with keys as the server writes them or in camel case. Every field may be
 * missing, and one that cannot be right (not a whole number, below 1, above 2^31) counts as missing. `softwareName` is
 * what nodeinfo says, where that was asked. Never throws.
 */
export function parseLimits(instance: unknown, softwareName?: string): Limits {
  const statuses = field(field(instance, 'configuration'), 'statuses')
  const media = field(field(instance, 'configuration'), 'media_attachments')
  const version = field(instance, 'version')
  const mimeTypes = readMimeTypes(field(media, 'supported_mime_types'))
  return {
    software: recogniseFamily(softwareName, version, field(instance, 'source_url')),
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
        ...altTextPaths.map((path) => path.reduce<unknown>(field, instance)),
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

const altTextPaths = Object.values(families).flatMap(({ altTextLimitAt }) =>
  altTextLimitAt === undefined ? [] : [altTextLimitAt],
)

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

/** On some servers `application/octet-stream` means anything; a list without any image type cannot be right. */
function readMimeTypes(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined
  const types = value
    .filter((type): type is string => typeof type === 'string')
    .map((type) => type.trim().toLowerCase())
  if (types.includes('application/octet-stream')) return undefined
  return types.some((type) => type.startsWith('image/')) ? types : undefined
}

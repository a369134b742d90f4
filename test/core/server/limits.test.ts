import { describe, expect, test } from 'vitest'
import { defaultLimits, parseLimits } from '../../../src/core/server/limits.ts'

/** What instances answer, cut down to what is read and what could mislead. */
const mastodon46 = {
  domain: 'mastodon.example',
  title: 'Mastodon',
  version: '4.6.5',
  source_url: 'https://github.com/mastodon/mastodon',
  api_versions: { mastodon: 8 },
  configuration: {
    urls: { streaming: 'wss://mastodon.example' },
    accounts: { max_featured_tags: 10, max_pinned_statuses: 5 },
    statuses: { max_characters: 500, max_media_attachments: 4, characters_reserved_per_url: 23 },
    media_attachments: {
      description_limit: 10_000,
      image_matrix_limit: 33_177_600,
      image_size_limit: 16_777_216,
      supported_mime_types: ['image/jpeg', 'image/png', 'image/gif', 'image/heic', 'image/webp', 'video/mp4'],
      video_frame_rate_limit: 120,
    },
  },
}
const glitch = {
  ...mastodon46,
  version: '4.6.0-alpha.3+glitch',
  source_url: 'https://github.com/glitch-soc/mastodon',
  max_toot_chars: 4242,
  configuration: {
    ...mastodon46.configuration,
    statuses: { max_characters: 4242, max_media_attachments: 16, characters_reserved_per_url: 23 },
  },
}
const goToSocial = {
  domain: 'gts.example',
  account_domain: 'example',
  version: '0.20.0-rc1+git-1234567',
  source_url: 'https://codeberg.org/superseriousbusiness/gotosocial',
  configuration: {
    statuses: { max_characters: 5000, max_media_attachments: 6, characters_reserved_per_url: 25 },
    media_attachments: {
      supported_mime_types: ['image/jpeg', 'image/gif', 'image/png', 'image/webp', 'video/mp4'],
      image_size_limit: 41_943_040,
      image_matrix_limit: 2_147_483_647,
      description_limit: 1500,
    },
  },
}
const hollo = {
  domain: 'hollo.example',
  version: '0.6.19',
  source_url: 'https://github.com/fedify-dev/hollo',
  configuration: {
    statuses: { max_characters: 10_000, max_media_attachments: 8, characters_reserved_per_url: 256 },
    media_attachments: {
      supported_mime_types: ['image/jpeg', 'image/png', 'image/gif', 'image/webp'],
      image_size_limit: 33_554_432,
      image_matrix_limit: 16_777_216,
    },
  },
}
const snacV1 = {
  uri: 'snac.example',
  version: '4.0.0 (not true; really snac/2.96)',
  configuration: {
    statuses: { max_characters: 100_000, max_media_attachments: 4, characters_reserved_per_url: 32 },
    media_attachments: {
      image_size_limit: 16_777_216,
      image_matrix_limit: 33_177_600,
      supported_mime_types: [],
    },
  },
}
const pleromaV1 = {
  uri: 'https://pleroma.example',
  version: '2.7.2 (compatible; Pleroma 2.6.50)',
  max_toot_chars: 5000,
  description_limit: 5000,
  upload_limit: 16_000_000,
  pleroma: { metadata: { features: [], description_limit: 4000 } },
  configuration: {
    statuses: { max_characters: 0 },
    media_attachments: { supported_mime_types: ['application/octet-stream'] },
  },
}
const sharkey = {
  domain: 'sharkey.example',
  version: '3.0.0 (compatible; Sharkey 2025.4.3; like Akkoma)',
  source_url: 'https://activitypub.software/TransFem-org/Sharkey',
  configuration: {
    statuses: { max_characters: 3000, max_media_attachments: 16, characters_reserved_per_url: 15 },
    media_attachments: {
      description_limit: 8192,
      image_size_limit: 10_485_760,
      image_matrix_limit: 16_777_216,
      supported_mime_types: ['image/PNG', 'image/jpeg'],
    },
  },
}

describe('parseLimits', () => {
  test('Mastodon 4.6', () => {
    expect(parseLimits(mastodon46, 'mastodon')).toEqual({
      software: 'mastodon',
      version: '4.6.5',
      characters: 500,
      charactersPerUrl: 23,
      imagesPerStatus: 4,
      altTextCharacters: 10_000,
      imageBytes: 16_777_216,
      imagePixels: 33_177_600,
      mimeTypes: ['image/jpeg', 'image/png', 'image/gif', 'image/heic', 'image/webp', 'video/mp4'],
    })
  })

  const base = { ...defaultLimits, version: expect.any(String), mimeTypes: expect.any(Array) }
  const noTypes = { ...defaultLimits, version: expect.any(String) }
  test.each<[string, unknown, unknown]>([
    [
      'glitch-soc',
      glitch,
      { ...base, software: 'mastodon', characters: 4242, imagesPerStatus: 16, altTextCharacters: 10_000 },
    ],
    [
      'GoToSocial',
      goToSocial,
      {
        ...base,
        characters: 5000,
        charactersPerUrl: 25,
        imagesPerStatus: 6,
        imageBytes: 41_943_040,
        imagePixels: 2_147_483_647,
      },
    ],
    [
      'Hollo',
      hollo,
      {
        ...base,
        characters: 10_000,
        charactersPerUrl: 256,
        imagesPerStatus: 8,
        imageBytes: 33_554_432,
        imagePixels: 16_777_216,
      },
    ],
    ['snac, by v1', snacV1, { ...noTypes, characters: 100_000, charactersPerUrl: 32 }],
    [
      'Pleroma, by v1',
      pleromaV1,
      { ...noTypes, characters: 5000, altTextCharacters: 5000, imageBytes: 16_000_000 },
    ],
    [
      'Sharkey',
      sharkey,
      {
        ...base,
        characters: 3000,
        charactersPerUrl: 15,
        imagesPerStatus: 16,
        altTextCharacters: 8192,
        imageBytes: 10_485_760,
        imagePixels: 16_777_216,
        mimeTypes: ['image/png', 'image/jpeg'],
      },
    ],
  ])('%s', (_, instance, expected) => {
    expect(parseLimits(instance)).toEqual(expected)
    expect(parseLimits(camelCased(instance))).toEqual(expected)
  })

  test('alt texts of Pleroma, by v2', () => {
    expect(parseLimits({ pleroma: { metadata: { description_limit: 4000 } } }).altTextCharacters).toBe(4000)
  })

  test.each<[version: string, source: string | undefined, name: string | undefined, software: string]>([
    ['4.6.5', 'https://codeberg.org/superseriousbusiness/gotosocial', 'Mastodon', 'mastodon'],
    ['4.6.5', undefined, 'hollo', 'hollo'],
    ['4.6.5', undefined, undefined, 'mastodon'],
    ['4.6.5', 'https://codeberg.org/superseriousbusiness/gotosocial', undefined, 'other'],
  ])('%s of %s, nodeinfo %s: %s', (version, source_url, name, software) => {
    expect(parseLimits({ version, ...(source_url && { source_url }) }, name).software).toBe(software)
  })

  test.each([
    undefined,
    null,
    'html',
    7,
    [],
    {},
    { configuration: null },
    { configuration: { statuses: [] } },
  ])('the defaults for %j', (instance) => {
    expect(parseLimits(instance)).toEqual(defaultLimits)
  })

  test.each([0, -1, 1.5, Number.NaN, Infinity, 2 ** 31 + 1, '500', null, {}])(
    'no limit can be %s',
    (absurd) => {
      const statuses = {
        max_characters: absurd,
        max_media_attachments: absurd,
        characters_reserved_per_url: absurd,
      }
      const media = { description_limit: absurd, image_matrix_limit: absurd, image_size_limit: absurd }
      const instance = {
        configuration: { statuses, media_attachments: media },
        max_toot_chars: absurd,
        upload_limit: absurd,
        description_limit: absurd,
      }
      expect(parseLimits(instance)).toEqual(defaultLimits)
    },
  )

  test.each([
    [32, 32],
    [33, 4],
  ])('%i images in a status are %i', (said, images) => {
    const configuration = { statuses: { max_media_attachments: said } }
    expect(parseLimits({ configuration }).imagesPerStatus).toBe(images)
  })

  test.each([[['video/mp4']], [['*/*', 7]], [['image/png', 'application/octet-stream']], ['image/png']])(
    'a list of types that says nothing: %j',
    (supported_mime_types) => {
      const configuration = { media_attachments: { supported_mime_types } }
      expect(parseLimits({ configuration })).not.toHaveProperty('mimeTypes')
    },
  )
})

/** As a client library hands it over. */
function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      camelCased(inner),
    ]),
  )
}

import { describe, expect, test } from 'vitest'
import { type Encode, maxEncodes, nextEncode } from '../../../src/core/image/encode.ts'
import { type EncodePlan, type ImageFacts, mimeTypeFor, planImage } from '../../../src/core/image/plan.ts'
import { rankVariants, standsInFor } from '../../../src/core/image/variants.ts'
import type { ImageVariant } from '../../../src/core/post/post.ts'
import { defaultLimits, type Limits } from '../../../src/core/server/limits.ts'

const photo: ImageFacts = {
  format: 'jpeg',
  bytes: 900_000,
  width: 1280,
  height: 1920,
  pages: 1,
  alpha: false,
  place: false,
}
const mastodon: Limits = {
  ...defaultLimits,
  mimeTypes: ['image/jpeg', 'image/png', 'image/gif', 'image/heic', 'image/webp', 'image/avif'],
}
const tooMany = 16_777_217

type Case = {
  readonly name: string
  readonly facts: Partial<ImageFacts>
  readonly limits?: Partial<Limits>
  readonly smaller?: boolean
  readonly plan: object
}

const cases: readonly Case[] = [
  { name: 'a legal JPEG', facts: {}, plan: { do: 'keep', mimeType: 'image/jpeg' } },
  { name: 'a legal PNG', facts: { format: 'png', alpha: true }, plan: { do: 'keep', mimeType: 'image/png' } },
  { name: 'a legal AVIF', facts: { format: 'avif' }, plan: { do: 'keep', mimeType: 'image/avif' } },
  { name: 'a legal HEIC', facts: { format: 'heic' }, plan: { do: 'keep', mimeType: 'image/heic' } },
  {
    name: 'HEIC where only HEIF is named',
    facts: { format: 'heic' },
    limits: { mimeTypes: ['image/jpeg', 'image/heif'] },
    plan: { do: 'keep', mimeType: 'image/heif' },
  },
  {
    name: 'a JPEG above what Mastodon keeps, but legal',
    facts: { width: 4000, height: 6000 },
    plan: { do: 'keep' },
  },
  { name: 'exactly the byte limit', facts: { bytes: 16_777_216 }, plan: { do: 'keep' } },
  { name: 'exactly the pixel limit', facts: { width: 7680, height: 4320 }, plan: { do: 'keep' } },
  {
    name: 'one row above the pixel limit',
    facts: { width: 7680, height: 4321 },
    plan: { do: 'shrink', formats: ['jpeg'], width: 3839, height: 2160, reason: /33177600 pixels/ },
  },
  {
    name: 'a server with a lower pixel limit than what Mastodon keeps',
    facts: { width: 2000, height: 2000 },
    limits: { imagePixels: 1_000_000 },
    plan: { do: 'shrink', width: 1000, height: 1000 },
  },
  {
    name: 'one byte above the byte limit',
    facts: { bytes: tooMany },
    plan: { do: 're-encode', formats: ['jpeg'], width: 1280, height: 1920, bytes: 16_777_216 },
  },
  {
    name: 'metadata that tells a place',
    facts: { place: true },
    plan: { do: 're-encode', formats: ['jpeg'], width: 1280, height: 1920, reason: /place/ },
  },
  {
    name: 'a place, in a large photograph',
    facts: { place: true, width: 4000, height: 6000 },
    plan: { do: 'shrink', width: 2351, height: 3527 },
  },
  {
    name: 'a PNG that tells a place stays a PNG if it can',
    facts: { format: 'png', place: true },
    plan: { do: 're-encode', formats: ['png', 'jpeg'] },
  },
  {
    name: 'a PNG over the byte limit',
    facts: { format: 'png', bytes: tooMany },
    plan: { do: 're-encode', formats: ['jpeg'] },
  },
  {
    name: 'a see-through PNG over the byte limit',
    facts: { format: 'png', bytes: tooMany, alpha: true },
    plan: { do: 're-encode', formats: ['webp'] },
  },
  {
    name: 'a see-through PNG over the byte limit, where WebP is not taken',
    facts: { format: 'png', bytes: tooMany, alpha: true },
    limits: { mimeTypes: ['image/jpeg', 'image/png'] },
    plan: { do: 're-encode', formats: ['jpeg'] },
  },
  {
    name: 'a PNG over both limits that will fit once shrunk',
    facts: { format: 'png', bytes: 30_000_000, width: 6000, height: 6000 },
    plan: { do: 'shrink', formats: ['png', 'jpeg'], width: 2880, height: 2880 },
  },
  {
    name: 'an animated GIF within the GIF limit',
    facts: { format: 'gif', width: 960, height: 960, pages: 40 },
    plan: { do: 'keep', mimeType: 'image/gif' },
  },
  {
    name: 'an animated GIF over the GIF limit',
    facts: { format: 'gif', width: 1000, height: 1000, pages: 4 },
    plan: { do: 'shrink', formats: ['gif'], animated: true, width: 960, height: 960 },
  },
  {
    name: 'the same, with a smaller variant',
    facts: { format: 'gif', width: 1000, height: 1000, pages: 4 },
    smaller: true,
    plan: { do: 'smaller', reason: /921600 pixels for a GIF/ },
  },
  {
    name: 'an animated GIF over the byte limit, with a smaller variant',
    facts: { format: 'gif', width: 540, height: 540, pages: 100, bytes: tooMany },
    smaller: true,
    plan: { do: 'smaller' },
  },
  {
    name: 'an animated GIF that tells a place: a smaller variant would tell it too',
    facts: { format: 'gif', width: 540, height: 540, pages: 3, place: true },
    smaller: true,
    plan: { do: 're-encode', formats: ['gif'], animated: true },
  },
  {
    name: 'a very long animation is shrunk until it can be encoded in time',
    facts: { format: 'gif', width: 500, height: 500, pages: 1000, bytes: tooMany },
    plan: { do: 'shrink', width: 259, height: 259 },
  },
  {
    name: 'a still GIF over the GIF limit becomes PNG in full size, smaller variant or not',
    facts: { format: 'gif', width: 1280, height: 1920, alpha: true },
    smaller: true,
    plan: { do: 're-encode', formats: ['png', 'webp'], animated: false, width: 1280, height: 1920 },
  },
  {
    name: 'an animated WebP',
    facts: { format: 'webp', width: 540, height: 540, pages: 12, alpha: true },
    plan: { do: 're-encode', formats: ['gif'], animated: true, reason: /animated WebP/ },
  },
  {
    name: 'an animated WebP where GIF is not taken',
    facts: { format: 'webp', width: 540, height: 540, pages: 12 },
    limits: { mimeTypes: ['image/jpeg', 'image/webp'] },
    plan: { do: 'refuse', reason: /takes no GIF/ },
  },
  {
    name: 'AVIF where it is not taken',
    facts: { format: 'avif' },
    limits: { mimeTypes: ['image/jpeg', 'image/png'] },
    plan: { do: 're-encode', formats: ['jpeg'], reason: /does not take AVIF/ },
  },
  {
    name: 'see-through AVIF where neither it nor WebP is taken',
    facts: { format: 'avif', alpha: true },
    limits: { mimeTypes: ['image/jpeg', 'image/png'] },
    plan: { do: 're-encode', formats: ['png', 'jpeg'] },
  },
  {
    name: 'WebP where it is not taken',
    facts: { format: 'webp' },
    limits: { mimeTypes: ['image/jpeg', 'image/png'] },
    plan: { do: 're-encode', formats: ['jpeg'] },
  },
  {
    name: 'JPEG where only PNG is taken',
    facts: {},
    limits: { mimeTypes: ['image/png'] },
    plan: { do: 're-encode', formats: ['png'] },
  },
  {
    name: 'a server that takes no image at all',
    facts: {},
    limits: { mimeTypes: ['video/mp4'] },
    plan: { do: 'refuse', reason: /takes no JPEG nor PNG/ },
  },
  {
    name: 'HEIC where it is not taken',
    facts: { format: 'heic' },
    limits: { mimeTypes: ['image/jpeg'] },
    plan: { do: 'refuse', reason: /does not take HEIC.*cannot be decoded/ },
  },
  {
    name: 'HEIC that tells a place',
    facts: { format: 'heic', place: true },
    plan: { do: 'refuse', reason: /tells a place, and HEIC cannot be decoded/ },
  },
  {
    name: 'a decompression bomb',
    facts: { format: 'png', width: 65_500, height: 65_500 },
    plan: { do: 'refuse', reason: /65500x65500 is more than 268402689 pixels/ },
  },
  {
    name: 'a bomb of frames',
    facts: { format: 'gif', width: 900, height: 900, pages: 1000 },
    plan: { do: 'refuse', reason: /in 1000 frames/ },
  },
  { name: 'no size', facts: { width: 0 }, plan: { do: 'refuse', reason: /no size/ } },
  {
    name: 'a PNG too long for WebP',
    facts: { format: 'png', width: 100, height: 40_000, alpha: true, bytes: tooMany },
    plan: { do: 'shrink', formats: ['webp'], width: 40, height: 16_383 },
  },
]

describe('planImage', () => {
  test.each(cases)('$name: $plan.do', ({ facts, limits, smaller, plan }) => {
    const made = planImage({ ...photo, ...facts }, { ...mastodon, ...limits }, smaller ?? false)
    const { reason, ...rest } = plan as { reason?: RegExp }
    expect(made).toMatchObject(rest)
    if (reason !== undefined) expect('reason' in made && made.reason).toMatch(reason)
  })

  test('a line one pixel thin is cut short, for it can be no thinner', () => {
    const line = { ...photo, format: 'png' } as const
    const narrow = { ...mastodon, imagePixels: 1000 }
    const lying = planImage({ ...line, width: 60_000, height: 1 }, narrow, false)
    const standing = planImage({ ...line, width: 1, height: 60_000 }, narrow, false)
    expect(lying).toMatchObject({ width: 1000, height: 1 })
    expect(standing).toMatchObject({ width: 1, height: 1000 })
  })

  test('a server that does not say what it takes is sent what all take, and AVIF and HEIC not', () => {
    const types = (['jpeg', 'png', 'gif', 'webp', 'avif', 'heic'] as const).map((format) =>
      mimeTypeFor(format, defaultLimits),
    )
    expect(types).toEqual(['image/jpeg', 'image/png', 'image/gif', 'image/webp', undefined, undefined])
  })

  test.each([
    [60_000, 4_400],
    [40_000_000 / 3, 3],
    [9_000, 9_000],
    [1, 200_000_000],
  ])('%d x %d shrinks within the pixels, in its shape', (wide, high) => {
    const [width, height] = [Math.floor(wide), high]
    const plan = planImage({ ...photo, format: 'png', width, height }, mastodon, false) as EncodePlan
    expect(plan.width * plan.height).toBeLessThanOrEqual(8_294_400)
    expect(Math.min(plan.width, plan.height)).toBeGreaterThanOrEqual(1)
  })
})

/** How a byte limit is fought: what the encodings would weigh, and what is tried. */
const plan: EncodePlan = {
  do: 're-encode',
  formats: ['jpeg'],
  animated: false,
  width: 2000,
  height: 1000,
  bytes: 1_000_000,
  reason: '',
}

function search(from: EncodePlan, weigh: (encode: Encode) => number): readonly Encode[] {
  const tried: { encode: Encode; bytes: number }[] = []
  for (let encode = nextEncode(from, tried); encode !== undefined; encode = nextEncode(from, tried)) {
    tried.push({ encode, bytes: Math.round(weigh(encode)) })
    if ((tried.at(-1)?.bytes ?? 0) <= from.bytes) break
  }
  return tried.map(({ encode }) => encode)
}
const perPixel =
  (bytes: number) =>
  ({ width, height, quality }: Encode): number =>
    width * height * bytes * (quality > 90 ? 1 : 0.5)

describe('nextEncode', () => {
  test.each([
    ['it fits at once', plan, perPixel(0.4), ['jpeg 2000x1000 q92']],
    ['lower quality is enough', plan, perPixel(0.8), ['jpeg 2000x1000 q92', 'jpeg 2000x1000 q80']],
    ['far too large: both at once', plan, perPixel(4), ['jpeg 2000x1000 q92', 'jpeg 950x475 q80']],
    [
      'lossless first',
      { ...plan, formats: ['png', 'webp'] },
      ({ format }: Encode) => (format === 'png' ? 2e6 : 5e5),
      ['png 2000x1000 q92', 'webp 2000x1000 q92'],
    ],
    [
      'a GIF has no quality to give',
      { ...plan, formats: ['gif'] },
      perPixel(1),
      ['gif 2000x1000 q92', 'gif 1343x671 q92'],
    ],
  ] as const)('%s', (_, from, weigh, steps) => {
    const made = search(from, weigh).map((e) => `${e.format} ${e.width}x${e.height} q${e.quality}`)
    expect(made).toEqual(steps)
  })

  test('it ends, though nothing ever fits', () => {
    expect(search(plan, () => 1_000_001)).toHaveLength(maxEncodes)
    expect(search({ ...plan, width: 1, height: 1 }, () => 1_000_001)).toHaveLength(1)
  })
})

const sized = (width: number, height: number, more: Partial<ImageVariant> = {}): ImageVariant => ({
  url: `https://64.media.tumblr.com/s${width}x${height}/a.jpg`,
  width,
  height,
  ...more,
})
const gif = { type: 'image/gif' }

describe('rankVariants', () => {
  test.each([
    [
      'the largest first',
      [
        [640, 960],
        [1280, 1920],
        [100, 200],
      ],
      {},
      [1280, 640, 100],
    ],
    [
      'not needlessly large',
      [
        [6000, 9000],
        [4000, 6000],
        [1280, 1920],
      ],
      {},
      [4000, 6000, 1280],
    ],
    [
      'exactly what is kept',
      [
        [7680, 4320],
        [3840, 2160],
        [1280, 720],
      ],
      {},
      [3840, 7680, 1280],
    ],
    [
      'a GIF within its limit',
      [
        [1280, 1280],
        [2048, 2048],
        [640, 640],
        [500, 500],
      ],
      gif,
      [640, 500, 1280, 2048],
    ],
    [
      'a GIF at its limit',
      [
        [961, 961],
        [960, 960],
      ],
      gif,
      [960, 961],
    ],
    [
      'unknown sizes last, in their order',
      [
        [0, 1],
        [500, 500],
        [0, 2],
      ],
      {},
      [500, 0, 0],
    ],
    [
      'unknown sizes last, for GIF too',
      [
        [0, 1],
        [1280, 1280],
        [500, 500],
      ],
      gif,
      [500, 1280, 0],
    ],
  ] as const)('%s', (_, sizes, more, widths) => {
    const variants = sizes.map(([width, height]) => sized(width, height, more))
    expect(rankVariants(variants, mastodon).map((variant) => variant.width)).toEqual(widths)
  })

  test('a GIF is known by its name where no type is given', () => {
    const named = (side: number): ImageVariant => sized(side, side, { url: `https://x.test/${side}.gifv` })
    expect(rankVariants([named(1280), named(640)], mastodon).map(({ width }) => width)).toEqual([640, 1280])
  })

  test('what stands in for a larger one has at least half its width', () => {
    const larger = sized(1000, 1000)
    const sides = [1000, 999, 500, 499, 0]
    expect(sides.filter((side) => standsInFor(sized(side, side), larger))).toEqual([999, 500])
  })
})

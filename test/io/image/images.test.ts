import { crc32 } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { ServiceError } from '../../../src/core/failure/failure.ts'
import { defaultLimits, type Limits } from '../../../src/core/server/limits.ts'
import { createImages } from '../../../src/io/image/images.ts'
import { animation, colourAt, grain, heic, london, plain } from '../../support/pictures.ts'

const images = createImages()
const limits: Limits = {
  ...defaultLimits,
  mimeTypes: ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif', 'image/heic'],
}
const withLimits = (more: Partial<Limits>): Limits => ({ ...limits, ...more })
const noAvif = withLimits({ mimeTypes: ['image/jpeg', 'image/png', 'image/gif', 'image/webp'] })

async function fit(bytes: Uint8Array, within: Limits = limits) {
  const fitted = await images.fitImage(bytes, within, false)
  if (fitted === undefined) throw new Error('expected an image')
  return { ...fitted, header: await sharp(fitted.bytes).metadata() }
}

/** `permanent`: whether no later try can succeed. */
async function refusal(
  bytes: Uint8Array,
  within: Limits = limits,
  { permanent = true, timeLeft }: { readonly permanent?: boolean; readonly timeLeft?: () => number } = {},
): Promise<string> {
  const error = await images.fitImage(bytes, within, false, timeLeft).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ServiceError)) throw new Error(`expected a ServiceError but received ${error}`)
  expect(error.facts).toMatchObject({ service: 'the image', answer: 'other' })
  expect(error.facts.permanent).toBe(permanent || undefined)
  return error.message
}

/** Whether a colour came out as it was meant, but for the losses of compression. */
const near = (made: readonly number[], meant: readonly number[], by = 8): void => {
  for (const [i, value] of meant.entries()) expect(Math.abs((made[i] ?? -1) - value)).toBeLessThanOrEqual(by)
}

describe('a legal image goes through byte for byte', () => {
  const pictures: Readonly<Record<string, () => Promise<Buffer>>> = {
    'image/jpeg': async () => (await grain(300, 200)).jpeg().toBuffer(),
    'image/png': () => plain(30, 20, { r: 1, g: 2, b: 3, alpha: 0.5 }).png().toBuffer(),
    'image/webp': () => plain(30, 20).webp().toBuffer(),
    'image/avif': () => plain(30, 20).avif().toBuffer(),
    'image/gif': async () => (await animation(3, 64)).gif().toBuffer(),
    'image/heic': async () => heic(4032, 3024),
  }
  test.each(Object.entries(pictures))('%s', async (mimeType, make) => {
    const bytes = await make()
    const fitted = await images.fitImage(bytes, limits, true)
    expect(fitted).toMatchObject({ mimeType, change: 'kept' })
    expect(Buffer.compare(fitted?.bytes ?? Buffer.alloc(0), bytes)).toBe(0)
  })

  test('upright is what counts, turned or not', async () => {
    const bytes = await plain(40, 20).withExif({}).withMetadata({ orientation: 6 }).jpeg().toBuffer()
    expect(await fit(bytes)).toMatchObject({ change: 'kept', width: 20, height: 40 })
  })
})

describe('metadata that tells a place', () => {
  const formats = ['jpeg', 'png', 'webp'] as const
  test.each(formats)('%s is encoded anew without it, in its own format', async (format) => {
    const bytes = await plain(60, 40).withExif(london).toFormat(format).toBuffer()
    const { header, change, before } = await fit(bytes)
    expect(change).toBe('re-encoded')
    expect(before).toEqual({ bytes: bytes.length, width: 60, height: 40, format })
    expect(header).toMatchObject({ format, width: 60, height: 40 })
    expect([header.exif, header.xmp]).toEqual([undefined, undefined])
  })

  test('so is AVIF, as JPEG', async () => {
    const bytes = await plain(60, 40).withExif(london).avif().toBuffer()
    expect((await fit(bytes)).header).toMatchObject({ format: 'jpeg', width: 60, height: 40 })
  })

  const xmp = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><exif:GPSLatitude>51,30N</exif:GPSLatitude></x:xmpmeta>'
  test.each(['jpeg', 'png', 'webp'] as const)('XMP in %s', async (format) => {
    const bytes = await plain(60, 40).withXmp(xmp).toFormat(format).toBuffer()
    const { change, bytes: made } = await fit(bytes)
    expect(change).toBe('re-encoded')
    expect(Buffer.from(made).includes('GPSLatitude')).toBe(false)
  })

  test('XMP in a GIF, whose animation stays', async () => {
    const bytes = await (await animation(3, 64)).gif().toBuffer()
    const extension = Buffer.from(
      `!\xff\x0bXMP DataXMP\x28GPSLatitude 51,30N, GPSLongitude 0,7W\x00\0\0\0`,
      'latin1',
    )
    const block = Buffer.concat([extension.subarray(0, 14), Buffer.from([43]), Buffer.alloc(44)])
    block.write('GPSLatitude 51,30N', 15, 'latin1')
    const end = bytes.length - 1
    const told = Buffer.concat([bytes.subarray(0, end), block, bytes.subarray(end)])
    const { change, header, bytes: made } = await fit(told)
    expect([change, header.format, header.pages]).toEqual(['re-encoded', 'gif', 3])
    expect(Buffer.from(made).includes('GPSLatitude')).toBe(false)
  })

  test('HEIC is refused, for it cannot be taken out', async () => {
    const { exif } = await sharp(await plain(9, 9).withExif(london).jpeg().toBuffer()).metadata()
    expect(await refusal(heic(4032, 3024, exif))).toMatch(/tells a place, and HEIC cannot be decoded here/)
  })

  test('other metadata stays: the bytes are kept', async () => {
    const bytes = await plain(60, 40)
      .withExif({ IFD0: { Make: 'Camera' }, IFD3: { GPSVersionID: '2 3 0 0' } })
      .jpeg()
      .toBuffer()
    expect((await fit(bytes)).change).toBe('kept')
  })
})

describe('turned upright', () => {
  /** Red left of blue, 60x40, as it should be seen. */
  const upright = async (): Promise<Buffer> =>
    plain(60, 40, { r: 0, g: 0, b: 255 })
      .composite([{ input: await plain(30, 40, { r: 255, g: 0, b: 0 }).png().toBuffer(), left: 0, top: 0 }])
      .png()
      .toBuffer()
  /** How a camera must have stored it, that the orientation brings it back. */
  const stored: Readonly<Record<number, (image: Sharp) => Sharp>> = {
    1: (image) => image,
    2: (image) => image.flop(),
    3: (image) => image.rotate(180),
    6: (image) => image.rotate(-90),
    8: (image) => image.rotate(90),
  }
  test.each(Object.entries(stored))('orientation %s', async (orientation, turn) => {
    const turned = sharp(
      await turn(sharp(await upright()))
        .png()
        .toBuffer(),
    )
    const bytes = await turned
      .withMetadata({ orientation: Number(orientation) })
      .withExifMerge(london)
      .jpeg({ quality: 95 })
      .toBuffer()
    expect((await sharp(bytes).metadata()).orientation).toBe(Number(orientation))
    const { bytes: made, width, height, header, change } = await fit(bytes, withLimits({ imagePixels: 600 }))
    expect([width, height, header.width, header.height, change]).toEqual([30, 20, 30, 20, 'shrunk'])
    expect(header.orientation).toBeUndefined()
    near(await colourAt(made, 5, 10), [254, 0, 0])
    near(await colourAt(made, 25, 10), [0, 0, 254])
  })
})

describe('colours', () => {
  const brick = [200, 40, 60]
  test('wide gamut', async () => {
    const bytes = await plain(64, 64).withIccProfile('p3').withExif(london).jpeg({ quality: 95 }).toBuffer()
    const { exif, hasProfile } = await sharp(bytes).metadata()
    expect([exif !== undefined, hasProfile]).toEqual([true, true])
    near([...(await sharp(bytes, { ignoreIcc: true }).raw().toBuffer())].slice(0, 3), [183, 56, 63], 3)
    near(await colourAt((await fit(bytes)).bytes, 30, 30), brick)
  })

  test('CMYK', async () => {
    const bytes = await plain(64, 64).toColourspace('cmyk').withExif(london).jpeg({ quality: 95 }).toBuffer()
    expect((await sharp(bytes).metadata()).space).toBe('cmyk')
    const { bytes: made, header } = await fit(bytes)
    expect(header.space).toBe('srgb')
    near(await colourAt(made, 30, 30), brick, 20) // What paper cannot show is lost on the way there.
  })

  test.each(['png', 'jpeg'] as const)('16 bits, as %s', async (as) => {
    const samples = Uint16Array.from({ length: 64 * 64 * 3 }, (_, i) => (brick[i % 3] ?? 0) * 257)
    const deep = sharp(samples, { raw: { width: 64, height: 64, channels: 3 } }).toColourspace('rgb16')
    const bytes = await deep.withExif(london).png().toBuffer()
    expect((await sharp(bytes).metadata()).depth).toBe('ushort')
    const { bytes: made, header } = await fit(bytes, withLimits({ mimeTypes: [`image/${as}`] }))
    expect(header.format).toBe(as)
    near(await colourAt(made, 30, 30), brick, 4)
  })

  test('greyscale', async () => {
    const bytes = await plain(64, 64, { r: 90, g: 90, b: 90 }).greyscale().withExif(london).jpeg().toBuffer()
    near(await colourAt((await fit(bytes)).bytes, 30, 30), [90])
  })

  test('AVIF where it is not taken', async () => {
    const bytes = await plain(64, 64).avif({ quality: 90 }).toBuffer()
    const { bytes: made, mimeType } = await fit(bytes, noAvif)
    expect(mimeType).toBe('image/jpeg')
    near(await colourAt(made, 30, 30), brick)
  })

  test('what is see-through stays so in AVIF become WebP, and lies on white in JPEG', async () => {
    const bytes = await plain(64, 64, { r: 0, g: 0, b: 0, alpha: 0 }).avif().toBuffer()
    expect((await fit(bytes, noAvif)).header).toMatchObject({ format: 'webp', hasAlpha: true })
    const { bytes: made, header } = await fit(bytes, withLimits({ mimeTypes: ['image/jpeg'] }))
    expect(header.format).toBe('jpeg')
    near(await colourAt(made, 30, 30), [255, 255, 255])
  })
})

describe('limits', () => {
  let noisy: Buffer
  beforeAll(async () => {
    noisy = await (await grain(900, 600)).png().toBuffer()
  })

  test('pixels: shrunk to the limit, not further', async () => {
    const { width, height, header } = await fit(noisy, withLimits({ imagePixels: 240_000 }))
    expect([width, height, header.width, header.height, header.format]).toEqual([600, 400, 600, 400, 'png'])
  })

  test('bytes: a PNG becomes a JPEG of the same size', async () => {
    const imageBytes = Math.floor(noisy.length / 2)
    const { bytes, width, header, change, mimeType } = await fit(noisy, withLimits({ imageBytes }))
    expect([width, header.format, change, mimeType]).toEqual([900, 'jpeg', 're-encoded', 'image/jpeg'])
    expect(bytes.length).toBeLessThanOrEqual(imageBytes)
  })

  test('bytes: a see-through PNG becomes a WebP that is still see-through', async () => {
    const clear = await sharp(noisy).ensureAlpha(0.5).png().toBuffer()
    const { bytes, header } = await fit(clear, withLimits({ imageBytes: 300_000 }))
    expect(header).toMatchObject({ format: 'webp', hasAlpha: true })
    expect(bytes.length).toBeLessThanOrEqual(300_000)
  })

  test.each([200_000, 60_000, 20_000, 5_000])('bytes: within %d, and not far below', async (imageBytes) => {
    const { bytes } = await fit(noisy, withLimits({ imageBytes }))
    expect(bytes.length).toBeLessThanOrEqual(imageBytes)
    expect(bytes.length).toBeGreaterThan(imageBytes * 0.4)
  })

  test('bytes: refused with what was tried where nothing fits', async () => {
    expect(await refusal(noisy, withLimits({ imageBytes: 100 }))).toMatch(
      /within 100 bytes \(tried: \d+(, \d+)+\)/,
    )
  })
})

describe('GIF', () => {
  test('over its limit the animation is shrunk, moves as before, and lasts as long', async () => {
    const bytes = await (await animation(4, 1200, 800)).gif({ delay: [80, 90, 100, 110], loop: 3 }).toBuffer()
    const { header, width, height, change } = await fit(bytes)
    expect([width, height, change]).toEqual([1175, 783, 'shrunk'])
    expect(header).toMatchObject({
      format: 'gif',
      pages: 4,
      height: 783,
      delay: [80, 90, 100, 110],
      loop: 3,
    })
    expect(await images.fitImage(bytes, limits, true)).toBeUndefined()
  })

  test('over the byte limit it is shrunk too', async () => {
    const frames = await Promise.all([1, 2].map(async () => (await grain(200, 200)).png().toBuffer()))
    const bytes = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer()
    const { bytes: made, header } = await fit(bytes, withLimits({ imageBytes: 30_000 }))
    expect(made.length).toBeLessThanOrEqual(30_000)
    expect(header).toMatchObject({ format: 'gif', pages: 2 })
  })

  test('a still one over its limit becomes PNG in full size', async () => {
    const bytes = await plain(1200, 800).gif().toBuffer()
    const { header, change, mimeType } = await fit(bytes)
    expect(header).toMatchObject({ format: 'png', width: 1200, height: 800 })
    expect([change, mimeType]).toEqual(['re-encoded', 'image/png'])
  })

  test('an animated WebP becomes one', async () => {
    const bytes = await (await animation(3, 64)).webp({ delay: [70, 80, 90] }).toBuffer()
    const { header, mimeType } = await fit(bytes)
    expect(header).toMatchObject({ format: 'gif', pages: 3, width: 64, height: 64, delay: [70, 80, 90] })
    expect(mimeType).toBe('image/gif')
  })
})

describe('refused, with the reason', () => {
  const perhapsLater = { permanent: false }
  const formats = ['jpeg', 'png', 'webp', 'avif', 'gif'] as const
  test.each(formats)('a truncated %s', async (format) => {
    const bytes = await (await grain(200, 150)).toFormat(format).toBuffer()
    for (const share of [0.3, 0.6, 0.95])
      expect(await refusal(bytes.subarray(0, bytes.length * share), limits, perhapsLater)).toMatch(
        /truncated/,
      )
  })

  test('a truncated progressive JPEG', async () => {
    const bytes = await (await grain(400, 300)).jpeg({ progressive: true }).toBuffer()
    expect(await refusal(bytes.subarray(0, bytes.length * 0.9), limits, perhapsLater)).toMatch(/truncated/)
  })

  test('a truncated animation, in its last frame', async () => {
    const bytes = await (await animation(3, 64)).gif().toBuffer()
    expect(await refusal(bytes.subarray(0, bytes.length - 8), limits, perhapsLater)).toMatch(/truncated/)
  })

  test('a truncated JPEG that would have to be shrunk', async () => {
    const bytes = await (await grain(400, 300)).jpeg().toBuffer()
    const less = withLimits({ imagePixels: 999 })
    expect(await refusal(bytes.subarray(0, bytes.length * 0.9), less, perhapsLater)).toMatch(/truncated/)
  })

  test('a page, an SVG, nothing', async () => {
    const page = Buffer.from('<!doctype html><title>Tumblr</title>')
    expect(await refusal(page, limits, perhapsLater)).toMatch(/an HTML or XML page/)
    expect(await refusal(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'))).toMatch(/something else/)
    expect(await refusal(Buffer.alloc(0), limits, perhapsLater)).toMatch(/empty/)
  })

  test('what has no readable header', async () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(2000, 1)])
    expect(await refusal(bytes)).toMatch(/truncated or broken/)
  })

  test('what cannot be fitted in the time that is left', async () => {
    const bytes = await (await grain(200, 150)).png().toBuffer()
    for (const within of [limits, withLimits({ imagePixels: 999 })])
      expect(await refusal(bytes, within, { ...perhapsLater, timeLeft: () => 0 })).toMatch(/takes too long/)
  })

  test('a bomb, by its header alone', async () => {
    const small = await plain(16, 16).png().toBuffer()
    const bomb = Buffer.from(small)
    bomb.writeUInt32BE(60_000, 16)
    bomb.writeUInt32BE(60_000, 20)
    bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29)
    expect(await refusal(bomb)).toMatch(/60000x60000 is more than 268402689 pixels/)
  })

  test('HEIC where it is not taken', async () => {
    expect(await refusal(heic(40, 30), noAvif)).toMatch(/does not take HEIC, and HEIC cannot be decoded here/)
  })
})

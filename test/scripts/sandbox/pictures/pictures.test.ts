import sharp from 'sharp'
import { expect, test } from 'vitest'
import { bombSide, pictureFormats } from '../../../../scripts/sandbox/pictures/bytes.ts'
import type {
  MediaObject,
  PictureDraft,
  PictureState,
} from '../../../../scripts/sandbox/pictures/pictures.ts'
import type { Sandbox } from '../../../../scripts/sandbox/sandbox.ts'
import { startWorld } from '../world.ts'

const withPicture = async (
  draft: PictureDraft,
): Promise<{ world: Sandbox; media: readonly [MediaObject, ...MediaObject[]] }> => {
  const world = await startWorld({ content: 'none' })
  return { world, media: world.tumblr.pictures.add(draft) }
}
const read = async (url: string, headers: Record<string, string> = {}): Promise<Uint8Array> =>
  new Uint8Array(await (await fetch(url, { headers })).arrayBuffer())

const magic = { jpeg: 'ffd8ff', png: '89504e47', gif: '47494638', webp: '52494646', avif: '000000' } as const

test.each(pictureFormats)(
  '%s: the bytes are what the type says, at the pixels that are told',
  async (format) => {
    const { media } = await withPicture({ width: 700, height: 500, format })
    const sizes = [media[0], media.at(-1) ?? media[0]]
    for (const { url, width, height, type } of sizes) {
      const answer = await fetch(url)
      expect(answer.headers.get('content-type')).toBe(type)
      const bytes = new Uint8Array(await answer.arrayBuffer())
      expect(Buffer.from(bytes).toString('hex')).toMatch(new RegExp(`^${magic[format]}`))
      const facts = await sharp(bytes).metadata()
      expect([facts.width, facts.height]).toEqual([width, height])
      expect(facts.pages ?? 1).toBe(format === 'gif' ? 8 : 1)
    }
  },
)

test.each([
  ['a large one is cut down to the largest box', 4000, 3000, ['s2048x3072', 2048, 1536, undefined], 9],
  ['one that fits is served whole', 1185, 1080, ['s1280x1920', 1185, 1080, true], 8],
  ['a small one is not enlarged', 412, 506, ['s500x750', 412, 506, true], 5],
  ['a tiny one has its one size and the square', 60, 60, ['s100x200', 60, 60, true], 2],
] as const)('the ladder: %s', async (_, width, height, [box, w, h, original], count) => {
  const { media } = await withPicture({ width, height })
  expect(media[0]).toMatchObject({ width: w, height: h })
  expect(media[0].url).toContain(`/${box}/`)
  expect(media[0].has_original_dimensions).toBe(original)
  expect(media).toHaveLength(count)
  expect(media.at(-1)).toMatchObject({ width: 75, height: 75, cropped: true })
  const widths = media.map((one) => one.width)
  expect(widths.slice(0, -1)).toEqual(widths.slice(0, -1).sort((a, b) => b - a))
})

test('the same seed is the same picture, byte for byte; another is another', async () => {
  const world = await startWorld({ content: 'none' })
  const shown = (seed: string): Promise<Uint8Array> =>
    read(world.tumblr.pictures.add({ seed, width: 200, height: 100 })[0].url)
  expect(await shown('hill')).toEqual(await shown('hill'))
  expect(await shown('dale')).not.toEqual(await shown('hill'))
})

test('no size can be had by rewriting the address of another', async () => {
  const { media } = await withPicture({ width: 700, height: 500 })
  expect((await fetch(media[0].url.replace('s1280x1920', 's640x960'))).status).toBe(404)
})

test.each([
  ['text/html,*/*;q=0.8', undefined, 200, 'text/html; charset=utf-8'],
  ['image/png,image/jpeg', undefined, 200, 'image/jpeg'],
  ['*/*', 'https://elsewhere.example/page', 403, 'application/xml'],
  ['*/*', 'https://faketumblr.com/', 403, 'application/xml'],
  ['*/*', 'https://art.tumblr.com/', 200, 'image/jpeg'],
])('Accept %s, Referer %s: %i %s', async (accept, referer, status, type) => {
  const { media } = await withPicture({ width: 100, height: 100 })
  // `fetch` forbids no header in Node.
  const answer = await fetch(media[0].url, { headers: { accept, ...(referer && { referer }) } })
  expect([answer.status, answer.headers.get('content-type')]).toEqual([status, type])
})

test.each([
  ['missing', 404],
  ['forbidden', 403],
  ['broken', 500],
  ['page', 200],
] as const)('a picture can be %s from the start, or later', async (state: PictureState, status) => {
  const { world, media } = await withPicture({ width: 100, height: 100, state })
  expect((await fetch(media[0].url)).status).toBe(status)
  const [later] = world.tumblr.pictures.add({ width: 100, height: 100 })
  world.tumblr.pictures.spoil(later.url, state)
  const answer = await fetch(later.url)
  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-type')).not.toMatch(/^image/)
  world.tumblr.pictures.spoil(later.url, 'fine')
  expect((await fetch(later.url)).headers.get('content-type')).toBe('image/jpeg')
})

test('a truncated picture tells its size and cannot be decoded', async () => {
  const { media } = await withPicture({ width: 600, height: 400, state: 'truncated' })
  const bytes = await read(media[0].url)
  expect((await sharp(bytes).metadata()).width).toBe(600)
  await expect(sharp(bytes, { failOn: 'truncated' }).raw().toBuffer()).rejects.toThrow()
})

test('the bomb is a small PNG of 900 megapixels', async () => {
  const { media } = await withPicture({ width: 600, height: 400, format: 'png', state: 'bomb' })
  const bytes = await read(media[0].url)
  expect(bytes.length).toBeLessThan(1_000_000)
  const facts = await sharp(bytes, { limitInputPixels: false }).metadata()
  expect([facts.format, facts.width, facts.height]).toEqual(['png', bombSide, bombSide])
})

test.each([1, 2, 3, 4, 5, 6, 7, 8] as const)(
  'orientation %i: stored so that it is seen upright',
  async (orientation) => {
    const upright = { seed: 'up', width: 320, height: 200, format: 'png' } as const
    const { world, media } = await withPicture(upright)
    const turned = world.tumblr.pictures.add({ ...upright, orientation })
    const bytes = await read(turned[0].url)
    expect((await sharp(bytes).metadata()).orientation ?? 1).toBe(orientation)
    const seen = await sharp(bytes).autoOrient().raw().toBuffer()
    expect(
      seen.equals(
        await sharp(await read(media[0].url))
          .raw()
          .toBuffer(),
      ),
    ).toBe(true)
  },
)

test('a picture can tell a place', async () => {
  const { world, media } = await withPicture({ width: 100, height: 100, gps: true, orientation: 6 })
  const { exif, orientation } = await sharp(await read(media[0].url)).metadata()
  expect(orientation).toBe(6)
  // The pointer to the GPS fields: 0x8825.
  expect(exif?.includes(Buffer.from([0x25, 0x88])) || exif?.includes(Buffer.from([0x88, 0x25]))).toBe(true)
  const [plain] = world.tumblr.pictures.add({ width: 100, height: 100 })
  expect((await sharp(await read(plain.url)).metadata()).exif).toBeUndefined()
})

test.each(pictureFormats)('%s can be as heavy as wanted, and stays sound', async (format) => {
  const { media } = await withPicture({ width: 300, height: 200, format, bytes: 900_000 })
  const bytes = await read(media[0].url)
  expect(bytes.length).toBeGreaterThanOrEqual(900_000)
  // What stands in an ISO file has to stand in a box.
  expect(Buffer.from(bytes).includes('free')).toBe(format === 'avif')
  expect(
    (await sharp(bytes, { failOn: 'warning' }).raw().toBuffer({ resolveWithObject: true })).info.width,
  ).toBe(300)
})

test('grain is hard to compress', async () => {
  const { world, media } = await withPicture({ width: 400, height: 300, format: 'png', grain: true })
  const [smooth] = world.tumblr.pictures.add({ width: 400, height: 300, format: 'png' })
  expect((await read(media[0].url)).length).toBeGreaterThan(2 * (await read(smooth.url)).length)
})

test('names and types may lie; very own bytes may be served', async () => {
  const { world, media } = await withPicture({ width: 90, height: 90, extension: 'png', type: 'image/png' })
  expect(media[0]).toMatchObject({ type: 'image/png', url: expect.stringMatching(/\.png$/) })
  expect((await sharp(await read(media[0].url)).metadata()).format).toBe('jpeg')
  const [own] = world.tumblr.pictures.add({ width: 90, height: 90, served: Uint8Array.of(1, 2, 3) })
  expect(await read(own.url)).toEqual(Uint8Array.of(1, 2, 3))
  expect(await world.tumblr.pictures.bytes(own.url)).toEqual(Uint8Array.of(1, 2, 3))
})

test('the host needs no key and counts as pictures', async () => {
  const { world, media } = await withPicture({ width: 90, height: 90 })
  await read(media[0].url)
  expect(world.switchboard.calls).toMatchObject([{ service: 'pictures', name: 'picture', status: 200 }])
})

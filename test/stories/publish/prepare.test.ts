import { afterEach, describe, expect, test } from 'vitest'
import { ServiceError } from '../../../src/core/failure/failure.ts'
import type { ImageVariant } from '../../../src/core/post/post.ts'
import { defaultLimits, type Limits } from '../../../src/core/server/limits.ts'
import { createImages } from '../../../src/io/image/images.ts'
import { createImageSource } from '../../../src/io/image/source.ts'
import { prepareImage } from '../../../src/stories/publish/prepare.ts'
import { type Answering, answeringServer, answerPage } from '../../support/answering-server.ts'
import { animation, grain } from '../../support/pictures.ts'

let server: Answering | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

/** Made once: what each address of the host holds. A number is a status. */
const jpeg = async (width: number): Promise<Buffer> => (await grain(width, width)).jpeg().toBuffer()
const gif = async (width: number): Promise<Buffer> => (await animation(2, width)).gif().toBuffer()
type Held = Buffer | number | 'silence'

/** The same where a smaller variant may stand in for one that fails. */
const settleFor = (held: Readonly<Record<number, Held>>) => prepare(held, {}, 'image/jpeg', true)

/** Prepares an image whose variants, by width, are held as said; tells which widths were asked for. */
async function prepare(
  held: Readonly<Record<number, Held>>,
  limits: Partial<Limits> = {},
  type = 'image/jpeg',
  settle = false,
) {
  const host = await answeringServer(({ path }, response) => {
    const found = held[Number(path.slice(1))]
    if (found === 'silence') response.destroy()
    else if (typeof found === 'number') answerPage(response, found)
    else response.writeHead(200, { 'content-type': type }).end(found)
  })
  server = host
  const variants = Object.keys(held).map((width) => ({
    url: `${host.origin}/${width}`,
    type,
    width: Number(width),
    height: Number(width),
  }))
  const [first, ...others] = variants as [ImageVariant, ...ImageVariant[]]
  const source = createImageSource({ apiUrl: host.origin })
  const outcome = await prepareImage(
    { variants: [first, ...others] },
    { ...defaultLimits, ...limits },
    source,
    createImages(),
    { settle },
  ).then(
    ({ url, width, change }) => ({ took: Number(new URL(url).pathname.slice(1)), width, change }),
    (error: unknown) => {
      if (!(error instanceof ServiceError)) throw error
      const { service, status, answer, permanent } = error.facts
      return { service, status, answer, ...(permanent && { permanent }) }
    },
  )
  return { ...outcome, asked: host.received.map(({ path }) => Number(path.slice(1))) }
}

const small = await jpeg(90)
const torn = small.subarray(0, small.length * 0.7)
/** No image, for ever. */
const nothing = Buffer.alloc(600, 'no image ')

describe('a photograph', () => {
  test('its largest variant is one request', async () => {
    expect(await prepare({ 60: small, 90: small, 30: small })).toEqual({
      took: 90,
      width: 90,
      change: 'kept',
      asked: [90],
    })
  })

  test.each([404, 403, 410, 500, 502, 503])(
    'a best variant that answers %d is waited for, and gives way to the next smaller only where that is allowed',
    async (status) => {
      const held = { 90: status, 60: small, 30: small }
      expect(await prepare(held)).toEqual({
        service: 'the image host',
        status,
        answer: 'other',
        asked: [90],
      })
      await server?.close()
      expect(await settleFor(held)).toMatchObject({ took: 60, asked: [90, 60] })
    },
  )

  test('so is a torn one', async () => {
    expect(await prepare({ 90: torn, 60: small })).toMatchObject({ service: 'the image', asked: [90] })
    await server?.close()
    expect(await settleFor({ 90: torn, 60: small })).toMatchObject({ took: 60, asked: [90, 60] })
  })

  test('and one that is a page', async () => {
    const held = { 90: Buffer.from('<html>'), 60: small }
    expect(await prepare(held)).toMatchObject({ service: 'the image host', asked: [90] })
    await server?.close()
    expect(await settleFor(held)).toMatchObject({ took: 60, asked: [90, 60] })
  })

  test('one that can never be had gives way at once', async () => {
    const taken = { took: 60, asked: [90, 60] }
    expect(await prepare({ 90: nothing, 60: small })).toMatchObject(taken)
  })

  test('after it the next one is waited for as the best was', async () => {
    expect(await prepare({ 90: nothing, 60: 503, 30: small })).toMatchObject({ status: 503, asked: [90, 60] })
  })

  test('at most four are tried, and the first failure is told', async () => {
    expect(await settleFor({ 90: 403, 80: 404, 70: 500, 60: 410, 50: small })).toEqual({
      service: 'the image host',
      status: 403,
      answer: 'other',
      asked: [90, 80, 70, 60],
    })
    await server?.close()
    expect(await settleFor({ 90: torn, 80: 404 })).toMatchObject({ service: 'the image', asked: [90, 80] })
  })

  test('the failure is permanent only where that of every variant is', async () => {
    expect(await prepare({ 90: nothing, 60: nothing })).toEqual({
      service: 'the image',
      status: undefined,
      answer: 'other',
      permanent: true,
      asked: [90, 60],
    })
    await server?.close()
    expect(await settleFor({ 90: nothing, 60: 404 })).toEqual({
      service: 'the image host',
      status: 404,
      answer: 'other',
      asked: [90, 60],
    })
  })

  test('a host that says nothing is not asked again', async () => {
    expect(await settleFor({ 90: 404, 80: 'silence', 70: small })).toEqual({
      service: 'the image host',
      status: undefined,
      answer: 'nothing',
      asked: [90, 80],
    })
  })

  test('nor is one that asks for patience', async () => {
    expect(await settleFor({ 90: 429, 80: small })).toMatchObject({ status: 429, asked: [90] })
  })

  test('one that is too large is shrunk rather than replaced', async () => {
    expect(await prepare({ 90: small, 60: small }, { imagePixels: 4900 })).toEqual({
      took: 90,
      width: 70,
      change: 'shrunk',
      asked: [90],
    })
  })
})

describe('an animated GIF', () => {
  test('within the GIF limit comes first, and is kept', async () => {
    const held = { 1000: await gif(1000), 640: await gif(640), 500: await gif(500) }
    expect(await prepare(held, {}, 'image/gif')).toEqual({
      took: 640,
      width: 640,
      change: 'kept',
      asked: [640],
    })
  })

  test('too many bytes: the next smaller one', async () => {
    const [large, fits] = [await gif(640), await gif(500)]
    const limits = { imageBytes: large.length - 1 }
    expect(fits.length).toBeLessThan(large.length)
    expect(await prepare({ 640: large, 500: fits }, limits, 'image/gif')).toEqual({
      took: 500,
      width: 500,
      change: 'kept',
      asked: [640, 500],
    })
  })

  test('none serves: the largest is encoded anew, from the bytes at hand', async () => {
    const large = await gif(640)
    const held = { 640: large, 500: large, 400: 404, 300: small }
    const made = await prepare(held, { imageBytes: large.length - 1 }, 'image/gif')
    expect(made).toMatchObject({ took: 640, change: 'shrunk', asked: [640, 500, 400] })
  })

  test('the largest, even if the last one could be encoded anew as well', async () => {
    const large = await gif(640)
    const made = await prepare({ 640: large, 500: large }, { imageBytes: large.length - 1 }, 'image/gif')
    expect(made).toMatchObject({ took: 640, change: 'shrunk', asked: [640, 500] })
  })

  test('much smaller ones are not even asked for', async () => {
    const large = await gif(640)
    const held = { 640: large, 250: small, 100: small }
    const made = await prepare(held, { imageBytes: large.length - 1 }, 'image/gif')
    expect(made).toMatchObject({ took: 640, change: 'shrunk', asked: [640] })
  })
})

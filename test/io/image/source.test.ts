import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { ServiceError } from '../../../src/core/failure/failure.ts'
import { createImageSource, type ImageSourceOptions } from '../../../src/io/image/source.ts'
import { type Answer, type Answering, answeringServer, answerPage } from '../../support/answering-server.ts'

const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(2000, 1)])
const gif = Buffer.concat([Buffer.from('GIF89a'), Buffer.alloc(2000, 1)])

const servers: Answering[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function serve(answer: Answer): Promise<Answering> {
  const server = await answeringServer(answer)
  servers.push(server)
  return server
}
const send =
  (bytes: Uint8Array, type = 'image/jpeg'): Answer =>
  (_, response) => {
    response.writeHead(200, { 'content-type': type, 'content-length': bytes.length }).end(bytes)
  }

const fetchFrom = (server: Answering, path = '/a.jpg', more: ImageSourceOptions = {}): Promise<Uint8Array> =>
  createImageSource({ apiUrl: `${server.origin}/v2`, ...more }).fetchImage(server.origin + path)

async function failing(fetching: Promise<unknown>): Promise<ServiceError> {
  const error = await fetching.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ServiceError)) throw new Error(`expected a ServiceError but received ${error}`)
  expect(error.facts.service).toBe('the image host')
  return error
}

test('the bytes come as they are, and are asked for as an image, without a Referer', async () => {
  const server = await serve(send(jpeg))
  expect(Buffer.compare(await fetchFrom(server), jpeg)).toBe(0)
  expect(server.received).toHaveLength(1)
  const { accept, referer, cookie } = server.received[0]?.headers ?? {}
  expect([accept, referer, cookie]).toEqual([
    'image/png,image/jpeg,image/gif,*/*;q=0.1',
    undefined,
    undefined,
  ])
})

test('the bytes decide what an image is, not its type', async () => {
  expect(await fetchFrom(await serve(send(jpeg, 'text/html')))).toHaveLength(jpeg.length)
  expect(await fetchFrom(await serve(send(Buffer.from('new format'), 'image/new')))).toHaveLength(10)
})

describe('addresses', () => {
  test.each([
    'http://64.media.tumblr.com/a.jpg',
    'https://media.tumblr.com/a.jpg',
    'https://evil.example/a.jpg',
    'https://64.media.tumblr.com.evil.example/a.jpg',
    'https://evilmedia.tumblr.com/a.jpg',
    'https://.media.tumblr.com/a.jpg',
    'https://64.media.tumblr.com:8443/a.jpg',
    'https://me:secret@64.media.tumblr.com/a.jpg',
    'https://evil.example/#.media.tumblr.com',
    'https://www.tumblr.com/a.jpg',
    'http://169.254.169.254/latest/meta-data/',
    'http://localhost:1/a.jpg',
    'file:///etc/passwd',
    'data:image/gif;base64,R0lGODlhAQABAAAAACw=',
    '//64.media.tumblr.com/a.jpg',
    'nonsense',
    '',
  ])('%s is never asked', async (url) => {
    const { facts, message } = await failing(
      createImageSource({ apiUrl: 'https://api.tumblr.com' }).fetchImage(url),
    )
    expect(facts).toMatchObject({ answer: 'other', permanent: true })
    expect(facts.status).toBeUndefined()
    expect(message).toMatch(/expected an https address under \.media\.tumblr\.com/)
    expect(message).not.toMatch(/secret/)
  })

  test('one on the sandbox is not, where another Tumblr is configured', async () => {
    const [mine, other] = [await serve(send(jpeg)), await serve(send(jpeg))]
    await failing(fetchFrom(other, '/a.jpg', { apiUrl: mine.origin }))
    await failing(createImageSource().fetchImage(`${mine.origin}/a.jpg`))
    expect([mine.received.length, other.received.length]).toEqual([0, 0])
  })
})

describe('redirects', () => {
  const redirecting =
    (locations: Readonly<Record<string, string>>): Answer =>
    (request, response) => {
      const location = locations[request.path]
      if (location === undefined) return send(jpeg)(request, response)
      response.writeHead(302, { location }).end('elsewhere')
    }

  test('three are followed, a fourth is not', async () => {
    const chain = { '/1': '/2', '/2': '3', '/3': '/4', '/0': '/1' }
    const server = await serve(redirecting(chain))
    expect(await fetchFrom(server, '/1')).toHaveLength(jpeg.length)
    expect(server.received.map(({ path }) => path)).toEqual(['/1', '/2', '/3', '/4'])
    const { facts } = await failing(fetchFrom(server, '/0'))
    expect(facts).toMatchObject({ status: 302, answer: 'other', reason: 'more than 3 redirects' })
  })

  test('each is looked at before it is followed', async () => {
    const inside = await serve(send(jpeg))
    const server = await serve(
      redirecting({
        '/in': `${inside.origin}/secret?key=1`,
        '/page': 'https://www.tumblr.com/art/1',
        '/bad': 'http://',
      }),
    )
    const { facts } = await failing(fetchFrom(server, '/in'))
    // Its host may send it elsewhere the next time.
    expect(facts.permanent).toBeUndefined()
    expect(facts).toMatchObject({
      status: 302,
      reason: `expected an https address under .media.tumblr.com but received a redirect to ${inside.origin}`,
    })
    await failing(fetchFrom(server, '/page'))
    await failing(fetchFrom(server, '/bad'))
    expect(inside.received).toHaveLength(0)
  })
})

describe('a GIF that answers 500', () => {
  const stubborn: Answer = (request, response) =>
    request.path.endsWith('.gifv') ? send(gif, 'image/webp')(request, response) : answerPage(response, 500)

  test('is asked for again as gifv, with WebP welcome', async () => {
    const server = await serve(stubborn)
    expect(await fetchFrom(server, '/a.gif')).toHaveLength(gif.length)
    expect(server.received.map(({ path }) => path)).toEqual(['/a.gif', '/a.gifv'])
    expect(server.received[1]?.headers.accept).toMatch(/^image\/webp,/)
  })

  test('any other picture is not', async () => {
    const server = await serve(stubborn)
    expect((await failing(fetchFrom(server, '/a.jpg'))).facts).toMatchObject({ status: 500, answer: 'other' })
    expect(server.received).toHaveLength(1)
  })
})

describe('failures keep their status, and no query', () => {
  test.each([403, 404, 410, 500, 503])('%d', async (status) => {
    const server = await serve((_, response) => answerPage(response, status))
    const { facts, message } = await failing(fetchFrom(server, '/a.jpg?token=secret#secret'))
    expect(facts).toMatchObject({ status, answer: 'other' })
    expect(message).toBe(
      `the image host could not send ${server.origin}/a.jpg: HTTP ${status}, expected the image`,
    )
  })

  test('429 says until when', async () => {
    const server = await serve((_, response) => response.writeHead(429, { 'retry-after': '90' }).end())
    const before = Date.now()
    const { facts } = await failing(fetchFrom(server))
    expect(facts.status).toBe(429)
    expect(facts.retryAt).toBeGreaterThanOrEqual(before + 90_000)
    expect(facts.retryAt).toBeLessThanOrEqual(Date.now() + 90_000)
  })

  test.each(['999999999', '1e999'])('a wait of %s s is not believed', async (wait) => {
    const server = await serve((_, response) => response.writeHead(429, { 'retry-after': wait }).end())
    expect((await failing(fetchFrom(server))).facts.retryAt).toBeUndefined()
  })

  test.each([
    ['a page', '<!DOCTYPE html><html></html>', 'text/html'],
    ['a page that calls itself an image', '<html></html>', 'image/jpeg'],
    ['an error as XML', '<?xml version="1.0"?><Error/>', 'application/xml'],
    ['nothing', '', 'text/plain'],
    ['JSON', '{}', 'application/json'],
  ])('%s is no image', async (_, body, type) => {
    const { facts } = await failing(fetchFrom(await serve(send(Buffer.from(body), type))))
    expect(facts).toMatchObject({ status: 200, answer: 'other' })
    expect(facts.reason).toBe(`expected an image but received ${body.length} bytes of ${type}`)
  })
})

describe('too large', () => {
  const maxBytes = 1_000_000
  const tooLarge = { status: 200, answer: 'other', reason: 'more than 1000000 bytes', permanent: true }

  test('by Content-Length: the body is not read', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': maxBytes + 1 })
      response.write(jpeg) // and never ends
    })
    expect((await failing(fetchFrom(server, '/a.jpg', { maxBytes }))).facts).toMatchObject(tooLarge)
  })

  test('by what comes: reading stops', async () => {
    let sent = 0
    let closed: () => void = () => {}
    const gone = new Promise<void>((resolve) => {
      closed = resolve
    })
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'image/jpeg' })
      const more = (): void => {
        while (!response.destroyed && sent < 1e9) {
          sent += jpeg.length
          if (!response.write(jpeg)) return void response.once('drain', more)
        }
      }
      response.on('close', closed)
      more()
    })
    expect((await failing(fetchFrom(server, '/a.jpg', { maxBytes }))).facts).toMatchObject(tooLarge)
    await gone
    expect(sent).toBeLessThan(50_000_000)
  })

  test('once unpacked: a bomb of zeros', async () => {
    const zeros = gzipSync(Buffer.alloc(20_000_000))
    const server = await serve((_, response) =>
      response.writeHead(200, { 'content-type': 'image/png', 'content-encoding': 'gzip' }).end(zeros),
    )
    expect((await failing(fetchFrom(server, '/a.jpg', { maxBytes }))).facts).toMatchObject(tooLarge)
  })

  test('exactly the limit is not', async () => {
    expect(await fetchFrom(await serve(send(jpeg)), '/a.jpg', { maxBytes: jpeg.length })).toHaveLength(
      jpeg.length,
    )
  })
})

describe('no answer', () => {
  const nothing = (_: unknown, response: Parameters<Answer>[1]): void => void response
  const half: Answer = (_, response) => {
    response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': jpeg.length })
    response.write(jpeg.subarray(0, 1000))
  }

  test.each([
    ['no headers', nothing, { headersMs: 50 }, /no headers within 50 ms/],
    ['no end', half, { headersMs: 5000, totalMs: 80 }, /timeout/i],
  ] as const)('%s in time', async (_, answer, deadline, reason) => {
    const { facts } = await failing(fetchFrom(await serve(answer), '/a.jpg', deadline))
    expect(facts.answer).toBe('nothing')
    expect(facts.status).toBeUndefined()
    expect(facts.reason).toMatch(reason)
  })

  test.each([
    ['headers', nothing],
    ['an end', half],
  ] as const)('without %s, no longer than the time that is left', async (_, answer) => {
    const { origin } = await serve(answer)
    const source = createImageSource({ apiUrl: origin })
    expect((await failing(source.fetchImage(`${origin}/a.jpg`, () => 60))).facts.answer).toBe('nothing')
    expect((await failing(source.fetchImage(`${origin}/a.jpg`, () => -1))).facts.answer).toBe('nothing')
  })

  test('a body may take longer than the headers', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'image/jpeg' })
      response.write(jpeg.subarray(0, 1000))
      setTimeout(() => response.end(jpeg.subarray(1000)), 400)
    })
    expect(await fetchFrom(server, '/a.jpg', { headersMs: 200 })).toHaveLength(jpeg.length)
  })

  test('a connection that breaks', async () => {
    const broken = await serve((_, response) => response.destroy())
    expect((await failing(fetchFrom(broken))).facts.answer).toBe('nothing')
    const torn = await serve((request, response) => {
      half(request, response)
      setTimeout(() => response.destroy(), 20)
    })
    expect((await failing(fetchFrom(torn))).facts.answer).toBe('nothing')
  })

  test('nobody listens', async () => {
    const server = await serve(nothing)
    await server.close()
    expect((await failing(fetchFrom(server))).facts).toMatchObject({
      answer: 'nothing',
      reason: expect.stringContaining('ECONNREFUSED'),
    })
  })

  test('the run ends', async () => {
    const run = new AbortController()
    const server = await serve(() => run.abort(new Error('the run is over')))
    const { facts } = await failing(fetchFrom(server, '/a.jpg', { signal: run.signal }))
    expect(facts).toMatchObject({ answer: 'nothing', reason: 'the run is over' })
  })
})

import { once } from 'node:events'
import https from 'node:https'
import { generate } from 'selfsigned'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { judgeFailure, ServiceError } from '../../../src/core/failure/failure.ts'
import type { PostPage } from '../../../src/core/post/post.ts'
import { createTumblr, type TumblrOptions } from '../../../src/io/tumblr/tumblr.ts'
import {
  type Answer,
  type Answering,
  answeringServer,
  answerJson,
  answerPage,
  type Received,
} from '../../support/answering-server.ts'

const KEY = 'the/key+of levity'
const OAUTH = { consumerSecret: 'secret-of-app', token: 'token-of-user', tokenSecret: 'secret-of-user' }
const NOW = Date.UTC(2026, 0, 1)

let server: Answering
let answer: Answer
let tls: { key: string; cert: string }

beforeAll(async () => {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  })
  tls = { key, cert }
  https.globalAgent.options.ca = cert
})
afterAll(() => {
  https.globalAgent.options.ca = undefined
})
beforeEach(async () => {
  server = await answeringServer((request, response) => answer(request, response), tls)
})
afterEach(() => server.close())

const tumblr = (options: Partial<TumblrOptions> = {}) =>
  createTumblr({
    blog: 'art',
    consumerKey: KEY,
    apiUrl: server.origin,
    signal: new AbortController().signal,
    now: () => NOW,
    ...options,
  })

type Made = { readonly id: string; readonly second: number; readonly pinned?: true }

const blog = { name: 'art', url: 'https://art.tumblr.com/', uuid: 't:abc', is_nsfw: false }
const postJson = ({ id, second, pinned }: Made) => ({
  object_type: 'post',
  type: 'blocks',
  original_type: 'photo',
  blog,
  blog_name: 'art',
  id: Number(id),
  id_string: id,
  post_url: `https://art.tumblr.com/post/${id}`,
  timestamp: second,
  state: 'published',
  tags: [],
  content: [],
  layout: [],
  trail: [],
  ...(pinned && { is_pinned: true }),
})

const envelope = (posts: readonly Made[], total = posts.length) => ({
  meta: { status: 200, msg: 'OK' },
  response: { blog, posts: posts.map(postJson), total_posts: total },
})

/** A blog as Tumblr lists it: newest first, `before` exclusive, never with `offset`, a pinned post at the head of the newest page. */
function blogOf(posts: readonly Made[]): Answer {
  const newestFirst = posts.toSorted((a, b) => b.second - a.second || Number(BigInt(b.id) - BigInt(a.id)))
  return ({ query }, response) => {
    if (query.has('before') && query.has('offset'))
      return answerJson(response, 400, { meta: { status: 400, msg: 'Bad Request' } })
    const before = Number(query.get('before') ?? Number.POSITIVE_INFINITY)
    const offset = Number(query.get('offset') ?? 0)
    const listed = newestFirst.filter(({ second }) => second < before).slice(offset, offset + 20)
    const pinned = query.has('before') || offset > 0 ? [] : posts.filter((post) => post.pinned)
    const page = [...pinned, ...listed.filter((post) => !pinned.includes(post))].slice(0, 20)
    answerJson(response, 200, envelope(page, posts.length))
  }
}

const idAt = (n: number): string => String(800_000_000_000_000_000n + BigInt(n))
const posts = (count: number, second: (n: number) => number): readonly Made[] =>
  Array.from({ length: count }, (_, n) => ({ id: idAt(n), second: second(n) }))

async function idsOf(pages: AsyncGenerator<PostPage>): Promise<string[]> {
  const ids: string[] = []
  for await (const page of pages) ids.push(...page.posts.map((post) => post.id))
  return ids
}

async function failureOf(call: Promise<unknown>): Promise<ServiceError> {
  const error = await call.then(
    () => new Error('it did not fail'),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ServiceError)) throw error
  return error
}

const asked = (): Received => {
  const [request] = server.received
  if (request === undefined) throw new Error('nothing was asked')
  return request
}

describe('what is sent', () => {
  test('the newest page: NPF, with reblogs’ origins, of every type, by the key', async () => {
    answer = blogOf(posts(3, (n) => 1000 + n))
    const page = await tumblr().fetchPage()
    expect(asked().path).toBe('/v2/blog/art/posts')
    expect(Object.fromEntries(asked().query)).toEqual({
      npf: 'true',
      reblog_info: 'true',
      limit: '20',
      api_key: KEY,
    })
    expect(page).toMatchObject({
      length: 3,
      totalPosts: 3,
      blog: { name: 'art', uuid: 't:abc', nsfw: false },
    })
    expect(page.posts.map((post) => post.id)).toEqual([idAt(2), idAt(1), idAt(0)])
  })

  test('a signature instead of the key, where the owner’s token is given', async () => {
    answer = blogOf([])
    await tumblr({ oauth: OAUTH }).fetchPage({ before: 1234 })
    expect(asked().query.get('before')).toBe('1234')
    expect(asked().query.has('api_key')).toBe(false)
    expect(asked().headers.authorization).toMatch(/^OAuth .*oauth_token="token-of-user"/)
  })

  test.each([
    ['https://www.tumblr.com/art', '/v2/blog/art/posts'],
    ['pictures.example.com', '/v2/blog/pictures.example.com/posts'],
    ['t:kF7xU0Qx', '/v2/blog/t:kF7xU0Qx/posts'],
  ])('the blog %s is asked for at %s', async (name, path) => {
    answer = blogOf([])
    await tumblr({ blog: name }).fetchPage()
    expect(asked().path).toBe(path)
  })

  test('nothing at all for what is no blog', () => {
    expect(() => tumblr({ blog: '//evil.example' })).toThrow(/Expected the name of a Tumblr blog/)
    expect(server.received).toEqual([])
  })
})

describe('pages', () => {
  test.each([
    ['none', posts(0, () => 0)],
    ['exactly a page', posts(20, (n) => 5000 + n)],
    ['45, a few seconds apart', posts(45, (n) => 5000 + n * 7)],
    ['45, some of which share their second', posts(45, (n) => 5000 + Math.floor(n / 6))],
    ['25 in one second', posts(25, () => 5000)],
    ['25 in one second amid 100 others', posts(125, (n) => (n < 50 ? n : n < 75 ? 5000 : 10_000 + n))],
    ['65 in one second, the first', posts(70, (n) => (n < 5 ? n + 1 : 5000))],
    [
      'a pinned one, the oldest',
      posts(45, (n) => 5000 + n).with(0, { id: idAt(0), second: 5000, pinned: true }),
    ],
    ['a pinned one alone', [{ id: idAt(0), second: 5000, pinned: true as const }]],
  ])('every post once: %s', async (_name, blogPosts) => {
    answer = blogOf(blogPosts)
    const ids = await idsOf(tumblr().fetchPages())
    expect(ids.toSorted()).toEqual(blogPosts.map((post) => post.id).toSorted())
    expect(server.received.length).toBeLessThan(20)
  })

  test('newest first, the pinned one where Tumblr puts it', async () => {
    answer = blogOf([...posts(3, (n) => 5000 + n), { id: idAt(9), second: 1, pinned: true }])
    expect(await idsOf(tumblr().fetchPages())).toEqual([idAt(9), idAt(2), idAt(1), idAt(0)])
  })

  test('only what is asked for: a reader that stops costs no further page', async () => {
    answer = blogOf(posts(45, (n) => 5000 + n))
    for await (const page of tumblr().fetchPages()) {
      expect(page.posts).toHaveLength(20)
      break
    }
    expect(server.received).toHaveLength(1)
  })

  test.each([
    ['a place in the list', 5040, posts(90, (n) => 5000 + n)],
    ['a second of forty posts', 5001, posts(100, (n) => (n < 30 ? 4000 + n : n < 70 ? 5000 : 6000 + n))],
  ])('from %s down', async (_name, before, blogPosts) => {
    answer = blogOf(blogPosts)
    const ids = await idsOf(tumblr().fetchPages({ before }))
    const older = blogPosts.filter((post) => post.second < before).map((post) => post.id)
    expect(ids.toSorted()).toEqual(older.toSorted())
  })

  test('an empty blog is one empty page', async () => {
    answer = blogOf([])
    const pages: PostPage[] = []
    for await (const page of tumblr().fetchPages()) pages.push(page)
    expect(pages).toMatchObject([{ length: 0, posts: [], blog: { name: 'art' } }])
  })

  test('a pinned post amid what cannot be read is no measure of the place', async () => {
    const all = posts(30, (n) => 5000 + n)
    const honest = blogOf(all)
    const pinned = postJson({ id: idAt(0), second: 5000, pinned: true })
    let first = true
    answer = (request, response) => {
      if (!first) return honest(request, response)
      first = false
      const page = [pinned, ...Array.from({ length: 19 }, () => ({ odd: 1 }))]
      answerJson(response, 200, { meta: { status: 200, msg: 'OK' }, response: { blog, posts: page } })
    }
    expect(await idsOf(tumblr().fetchPages())).toHaveLength(30)
  })

  test('an entry that cannot be read counts towards the length and ends nothing', async () => {
    const all = posts(30, (n) => 5000 + n)
    const honest = blogOf(all)
    answer = (request, response) => {
      if (request.query.has('before')) return honest(request, response)
      const page = all
        .toReversed()
        .slice(0, 20)
        .map((post, n) => (n === 19 ? { id: 1 } : postJson(post)))
      answerJson(response, 200, { meta: { status: 200, msg: 'OK' }, response: { blog, posts: page } })
    }
    expect(await idsOf(tumblr().fetchPages())).toHaveLength(30)
  })
})

describe('one post', () => {
  test('is asked for by its id', async () => {
    answer = (_request, response) => answerJson(response, 200, envelope([{ id: idAt(7), second: 5000 }]))
    expect(await tumblr().fetchPost(idAt(7))).toMatchObject({ id: idAt(7), publishedAt: 5_000_000 })
    expect(asked().query.get('id')).toBe(idAt(7))
  })

  test.each([
    [
      'there is none',
      404,
      { meta: { status: 404, msg: 'Not Found' }, errors: [{ code: 0, detail: 'Tumblr went thud.' }] },
    ],
    ['the list is empty', 200, envelope([])],
  ])('is undefined where %s', async (_name, status, json) => {
    answer = (_request, response) => answerJson(response, status, json)
    expect(await tumblr().fetchPost(idAt(7))).toBeUndefined()
  })

  test('is not taken for missing where the blog is hidden, or it cannot be read', async () => {
    answer = (_request, response) =>
      answerJson(response, 404, { meta: { status: 404, msg: 'Not Found' }, errors: [{ code: 4012 }] })
    expect((await failureOf(tumblr().fetchPost(idAt(7)))).facts.code).toBe(4012)
    answer = (_request, response) =>
      answerJson(response, 200, { meta: { status: 200, msg: 'OK' }, response: { blog, posts: [{ odd: 1 }] } })
    const error: unknown = await tumblr()
      .fetchPost(idAt(7))
      .catch((thrown: unknown) => thrown)
    expect(judgeFailure(error)).toMatchObject({
      blame: 'post',
      reason: expect.stringContaining('cannot be read'),
    })
  })
})

const not = (status: number, msg: string, rest: object = { response: [] }) => ({
  meta: { status, msg },
  ...rest,
})
const refusals: readonly (readonly [string, Answer, object])[] = [
  [
    'a bad key',
    (_, r) => answerJson(r, 401, not(401, 'Unauthorized')),
    { status: 401, answer: 'json', reason: expect.stringContaining('TUMBLR_CONSUMER_KEY') },
  ],
  [
    'no such blog',
    (_, r) =>
      answerJson(
        r,
        404,
        not(404, 'Not Found', { response: [], errors: [{ title: 'Not Found', code: 0, detail: 'Thud.' }] }),
      ),
    {
      status: 404,
      answer: 'json',
      code: 0,
      reason: expect.stringMatching(/Expected a blog that anyone can see .*TUMBLR_TOKEN_SECRET/),
    },
  ],
  [
    'a hidden blog',
    (_, r) => answerJson(r, 404, not(404, 'Not Found', { response: [], errors: [{ code: 4012 }] })),
    {
      status: 404,
      answer: 'json',
      code: 4012,
      reason: expect.stringMatching(/art is hidden .*TUMBLR_CONSUMER_SECRET/),
    },
  ],
  [
    'a blog with a password',
    (_, r) => answerJson(r, 404, not(404, 'Not Found', { errors: [{ code: 4013 }] })),
    { code: 4013, reason: expect.stringContaining('password') },
  ],
  [
    'a response that is a text',
    (_, r) => answerJson(r, 403, not(403, 'Forbidden', { response: 'Not authorized.' })),
    { status: 403, answer: 'json', reason: 'Forbidden: Not authorized.' },
  ],
  [
    'a response that is missing',
    (_, r) => answerJson(r, 400, { meta: { status: 400, msg: 'Bad Request' } }),
    { status: 400, answer: 'json', reason: 'Bad Request' },
  ],
  [
    'a page of HTML',
    (_, r) => answerPage(r, 403, '<h1>403 nginx</h1>'),
    { status: 403, answer: 'other', reason: 'Expected JSON but received something else' },
  ],
  [
    'HTML for a success',
    (_, r) => answerPage(r, 200, '<h1>captcha</h1>'),
    { status: 200, answer: 'other', reason: 'Expected JSON with a response but received something else' },
  ],
  ['a success without posts', (_, r) => answerJson(r, 200, not(200, 'OK')), { status: 200, answer: 'other' }],
  [
    'a success without a response',
    (_, r) => answerJson(r, 200, { meta: { status: 200, msg: 'OK' } }),
    { status: 200, answer: 'other' },
  ],
  [
    'a redirect',
    (_, r) =>
      answerJson(r, 302, not(302, 'Found', { response: { posts: [] } }), {
        location: `https://elsewhere.example/x?api_key=${KEY}`,
      }),
    { status: 302, answer: 'other', reason: 'Expected posts but received a redirect to elsewhere.example' },
  ],
  ['a server that is down', (_, r) => answerPage(r, 503), { status: 503, answer: 'other' }],
  ['a connection that is closed', (_, r) => r.destroy(), { answer: 'nothing' }],
  [
    'an answer that breaks off',
    (_, r) => {
      r.writeHead(200, { 'content-length': '1000' })
      r.write('{"meta":')
      setTimeout(() => r.destroy(), 20)
    },
    { answer: 'nothing', reason: 'the answer broke off' },
  ],
  [
    'an answer that stalls',
    (_, r) => {
      r.writeHead(200, { 'content-length': '1000' })
      r.write('{"meta":')
    },
    { answer: 'nothing', reason: 'no answer within 0.2 s' },
  ],
  ['no answer at all', () => undefined, { answer: 'nothing', reason: 'no answer within 0.2 s' }],
  [
    'an echo of the key',
    (request, r) => answerJson(r, 400, not(400, `No ${request.query}, ${KEY}, please`)),
    { status: 400, answer: 'json' },
  ],
]

describe('failures', () => {
  test.each(refusals)('%s', async (_name, refusal, facts) => {
    answer = refusal
    const error = await failureOf(tumblr({ deadlineMs: 200 }).fetchPage())
    expect(error.facts).toMatchObject({ service: 'Tumblr', doing: 'list posts of art', ...facts })
    const said = JSON.stringify([error.message, error.facts, String(error.cause), error.stack])
    for (const secret of [
      KEY,
      encodeURIComponent(KEY),
      new URLSearchParams({ k: KEY }).toString().slice(2),
    ]) {
      expect(said).not.toContain(secret)
    }
    expect(said).not.toContain('<h1>')
  })

  test('the secrets of a signature are not told either', async () => {
    answer = (_request, response) => answerJson(response, 400, not(400, Object.values(OAUTH).join(' ')))
    const error = await failureOf(tumblr({ oauth: OAUTH }).fetchPage())
    expect(error.facts.reason).toBe('(secret) (secret) (secret)')
  })

  const reset = (span: string, remaining: string, seconds: string) => ({
    [`x-ratelimit-${span}-remaining`]: remaining,
    [`x-ratelimit-${span}-reset`]: seconds,
  })
  test.each([
    ['the hour', { ...reset('perhour', '0', '2132'), ...reset('perday', '800', '84932') }, 2132],
    ['the day', { ...reset('perhour', '0', '2132'), ...reset('perday', '0', '84932') }, 84_932],
    ['neither', { ...reset('perhour', '900', '2132'), ...reset('perday', '800', '84932') }, undefined],
    ['nothing is said', {}, undefined],
    ['it is negative', reset('perhour', '0', '-5'), undefined],
    ['it is no number', reset('perhour', '0', 'soon'), undefined],
    ['it is absurd', reset('perhour', '0', '99999999'), undefined],
    ['Retry-After', { 'retry-after': '30' }, 30],
  ])('a rate limit ends when %s says', async (_name, headers, seconds) => {
    answer = (_request, response) =>
      answerJson(response, 429, { meta: { status: 429, msg: 'Limit Exceeded' } }, headers)
    const { facts } = await failureOf(tumblr().fetchPage())
    expect(facts.status).toBe(429)
    expect(facts.retryAt).toBe(seconds === undefined ? undefined : NOW + seconds * 1000)
  })

  test('the end of the run ends every call, and its connection', async () => {
    const end = new AbortController()
    let closed: Promise<unknown> | undefined
    answer = (_request, response) => {
      closed = once(response, 'close')
      end.abort()
    }
    const client = tumblr({ signal: end.signal })
    expect((await failureOf(client.fetchPage())).facts).toMatchObject({
      answer: 'nothing',
      reason: 'the run ended',
    })
    await closed
    await failureOf(client.fetchPage())
    expect(server.received).toHaveLength(1)
  })

  test('a kept connection that died meanwhile is no outage', async () => {
    let kept: Parameters<Answer>[1]['socket']
    const honest = blogOf(posts(1, () => 5000))
    answer = (request, response) => {
      if (kept !== null && kept === response.socket) return response.destroy()
      kept = response.socket
      return honest(request, response)
    }
    const client = tumblr()
    await client.fetchPage()
    expect((await client.fetchPage()).length).toBe(1)
    expect(server.received).toHaveLength(3)
  })

  test('nothing is written to the log', async () => {
    const written = ['log', 'info', 'warn', 'error', 'debug'].map((name) => vi.spyOn(console, name as 'log'))
    const warned = vi.spyOn(process, 'emitWarning')
    answer = (_request, response) => answerPage(response, 500)
    await failureOf(tumblr().fetchPage())
    for (const spy of [...written, warned]) expect(spy).not.toHaveBeenCalled()
    vi.restoreAllMocks()
  })
})

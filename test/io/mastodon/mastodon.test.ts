import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isDefiniteRefusal, ServiceError, saysMediaMissing } from '../../../src/core/failure/failure.ts'
import type { StatusDraft } from '../../../src/core/status/status.ts'
import { createMastodon } from '../../../src/io/mastodon/create.ts'
import type { MastodonOptions, NewStatus } from '../../../src/io/mastodon/mastodon.ts'
import {
  type Answer,
  type Answering,
  answeringServer,
  answerJson,
  answerPage,
  type Received,
} from '../../support/answering-server.ts'

const TOKEN = 'token-of-the-account'
const NOW = Date.UTC(2026, 0, 1, 12)

let server: Answering
let answers: Record<string, Answer>

beforeEach(async () => {
  answers = {}
  server = await answeringServer((request, response) => {
    const answer = answers[`${request.method} ${request.path}`]
    response.setHeader('date', new Date(NOW).toUTCString())
    if (answer === undefined) answerJson(response, 404, { error: 'Record not found' })
    else answer(request, response)
  })
})
afterEach(() => server.close())

const mastodon = (options: Partial<MastodonOptions> = {}) =>
  createMastodon({
    url: server.origin,
    accessToken: TOKEN,
    version: '1.2.3',
    signal: new AbortController().signal,
    now: () => NOW,
    pollMs: 1,
    ...options,
  })

const json =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer =>
  (_request, response) =>
    answerJson(response, status, body, headers)
const page =
  (status: number, body?: string): Answer =>
  (_request, response) =>
    answerPage(response, status, body)
const text =
  (status: number, body: string): Answer =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'text/plain' })
    response.end(body)
  }
/** One answer after the other; the last for ever. */
const inTurn = (...list: readonly Answer[]): Answer => {
  let turn = 0
  return (request, response) => list[Math.min(turn++, list.length - 1)]?.(request, response)
}

async function failureOf(call: Promise<unknown>): Promise<ServiceError> {
  const error = await call.then(
    () => new Error('it did not fail'),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ServiceError)) throw error
  expect(JSON.stringify([error.message, error.facts, String(error.cause)])).not.toContain(TOKEN)
  return error
}

function received(at = 0): Received {
  const request = server.received[at]
  if (request === undefined)
    throw new Error(`Expected a request ${at} but there were ${server.received.length}`)
  return request
}
const paths = (): string[] => server.received.map(({ method, path }) => `${method} ${path}`)
const bodyOf = (request: Received): unknown => JSON.parse(request.body.toString())
const formOf = (request: Received): Promise<FormData> =>
  new Response(new Uint8Array(request.body), {
    headers: { 'content-type': request.headers['content-type'] ?? '' },
  }).formData()

const draft: StatusDraft = {
  text: 'A picture',
  sensitive: false,
  visibility: 'unlisted',
  images: [{ variants: [{ url: 'https://64.media.tumblr.com/a.jpg' }], altText: 'A cat' }],
}
const MEDIA = ['111111', '222222'] as const
const newStatus: NewStatus = { draft, mediaIds: MEDIA, idempotencyKey: 'key-1' }
const entity = {
  id: '42',
  url: 'https://m.example/@a/42',
  created_at: '2026-01-01T11:00:00.123Z',
  content: '<p>A picture</p>',
  in_reply_to_id: null,
  media_attachments: [{ id: '111111' }, { id: '222222' }],
}
const seen = {
  id: '42',
  url: 'https://m.example/@a/42',
  createdAt: Date.UTC(2026, 0, 1, 11, 0, 0, 123),
  mediaIds: ['111111', '222222'],
  content: '<p>A picture</p>',
}
const ACCOUNT = { id: '7', username: 'art', acct: 'art', url: 'https://m.example/@art' }
const VERIFY = 'GET /api/v1/accounts/verify_credentials'
const CREATE = 'POST /api/v1/statuses'
const UPLOAD = 'POST /api/v2/media'

describe('a status', () => {
  test('is sent as JSON with its media, and the key', async () => {
    answers = { [CREATE]: json(200, entity) }
    expect(await mastodon().createStatus(newStatus)).toEqual(seen)
    expect(received().headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/json',
      'idempotency-key': 'key-1',
      'user-agent': 'Levity/1.2.3',
    })
    expect(bodyOf(received())).toEqual({
      status: 'A picture',
      media_ids: ['111111', '222222'],
      sensitive: false,
      visibility: 'unlisted',
      allowed_mentions: [],
    })
  })

  test('carries its warning, language and place in the thread', async () => {
    answers = { [CREATE]: json(200, { ...entity, in_reply_to_id: 41 }) }
    const wary = { ...draft, sensitive: true, spoilerText: 'Nudity', language: 'en' }
    const created = await mastodon().createStatus({ ...newStatus, draft: wary, inReplyToId: '41' })
    expect(created.inReplyToId).toBe('41')
    expect(bodyOf(received())).toMatchObject({
      sensitive: true,
      spoiler_text: 'Nudity',
      language: 'en',
      in_reply_to_id: '41',
    })
  })

  test.each([
    ['nothing but its id', { id: 42 }, { id: '42', url: '', createdAt: NOW, mediaIds: [], content: '' }],
    [
      'odd parts',
      { ...entity, created_at: 'soon', media_attachments: 'none', content: null, url: null, uri: 'u' },
      { id: '42', url: 'u', createdAt: NOW, mediaIds: [], content: '' },
    ],
  ])('is read though it has %s', async (_name, body, expected) => {
    answers = { [CREATE]: json(200, body) }
    expect(await mastodon().createStatus(newStatus)).toEqual(expected)
  })

  test('is edited with its media and their alt texts', async () => {
    answers = { 'PUT /api/v1/statuses/42': json(200, entity) }
    await mastodon().editStatus('42', draft, MEDIA)
    expect(received().headers['idempotency-key']).toBeUndefined()
    expect(bodyOf(received())).toEqual({
      status: 'A picture',
      media_ids: ['111111', '222222'],
      sensitive: false,
      spoiler_text: '',
      media_attributes: [
        { id: '111111', description: 'A cat' },
        { id: '222222', description: '' },
      ],
    })
  })

  test('is fetched, and deleted, by its id; missing is no failure', async () => {
    answers = {
      'GET /api/v1/statuses/42': json(200, entity),
      'DELETE /api/v1/statuses/42': json(200, entity),
    }
    expect(await mastodon().fetchStatus('42')).toEqual(seen)
    expect(await mastodon().fetchStatus('43')).toBeUndefined()
    await mastodon().deleteStatus('42')
    await mastodon().deleteStatus('43')
    expect(await mastodon().fetchStatus('../accounts/7')).toBeUndefined()
    expect(paths()).toEqual([
      'GET /api/v1/statuses/42',
      'GET /api/v1/statuses/43',
      'DELETE /api/v1/statuses/42',
      'DELETE /api/v1/statuses/43',
      'GET /api/v1/statuses/..%2Faccounts%2F7',
    ])
  })
})

describe('the account’s statuses', () => {
  const LIST = 'GET /api/v1/accounts/7/statuses'
  const all = Array.from({ length: 100 }, (_, n) => ({
    ...entity,
    id: String(1000 - n),
    created_at: new Date(NOW - n * 60_000).toISOString(),
  }))
  const listed: Answer = ({ query }, response) => {
    const below = Number(query.get('max_id') ?? Number.POSITIVE_INFINITY)
    answerJson(response, 200, all.filter(({ id }) => Number(id) < below).slice(0, Number(query.get('limit'))))
  }
  const idsSince = async (since: number): Promise<string[]> => {
    const ids: string[] = []
    for await (const { id } of mastodon().fetchStatuses('7', since)) ids.push(id)
    return ids
  }

  test('are paged back to a time', async () => {
    answers = { [LIST]: listed }
    expect(await idsSince(NOW - 50 * 60_000)).toEqual(all.slice(0, 51).map(({ id }) => id))
    expect(server.received.map(({ query }) => query.toString())).toEqual([
      'limit=40&exclude_reblogs=true',
      'limit=40&exclude_reblogs=true&max_id=961',
    ])
  })

  test('are paged to the end', async () => {
    answers = { [LIST]: listed }
    expect(await idsSince(0)).toHaveLength(100)
  })

  test('are never cut short in silence: a list without end fails', async () => {
    let id = 1_000_000
    answers = {
      [LIST]: (_request, response) =>
        answerJson(
          response,
          200,
          Array.from({ length: 40 }, () => ({ ...entity, id: String(id--) })),
        ),
    }
    expect(await idsSince(0).catch(String)).toMatch(/Expected at most 2000 statuses since 1970/)
    expect(server.received).toHaveLength(50)
  })

  test.each([
    ['a status without an id', json(200, [entity, { content: 'x' }])],
    ['no list', json(200, {})],
    ['a page', page(200)],
  ])('fail for %s', async (_name, answer) => {
    answers = { [LIST]: answer }
    expect((await failureOf(idsSince(0))).facts).toMatchObject({ status: 200, answer: 'other' })
  })
})

describe('an upload', () => {
  const bytes = new Uint8Array([255, 216, 255, 224, 0, 1, 2, 3])
  const image = { bytes, mimeType: 'image/jpeg', altText: 'A cat' }
  const ready = json(200, { id: '111111', type: 'image', url: 'https://m.example/a.jpg' })
  const queued = json(202, { id: '111111', type: 'gifv', url: null })
  const LOOK = 'GET /api/v1/media/111111'

  test('is a form with the file, named after its type, and its alt text', async () => {
    answers = { [UPLOAD]: ready }
    expect(await mastodon().uploadMedia(image)).toBe('111111')
    expect(paths()).toEqual([UPLOAD])
    expect(received().headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      'user-agent': 'Levity/1.2.3',
    })
    expect(received().headers['idempotency-key']).toBeUndefined()
    const form = await formOf(received())
    const file = form.get('file')
    if (!(file instanceof File)) throw new Error('Expected a file')
    expect([file.name, file.type, form.get('description')]).toEqual(['image.jpg', 'image/jpeg', 'A cat'])
    expect(new Uint8Array(await file.arrayBuffer())).toEqual(bytes)
  })

  test.each([
    ['image/png', 'image.png'],
    ['image/webp', 'image.webp'],
    ['image/gif', 'image.gif'],
    ['image/avif', 'image.avif'],
    ['image/heic', 'image.heic'],
  ])('of %s is called %s, and has no alt text where there is none', async (mimeType, name) => {
    answers = { [UPLOAD]: ready }
    await mastodon().uploadMedia({ bytes, mimeType })
    const form = await formOf(received())
    expect(form.get('file')).toMatchObject({ name, type: mimeType })
    expect(form.has('description')).toBe(false)
  })

  const missing = json(404, { error: 'Record not found' })
  const cannot = json(422, { error: 'Error processing thumbnail for uploaded media' })
  test.each([
    ['once it is ready', [json(206, { id: '111111', url: null }), json(206, {}), ready], 3],
    ['through a rate limit and an outage', [json(429, { error: 'Too many requests' }), page(503), ready], 3],
    ['through a lagging replica', [missing, missing, ready], 3],
    ['where it may not look', [json(403, { error: 'outside the authorized scopes' })], 1],
  ])('that is processed gives its id %s', async (_name, looks, count) => {
    answers = { [UPLOAD]: queued, [LOOK]: inTurn(...looks) }
    expect(await mastodon().uploadMedia(image)).toBe('111111')
    expect(paths()).toEqual([UPLOAD, ...Array.from({ length: count }, () => LOOK)])
  })

  test('that takes too long keeps its id', async () => {
    answers = { [UPLOAD]: queued, [LOOK]: json(206, {}) }
    expect(await mastodon({ deadlines: { processing: 30 } }).uploadMedia(image)).toBe('111111')
  })

  test('that is not processed in the time that is left keeps its id, too', async () => {
    answers = { [UPLOAD]: queued, [LOOK]: json(206, {}) }
    const end = performance.now() + 50
    expect(await mastodon().uploadMedia(image, () => end - performance.now())).toBe('111111')
    expect(paths().length).toBeGreaterThan(2)
  })

  test('is given up when no time is left', async () => {
    answers = { [UPLOAD]: () => {} }
    const { facts } = await failureOf(mastodon().uploadMedia(image, () => 40))
    expect(facts).toMatchObject({ answer: 'nothing', reason: 'no answer within 0.04 s' })
  })

  test('keeps its id when the run ends', async () => {
    const end = new AbortController()
    answers = { [UPLOAD]: queued, [LOOK]: () => end.abort() }
    expect(await mastodon({ signal: end.signal }).uploadMedia(image)).toBe('111111')
  })

  test.each([
    ['cannot be processed', cannot, { status: 422, answer: 'json' }],
    ['is gone', missing, { status: 404, answer: 'json' }],
  ])('that %s fails', async (_name, look, facts) => {
    answers = { [UPLOAD]: queued, [LOOK]: look }
    expect((await failureOf(mastodon().uploadMedia(image))).facts).toMatchObject(facts)
  })

  test.each([404, 405])('goes to v1 where v2 answers %i, and the next one at once', async (status) => {
    answers = { [UPLOAD]: page(status), 'POST /api/v1/media': ready }
    const client = mastodon()
    expect(await client.uploadMedia(image)).toBe('111111')
    await client.uploadMedia(image)
    expect(paths()).toEqual([UPLOAD, 'POST /api/v1/media', 'POST /api/v1/media'])
    expect((await formOf(received(1))).get('description')).toBe('A cat')
  })

  test('tells how many more there may be', async () => {
    const limits = { 'x-ratelimit-remaining': '3', 'x-ratelimit-reset': '2026-01-01T12:30:00.000000Z' }
    answers = {
      [UPLOAD]: inTurn(
        json(200, { id: '1', url: 'u' }, limits),
        json(429, { error: 'Too many requests' }, limits),
        ready,
      ),
    }
    const client = mastodon()
    const resetAt = NOW + 30 * 60_000
    expect(client.uploadBudget()).toBeUndefined()
    await client.uploadMedia(image)
    expect(client.uploadBudget()).toEqual({ left: 3, resetAt })
    expect((await failureOf(client.uploadMedia(image))).facts.retryAt).toBe(resetAt)
    expect(client.uploadBudget()).toEqual({ left: 0, resetAt })
  })

  test.each<[string, Answer, string]>([
    ['there', json(200, { id: '111111' }), 'there'],
    ['there, in work', json(206, { id: '111111' }), 'there'],
    ['gone', missing, 'gone'],
    ['unknown: a page says 404', page(404), 'unknown'],
    ['unknown: not allowed', json(403, { error: 'no' }), 'unknown'],
  ])('is %s', async (_name, answer, expected) => {
    answers = { [LOOK]: answer }
    expect(await mastodon().fetchMedia('111111')).toBe(expected)
  })

  test.each<[string, Answer]>([
    ['an outage', page(502)],
    ['a limit', json(429, { error: 'Too many requests' })],
    ['a page for a success', page(200)],
  ])('is not looked for in vain: %s fails', async (_name, answer) => {
    answers = { [LOOK]: answer }
    await failureOf(mastodon().fetchMedia('111111'))
  })
})

describe('refusals of a create', () => {
  const zod = { success: false, error: { issues: [{ path: ['visibility'] }], name: 'ZodError' } }
  type Expected = { readonly facts: object; readonly definite?: true; readonly missing?: true }
  const of = (status: number | undefined, kind: string, reason?: string): object => ({
    answer: kind,
    ...(status !== undefined && { status }),
    ...(reason !== undefined && { reason }),
  })
  test.each<[string, Answer, Expected]>([
    [
      'Mastodon: too long',
      json(422, { error: 'Validation failed: Text character limit of 500 exceeded' }),
      { facts: of(422, 'json', 'Validation failed: Text character limit of 500 exceeded'), definite: true },
    ],
    [
      'Mastodon: a mention',
      json(422, { error: 'Post would be sent to unexpected accounts', unexpected_accounts: [{}] }),
      { facts: of(422, 'json'), definite: true },
    ],
    [
      'Mastodon: attached',
      json(422, { error: 'Media 111111 not found or already attached to another post' }),
      { facts: of(422, 'json'), missing: true },
    ],
    [
      'Mastodon in Japanese: attached',
      json(422, { error: 'メディア 222222 は見つかりません' }),
      { facts: { namesMedia: true }, missing: true },
    ],
    ['Mastodon 4.6: a replayed key', page(500), { facts: of(500, 'other') }],
    ['Mastodon: a lock', json(503, { error: 'There was a temporary problem' }), { facts: of(503, 'json') }],
    [
      'Mastodon: too many',
      json(429, { error: 'Too many requests' }, { 'x-ratelimit-reset': '2026-01-01T14:00:00.123456Z' }),
      { facts: { ...of(429, 'json'), retryAt: Date.UTC(2026, 0, 1, 14, 0, 0, 123) }, definite: true },
    ],
    [
      'GoToSocial: overloaded',
      json(429, { error: 'slow down' }, { 'retry-after': '30' }),
      { facts: { retryAt: NOW + 30_000 }, definite: true },
    ],
    [
      'a limit that ended in the past',
      json(429, { error: 'x' }, { 'x-ratelimit-reset': '2020-01-01T00:00:00Z' }),
      { facts: of(429, 'json', 'x'), definite: true },
    ],
    [
      'GoToSocial: attached',
      json(400, { error: 'Bad Request: media already attached to status: 01HXYZ' }),
      { facts: of(400, 'json'), missing: true },
    ],
    [
      'GoToSocial: too long',
      json(400, { error: 'Bad Request: text with spoiler exceed max chars (5000)' }),
      { facts: of(400, 'json'), definite: true },
    ],
    [
      'Hollo: a Zod object',
      json(400, zod),
      { facts: { ...of(400, 'json'), reason: expect.stringContaining('ZodError') }, definite: true },
    ],
    [
      'Hollo: text',
      text(500, 'Internal Server Error'),
      { facts: of(500, 'other', 'Expected JSON but received something else') },
    ],
    [
      'Pleroma: errors',
      json(400, { errors: { detail: 'Bad request' } }),
      { facts: of(400, 'json', 'Bad request'), definite: true },
    ],
    [
      'Sharkey: an error with a message',
      json(400, { error: { message: 'No such file.', code: 'NO_SUCH_FILE' } }),
      { facts: of(400, 'json', 'No such file.'), definite: true },
    ],
    [
      'OAuth: with a description',
      json(403, { error: 'insufficient_scope', error_description: 'More is needed' }),
      { facts: of(403, 'json', 'insufficient_scope: More is needed'), definite: true },
    ],
    [
      'a cause of 10 000 characters',
      json(422, { error: 'x'.repeat(10_000) }),
      { facts: of(422, 'json', `${'x'.repeat(300)}…`), definite: true },
    ],
    ['JSON that names no cause', json(422, { status: 422 }), { facts: of(422, 'other') }],
    ['an empty error', json(422, { error: '' }), { facts: of(422, 'other') }],
    ['JSON cut short', text(422, '{"error":"x'), { facts: of(422, 'other') }],
    ['a proxy', page(504), { facts: of(504, 'other') }],
    ['a firewall', page(403), { facts: of(403, 'other') }],
    ['too slow', json(408, { error: 'Request Timeout' }), { facts: of(408, 'json') }],
    [
      'a captcha for a success',
      page(200),
      { facts: of(200, 'other', 'Expected JSON but received something else') },
    ],
    ['nothing for a success', text(200, ''), { facts: of(200, 'other') }],
    ['a success without an id', json(200, {}), { facts: of(200, 'other', 'Expected an entity with an id') }],
    [
      'a redirect',
      json(301, { error: 'moved' }, { location: 'https://www.m.example/api/v1/statuses' }),
      {
        facts: of(
          301,
          'other',
          'Expected an answer but received a redirect to https://www.m.example: MASTODON_URL is the address that needs none',
        ),
      },
    ],
    [
      'a connection that is closed',
      (_request, response) => response.destroy(),
      { facts: of(undefined, 'nothing', 'UND_ERR_SOCKET') },
    ],
    [
      'an answer that breaks off',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '99' })
        response.write('{')
        setTimeout(() => response.destroy(), 20)
      },
      { facts: of(undefined, 'nothing') },
    ],
    [
      'an answer that stalls',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '99' })
        response.write('{')
      },
      { facts: of(undefined, 'nothing', 'no answer within 0.2 s') },
    ],
    ['no answer', () => undefined, { facts: of(undefined, 'nothing', 'no answer within 0.2 s') }],
    [
      'an echo of the token',
      json(400, { error: `Bearer ${TOKEN}?` }),
      { facts: of(400, 'json', 'Bearer (secret)?'), definite: true },
    ],
  ])('%s', async (_name, answer, { facts, definite = false, missing = false }) => {
    answers = { [CREATE]: answer }
    const error = await failureOf(mastodon({ deadlines: { create: 200 } }).createStatus(newStatus))
    expect(error.facts).toMatchObject({ service: 'Mastodon', doing: 'create a status', ...facts })
    expect([isDefiniteRefusal(error), saysMediaMissing(error)]).toEqual([definite, missing])
    expect(paths()[0]).toBe(CREATE)
  })

  test.each([
    ['in the past', { 'x-ratelimit-reset': '2020-01-01T00:00:00Z' }],
    ['in a year', { 'x-ratelimit-reset': '2027-01-01T00:00:00Z' }],
    ['at no time', { 'x-ratelimit-reset': 'soon', 'retry-after': 'later' }],
    ['unsaid', {}],
  ])('a limit’s end that is %s is no end', async (_name, headers) => {
    answers = { [CREATE]: json(429, { error: 'Too many requests' }, headers) }
    expect((await failureOf(mastodon().createStatus(newStatus))).facts).not.toHaveProperty('retryAt')
  })

  test('nobody there', async () => {
    await server.close()
    expect((await failureOf(mastodon().createStatus(newStatus))).facts).toMatchObject({
      answer: 'nothing',
      reason: 'ECONNREFUSED',
    })
  })

  test('the end of the run ends every call, and none begins after it', async () => {
    const end = new AbortController()
    answers = { [CREATE]: () => end.abort() }
    const client = mastodon({ signal: end.signal })
    for (const _ of [1, 2]) {
      expect((await failureOf(client.createStatus(newStatus))).facts).toMatchObject({
        answer: 'nothing',
        reason: 'the run ended',
      })
    }
    expect(server.received).toHaveLength(1)
  })
})

describe('the token', () => {
  const bad = json(401, { error: 'The access token is invalid' })
  const snac = page(422, 'unprocessable')
  test('tells the account', async () => {
    answers = { [VERIFY]: json(200, ACCOUNT) }
    expect(await mastodon().fetchAccount()).toEqual({ id: '7', name: 'art', url: 'https://m.example/@art' })
  })

  test.each<[string, Answer, Answer, object, number]>([
    ['works after all: an older Sharkey', bad, json(200, ACCOUNT), { status: 401, tokenWorks: true }, 2],
    [
      'is dead',
      bad,
      bad,
      { status: 401, tokenWorks: false, reason: expect.stringContaining('MASTODON_ACCESS_TOKEN') },
      2,
    ],
    ['is dead on snac', snac, snac, { status: 422, answer: 'other', tokenWorks: false }, 2],
    [
      'cannot be tried for want of a scope',
      bad,
      json(403, { error: 'outside the authorized scopes' }),
      { status: 401, reason: 'The access token is invalid' },
      2,
    ],
    ['cannot be tried, for the server is down', bad, page(503), { status: 503, answer: 'other' }, 2],
    ['is not tried for other refusals', json(422, { error: 'no' }), json(200, ACCOUNT), { status: 422 }, 1],
  ])('%s', async (_name, answer, verify, facts, count) => {
    answers = { [CREATE]: answer, [VERIFY]: verify }
    const error = await failureOf(mastodon().createStatus(newStatus))
    expect(error.facts).toMatchObject(facts)
    expect(server.received).toHaveLength(count)
  })

  test.each<[string, Answer, object]>([
    ['refused', bad, { status: 401, tokenWorks: false }],
    ['refused by snac', snac, { status: 422, tokenWorks: false }],
    ['not tried by a server that is down', page(502), { status: 502 }],
    ['without an id', json(200, {}), { status: 200, answer: 'other' }],
  ])('is %s', async (_name, verify, facts) => {
    answers = { [VERIFY]: verify }
    expect((await failureOf(mastodon().fetchAccount())).facts).toMatchObject(facts)
    expect(server.received).toHaveLength(1)
  })
})

describe('limits', () => {
  const instance = { version: '4.6.5', configuration: { statuses: { max_characters: 777 } } }
  const V2 = 'GET /api/v2/instance'
  const V1 = 'GET /api/v1/instance'
  const nodeinfo = (name: string): Record<string, Answer> => ({
    'GET /.well-known/nodeinfo': (_request: Received, response: ServerResponse) =>
      answerJson(response, 200, {
        links: [
          { href: 'https://elsewhere.example/nodeinfo/2.0' },
          { rel: 'x', href: `${server.origin}/nodeinfo/2.0` },
        ],
      }),
    'GET /nodeinfo/2.0': json(200, { software: { name } }),
  })

  test.each<[string, Record<string, Answer>, object]>([
    [
      'v2 and nodeinfo',
      { [V2]: json(200, instance), ...nodeinfo('mastodon') },
      { characters: 777, software: 'mastodon' },
    ],
    [
      'another software',
      { [V2]: json(200, instance), ...nodeinfo('hollo') },
      { characters: 777, software: 'hollo' },
    ],
    [
      'a nodeinfo that fails',
      { [V2]: json(200, instance), 'GET /.well-known/nodeinfo': page(500) },
      { characters: 777 },
    ],
    ['v1, where v2 is a page of 404', { [V2]: page(404), [V1]: json(200, instance) }, { characters: 777 }],
    [
      'v1, where v2 is a page for a success',
      { [V2]: page(200), [V1]: json(200, instance) },
      { characters: 777 },
    ],
    [
      'v1, where v2 needs what we lack',
      { [V2]: json(401, { error: 'x' }), [V1]: json(200, instance) },
      { characters: 777 },
    ],
    ['neither', {}, { characters: 500, imagesPerStatus: 4, software: 'other' }],
  ])('of %s', async (_name, list, expected) => {
    answers = list
    expect(await mastodon().fetchLimits()).toMatchObject(expected)
    const asked = server.received.find(({ path }) => path === '/.well-known/nodeinfo')
    expect(asked?.headers.authorization).toBeUndefined()
    expect(asked?.headers['user-agent']).toBe('Levity/1.2.3')
  })

  test.each<[string, Answer]>([
    ['down', page(503)],
    ['busy', json(429, { error: 'Too many requests' })],
    ['silent', (_request, response) => response.destroy()],
    ['elsewhere', json(302, {}, { location: 'https://elsewhere.example' })],
  ])('are not guessed while the server is %s', async (_name, answer) => {
    answers = { [V2]: answer, [V1]: json(200, instance) }
    await failureOf(mastodon().fetchLimits())
  })
})

test('other callers of fetch keep the plain one', async () => {
  answers = { 'GET /page': page(404, 'plain'), [CREATE]: json(200, entity) }
  await mastodon().createStatus(newStatus)
  const response = await fetch(`${server.origin}/page`)
  expect([response.status, await response.text()]).toEqual([404, 'plain'])
  expect(received(1).headers['user-agent']).toBe('node')
})

test('two servers at once keep their answers apart', async () => {
  answers = {
    [VERIFY]: ({ headers }, response) => {
      const id = headers.authorization?.endsWith('1') === true ? '1' : '2'
      setTimeout(() => answerJson(response, 200, { id }), id === '1' ? 30 : 1)
    },
  }
  const accounts = ['token-1', 'token-2'].map((accessToken) => mastodon({ accessToken }).fetchAccount())
  expect((await Promise.all(accounts)).map(({ id }) => id)).toEqual(['1', '2'])
})

import { expect, test } from 'vitest'
import {
  type MastodonOptions,
  type Software,
  softwareNames,
  traitsOf,
} from '../../../../scripts/sandbox/mastodon/families.ts'
import { familyOf, recogniseFamily } from '../../../../src/core/server/families.ts'
import { type Answer, type Client, gif, idOf, movingGif, png, start, truncatedJpeg } from './client.ts'

const minute = 60_000
const hour = 60 * minute

test.each([
  ['media', 30, 30 * minute, (client: Client) => client.upload(Buffer.from('x'))],
  ['statuses', 300, 3 * hour, (client: Client) => client.create({ status: 'x' })],
  ['deletes', 30, 30 * minute, (client: Client) => client.ask('DELETE', '/api/v1/statuses/1')],
  ['token', 300, 5 * minute, (client: Client) => client.ask('GET', '/api/v1/instance')],
] as const)('no more than the limit: %s', async (bucket, limit, every, call) => {
  const client = await start(bucket === 'token' ? {} : { rateLimits: { [bucket]: { limit, every } } })
  const { switchboard } = client
  switchboard.advance(every - (switchboard.clock.now() % every) + 1)
  const reset = new Date(switchboard.clock.now() + every - (switchboard.clock.now() % every)).toISOString()
  let answer: Answer | undefined
  for (let n = 0; n < limit; n++) answer = await call(client)
  expect(answer?.status).not.toBe(429)
  expect(answer?.headers.get('x-ratelimit-remaining')).toBe('0')
  const refused = await call(client)
  expect(refused).toMatchObject({ status: 429, body: { error: 'Too many requests' } })
  expect(refused.headers.get('x-ratelimit-limit')).toBe(String(limit))
  expect(refused.headers.get('x-ratelimit-reset')).toBe(reset.replace('Z', '000Z'))
  expect(refused.headers.has('retry-after')).toBe(false)
  switchboard.advance(every)
  expect((await call(client)).status).not.toBe(429)
})

test.each([
  [9, 30],
  [90, 30],
])('an upload tells of the limit that is nearest: %i calls, %i uploads', async (calls, uploads) => {
  const rateLimits = { token: { limit: calls, every: hour }, media: { limit: uploads, every: hour } }
  const { headers } = await (await start({ rateLimits })).upload(await png())
  expect(headers.get('x-ratelimit-limit')).toBe(String(Math.min(calls, uploads)))
})

test.each<[MastodonOptions, string, object, object]>([
  [
    {},
    '4.7.0',
    { status: 200, body: { configuration: { media_attachments: { description_limit: 10_000 } } } },
    { status: 200 },
  ],
  [{ idempotency: 'broken' }, '4.6.5', { status: 200 }, { status: 200 }],
  [
    { software: 'gotosocial' },
    '0.20.0',
    { body: { configuration: { statuses: { max_media_attachments: 6 } } } },
    { status: 404 },
  ],
  [
    { software: 'hollo' },
    '0.6.19',
    { body: { configuration: { statuses: { characters_reserved_per_url: 256 } } } },
    { status: 200 },
  ],
  [
    { software: 'snac' },
    '4.0.0 (not true; really snac',
    { status: 404, type: 'text/html' },
    { status: 404, type: 'text/html' },
  ],
  [{ software: 'pleroma' }, '2.7.2 (compatible; Pleroma', { status: 404 }, { status: 200 }],
  [{ instance: 'v1', limits: { characters: 99 } }, '4.7.0', { status: 404 }, { status: 200 }],
])('says what it is: %j', async (options, version, v2, app) => {
  const { ask } = await start(options)
  expect(await ask('GET', '/api/v1/instance')).toMatchObject({
    body: { version: expect.stringContaining(version) },
  })
  expect(await ask('GET', '/api/v2/instance')).toMatchObject(v2)
  expect(await ask('GET', '/api/v1/apps/verify_credentials')).toMatchObject(app)
  const name = options.software ?? 'mastodon'
  expect(await ask('GET', '/nodeinfo/2.0')).toMatchObject({ body: { software: { name } } })
})

test.each<[Software, readonly number[]]>([
  // a moving GIF, half an image, a large GIF, an empty text, a mention that is not allowed, 501 characters, a bad token
  ['mastodon', [202, 500, 422, 422, 422, 422, 401]],
  ['gotosocial', [200, 422, 200, 400, 200, 200, 401]],
  ['hollo', [200, 500, 200, 400, 200, 200, 401]],
  ['snac', [200, 200, 200, 200, 200, 200, 422]],
  ['pleroma', [200, 500, 200, 422, 200, 200, 401]],
])('families differ: %s', async (software, expected) => {
  const { upload, create, ask } = await start({ software })
  const answers = [
    await upload(await movingGif(), 'image/gif'),
    await upload(await truncatedJpeg(), 'image/jpeg'),
    await upload(await gif(970, 990), 'image/gif'),
    await create({ status: '' }),
    await create({ status: 'by @staff', allowed_mentions: [] }),
    await create({ status: 'x'.repeat(501) }),
    await ask('GET', '/api/v1/accounts/verify_credentials', undefined, { authorization: 'Bearer x' }),
  ]
  expect(answers.map(({ status }) => status)).toEqual(expected)
})

test('every error is a page behind some proxies', async () => {
  const { create, ask } = await start({ htmlErrors: true })
  expect(await create({ status: '' })).toMatchObject({
    status: 422,
    type: expect.stringContaining('text/html'),
  })
  expect(await ask('GET', '/api/v1/nothing')).toMatchObject({
    status: 404,
    type: expect.stringContaining('text/html'),
  })
})

test.each([
  ['mastodon', 'https://art.example/a-path-longer-than-23-characters', 200],
  ['gotosocial', 'https://art.example/a-path-longer-than-23-characters', 400],
  ['mastodon', '👨‍👩‍👧', 200],
  ['gotosocial', '👨‍👩‍👧'.repeat(5), 400],
] as const)('links and joined emoji count in full on GoToSocial: %s, %s', async (software, text, status) => {
  const { create } = await start({ software, limits: { characters: 24 } })
  expect(await create({ status: text })).toMatchObject({ status })
})

test.each([
  ['mastodon', { status: 200, body: { language: 'en' } }],
  ['gotosocial', { status: 400 }],
  ['hollo', { status: 500 }],
  ['snac', { status: 200 }],
] as const)('an unknown language: %s', async (software, expected) => {
  const { create } = await start({ software })
  expect(await create({ status: 'x', language: 'qqqq-nonsense' })).toMatchObject(expected)
})

test.each([
  ['mastodon', 'new'],
  ['hollo', 'old'],
] as const)('an edit of alt texts: %s', async (software, description) => {
  const { ask, create, upload } = await start({ software })
  const media = idOf(await upload(await png(), 'image/png', 'old'))
  const status = idOf(await create({ status: 'x', media_ids: [media] }))
  const fields = { status: 'x', media_ids: [media], media_attributes: [{ id: media, description: 'new' }] }
  expect(await ask('PUT', `/api/v1/statuses/${status}`, fields)).toMatchObject({
    status: 200,
    body: { media_attachments: [{ description }] },
  })
})

test.each(softwareNames)('Levity knows %s, and expects of it what it does', (name) => {
  const { version, counting, attachedMediaVisible } = traitsOf({ software: name })
  const software = recogniseFamily(name, version, undefined)
  expect(software).toBe(name)
  expect(recogniseFamily(undefined, version, undefined)).toBe(name === 'mastodon' ? 'mastodon' : 'other')
  const family = familyOf({ software })
  // Where Levity counts more than the server does, nothing is refused.
  expect(family.countsLikeMastodon && counting !== 'graphemes').toBe(false)
  expect(family.hidesAttachedMedia).toBe(!attachedMediaVisible)
})

test.each([
  ['mastodon', { configuration: { statuses: { max_characters: 500 } } }],
  ['pleroma', { max_toot_chars: 5000, description_limit: 5000 }],
] as const)('where v1 of the instance says its limits: %s', async (software, body) => {
  const { ask } = await start({ software })
  expect(await ask('GET', '/api/v1/instance')).toMatchObject({ body })
})

test('snac shows media under ids of its own, and an edit leaves them', async () => {
  const { ask, create, upload } = await start({ software: 'snac' })
  const created = await create({ status: 'x', media_ids: [idOf(await upload(await png()))] })
  const shown = { media_attachments: [{ id: `${idOf(created)}_0` }] }
  expect(created.body).toMatchObject(shown)
  const path = `/api/v1/statuses/${idOf(created)}`
  expect((await ask('PUT', path, { status: 'y', media_ids: [] })).body).toMatchObject(shown)
})

test('what the owner writes may have images, and be a reply', async () => {
  const { ask, mastodon } = await start()
  const { id } = mastodon.postByHand('first')
  const reply = mastodon.postByHand('second', 2, id)
  const { body } = await ask('GET', `/api/v1/statuses/${reply.id}`)
  expect(body).toMatchObject({ in_reply_to_id: id, media_attachments: [{ type: 'image' }, {}] })
  expect(mastodon.unlawful()).toEqual([])
})

import { expect, test } from 'vitest'
import type { MastodonOptions, Traits } from '../../scripts/sandbox/mastodon-traits.ts'
import {
  type Answer,
  type Client,
  gif,
  idOf,
  jpeg,
  movingGif,
  png,
  start,
  truncatedJpeg,
} from './mastodon-client.ts'

const minute = 60_000
const hour = 60 * minute
const sent = ({ mastodon }: Client): number => mastodon.statuses.length

test.each<[Traits['idempotency'], number, number, number, number]>([
  // at once, later: answer to the repeat and how many statuses there are then
  ['good', 200, 1, 200, 1],
  ['none', 200, 2, 200, 3],
  ['broken', 500, 1, 500, 1],
  ['racy', 200, 2, 200, 2],
  ['keyed-alone', 200, 2, 200, 2],
])('the same key twice, idempotency %s', async (idempotency, atOnce, thenAre, later, finallyAre) => {
  const client = await start({ idempotency, latency: 30 })
  const pair = await Promise.all([client.create({ status: 'a' }, 'k'), client.create({ status: 'a' }, 'k')])
  expect(pair.map(({ status }) => status).sort()).toEqual([200, atOnce])
  expect(sent(client)).toBe(thenAre)
  expect(await client.create({ status: 'b' }, 'k')).toMatchObject({ status: later })
  expect(sent(client)).toBe(finallyAre)
})

test.each<[Traits['idempotency'], number]>([
  ['good', hour],
  ['keyed-alone', 6 * hour],
])('a key is forgotten in the end, idempotency %s', async (idempotency, life) => {
  const client = await start({ idempotency })
  const first = idOf(await client.create({ status: 'a' }, 'k'))
  client.switchboard.advance(life - minute)
  expect(idOf(await client.create({ status: 'b' }, 'k'))).toBe(first)
  expect(client.mastodon.statuses).toMatchObject([{ text: 'a' }])
  client.switchboard.advance(2 * minute)
  expect(idOf(await client.create({ status: 'b' }, 'k'))).not.toBe(first)
})

test('errors are not remembered, but for Pleroma, which replays them, on any path', async () => {
  const mastodon = await start()
  const pleroma = await start({ software: 'pleroma' })
  for (const { create } of [mastodon, pleroma]) await create({ status: '' }, 'k')
  expect(await mastodon.create({ status: 'a' }, 'k')).toMatchObject({ status: 200 })
  const replayed = await pleroma.create({ status: 'a' }, 'k')
  expect(replayed).toMatchObject({ status: 422 })
  expect(replayed.headers.get('idempotent-replayed')).toBe('true')
  const edit = await pleroma.ask('PUT', '/api/v1/statuses/1', { status: 'a' }, { 'idempotency-key': 'k' })
  expect(edit).toMatchObject({ body: replayed.body })
})

test.each<[MastodonOptions, number, number, readonly number[]]>([
  // media that were attached before, and one that never was: answers, and what all statuses show in the end
  [{ unknownMedia: 'refuse' }, 422, 422, [1]],
  [{ unknownMedia: 'drop' }, 200, 200, [1, 0, 0]],
  [{ unknownMedia: 'twice' }, 200, 200, [1, 1, 0]],
  [{ software: 'mastodon' }, 422, 422, [1]],
  [{ software: 'gotosocial' }, 400, 400, [1]],
  [{ software: 'hollo' }, 500, 400, [1]],
  [{ software: 'snac' }, 200, 200, [1, 1, 0]],
])('media twice, %j', async (options, again, unknown, shown) => {
  const client = await start(options)
  const media_ids = [idOf(await client.upload(await png()))]
  await client.create({ status: 'a', media_ids })
  expect(await client.create({ status: 'a', media_ids })).toMatchObject({ status: again })
  expect(await client.create({ status: 'a', media_ids: ['404'] })).toMatchObject({ status: unknown })
  expect(client.mastodon.statuses.map(({ media }) => media.length)).toEqual(shown)
})

test('media are not ready until they were asked for often enough', async () => {
  const { upload, ask, create } = await start({ processing: 2 })
  const uploaded = await upload(await png())
  expect(uploaded).toMatchObject({ status: 202, body: { url: null } })
  const media = idOf(uploaded)
  const error = 'Cannot attach files that have not finished processing. Try again in a moment!'
  for (const status of [206, 206, 200]) {
    expect(await create({ status: '', media_ids: [media] })).toMatchObject({ status: 422, body: { error } })
    expect(await ask('GET', `/api/v1/media/${media}`)).toMatchObject({
      status,
      body: { url: status === 206 ? null : expect.any(String) },
    })
  }
  expect(await create({ status: '', media_ids: [media] })).toMatchObject({ status: 200 })
})

test.each([
  [true, 200],
  [false, 404],
])('attached media seen: %s', async (attachedMediaVisible, status) => {
  const { upload, ask, create } = await start({ attachedMediaVisible })
  const media = idOf(await upload(await png()))
  expect(await ask('GET', `/api/v1/media/${media}`)).toMatchObject({ status: 200 })
  await create({ status: '', media_ids: [media] })
  expect(await ask('GET', `/api/v1/media/${media}`)).toMatchObject({ status })
})

test('media that nobody attaches vanish after a day', async () => {
  const { upload, ask, create, switchboard } = await start()
  const [kept, lost] = [idOf(await upload(await png())), idOf(await upload(await png()))]
  await create({ status: '', media_ids: [kept] })
  switchboard.advance(24 * hour - minute)
  expect(await ask('GET', `/api/v1/media/${lost}`)).toMatchObject({ status: 200 })
  switchboard.advance(2 * minute)
  expect(await ask('GET', `/api/v1/media/${lost}`)).toMatchObject({ status: 404 })
  expect(await create({ status: 'x', media_ids: [lost] })).toMatchObject({ status: 422 })
})

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

test.each(['drop', { status: 504, body: '<html>' }] as const)(
  'a create struck by %j lands late',
  async (play) => {
    const client = await start({ landLate: 5 * minute })
    const media_ids = [idOf(await client.upload(await png()))]
    client.switchboard.play({ name: 'create', when: 'before', play })
    const create = client.create({ status: 'late', media_ids }, 'k')
    if (play === 'drop') await expect(create).rejects.toThrow('fetch failed')
    else expect(await create).toMatchObject({ status: 504 })
    expect(await client.create({ status: 'late', media_ids }, 'k')).toMatchObject({ status: 503 })
    expect(sent(client)).toBe(0)
    client.switchboard.advance(6 * minute)
    expect(client.mastodon.statuses).toMatchObject([{ text: 'late', media: [{ id: media_ids[0] }] }])
    expect(idOf(await client.create({ status: 'late', media_ids }, 'k'))).toBe(
      client.mastodon.statuses[0]?.id,
    )
    expect(sent(client)).toBe(1)
  },
)

test('a create that lands late beside another takes its media', async () => {
  const client = await start({ landLate: minute, idempotency: 'racy' })
  const media_ids = [idOf(await client.upload(await png()))]
  client.switchboard.play({ name: 'create', when: 'before', play: { status: 502 } })
  await client.create({ status: 'late', media_ids }, 'k')
  await client.create({ status: 'soon', media_ids }, 'k')
  client.switchboard.advance(2 * minute)
  expect(client.mastodon.statuses).toMatchObject([
    { text: 'soon', media: [] },
    { text: 'late', media: [{ id: media_ids[0] }] },
  ])
})

test('nothing lands where the server refused, or never heard of it', async () => {
  const client = await start({ landLate: minute })
  client.switchboard.play({ name: 'create', when: 'before', play: { status: 502 }, times: 1 })
  await client.create({ status: 'x'.repeat(501) })
  client.switchboard.play({ name: 'create', when: 'before', play: { status: 429 } })
  await client.create({ status: 'x' })
  client.mastodon.traits.landLate = undefined
  client.switchboard.play({ name: 'create', when: 'before', play: { status: 502 } })
  await client.create({ status: 'x' })
  client.switchboard.advance(hour)
  expect(sent(client)).toBe(0)
})

test('a status that is answered and never stored', async () => {
  const client = await start({ silentDrop: 1 })
  const answer = await client.create({ status: 'x' }, 'k')
  expect(answer).toMatchObject({ status: 200 })
  expect(await client.ask('GET', `/api/v1/statuses/${idOf(answer)}`)).toMatchObject({ status: 404 })
  await client.create({ status: 'x' }, 'k')
  expect(sent(client)).toBe(1)
})

test('a status with one attachment fewer can be mended', async () => {
  const client = await start({ loseAttachments: 1 })
  const media_ids = [idOf(await client.upload(await png())), idOf(await client.upload(await png()))]
  const answer = await client.create({ status: 'x', media_ids })
  expect(answer).toMatchObject({ status: 200, body: { media_attachments: [{ id: media_ids[0] }] } })
  await client.ask('PUT', `/api/v1/statuses/${idOf(answer)}`, { status: 'x', media_ids })
  expect(client.mastodon.statuses.map(({ media }) => media.map(({ id }) => id))).toEqual([media_ids])
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

test.each<[Traits['software'], readonly number[]]>([
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

test('the old way to upload answers when all is done', async () => {
  const { mastodon } = await start({ processing: 3 })
  const body = new FormData()
  body.append('file', new File([new Uint8Array(await jpeg())], 'a.jpg', { type: 'image/jpeg' }))
  const headers = { authorization: `Bearer ${mastodon.accessToken}` }
  const answer = await fetch(`${mastodon.url}/api/v1/media`, { method: 'POST', headers, body })
  expect([answer.status, await answer.json()]).toMatchObject([200, { url: expect.any(String) }])
})

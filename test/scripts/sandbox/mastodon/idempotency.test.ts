import { expect, test } from 'vitest'
import type { Traits } from '../../../../scripts/sandbox/mastodon/traits.ts'
import { type Client, idOf, start } from './client.ts'

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

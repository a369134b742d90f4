import { expect, test, vi } from 'vitest'
import { type Client, idOf, png, start } from './client.ts'

const minute = 60_000
const hour = 60 * minute
const sent = ({ mastodon }: Client): number => mastodon.statuses.length

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

test('a create whose client gives up first lands once', async () => {
  const { mastodon, switchboard } = await start({ landLate: minute })
  switchboard.play({ name: 'create', when: 'before', play: { slow: 400 } })
  const headers = { authorization: `Bearer ${mastodon.accessToken}` }
  const body = new URLSearchParams({ status: 'x' })
  const patience = new AbortController()
  const init = { method: 'POST', headers, body, signal: patience.signal }
  const create = fetch(`${mastodon.url}/api/v1/statuses`, init)
  const givenUp = expect(create).rejects.toThrow('aborted')
  await vi.waitUntil(() => switchboard.calls.length > 0, { timeout: 10_000 })
  patience.abort()
  await givenUp
  await vi.waitUntil(() => switchboard.calls[0]?.status !== undefined, { timeout: 10_000 })
  switchboard.advance(2 * minute)
  expect(mastodon.statuses).toMatchObject([{ text: 'x' }])
})

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

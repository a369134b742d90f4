import { expect, test } from 'vitest'
import type { MastodonOptions } from '../../../../scripts/sandbox/mastodon/families.ts'
import { idOf, jpeg, png, start } from './client.ts'

const minute = 60_000
const hour = 60 * minute

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
  expect(await ask('GET', `/media/${kept}`)).toMatchObject({ status: 200, type: 'image/png' })
  expect(await create({ status: 'x', media_ids: [lost] })).toMatchObject({ status: 422 })
})

test('the old way to upload answers when all is done', async () => {
  const { mastodon } = await start({ processing: 3 })
  const body = new FormData()
  body.append('file', new File([new Uint8Array(await jpeg())], 'a.jpg', { type: 'image/jpeg' }))
  const headers = { authorization: `Bearer ${mastodon.accessToken}` }
  const answer = await fetch(`${mastodon.url}/api/v1/media`, { method: 'POST', headers, body })
  expect([answer.status, await answer.json()]).toMatchObject([200, { url: expect.any(String) }])
})

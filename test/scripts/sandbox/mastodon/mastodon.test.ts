import { expect, test } from 'vitest'
import { idOf, jpeg, png, start } from './client.ts'

const link = 'https://art.tumblr.com/post/1234567890/a-rather-long-name-of-a-post-that-goes-on?source=share'
const invalid = (error: string): object => ({ status: 422, body: { error } })
const tooLong = invalid('Validation failed: Text character limit of 500 exceeded')

test('publishes what was sent, and keeps it as it came', async () => {
  const { upload, create, mastodon, ask } = await start()
  const bytes = await jpeg(12, 10)
  const media = idOf(await upload(bytes, 'image/jpeg', 'A teal card'))
  const fields = {
    status: `Two\nlines & #FrenchHistory\n\n${link}`,
    spoiler_text: 'cards',
    visibility: 'unlisted',
    language: 'de',
    media_ids: [media],
  }
  const answer = await create(fields, 'k1')
  const [status] = mastodon.statuses
  expect(status).toMatchObject({
    text: fields.status,
    spoilerText: 'cards',
    sensitive: true,
    visibility: 'unlisted',
    language: 'de',
    hashtags: ['FrenchHistory'],
    idempotencyKey: 'k1',
    media: [{ id: media, mimeType: 'image/jpeg', width: 12, height: 10, description: 'A teal card' }],
  })
  expect(Buffer.from(status?.media[0]?.bytes ?? [])).toEqual(bytes)
  expect(answer.body).toMatchObject({
    content: expect.stringMatching(
      /^<p>Two<br \/>lines &amp; <a href=[^>]+>#<span>FrenchHistory<\/span><\/a><\/p><p><a href="https:\/\/art/,
    ),
    media_attachments: [{ id: media }],
  })
  expect(await ask('GET', `/api/v1/statuses/${idOf(answer)}`)).toMatchObject({ body: answer.body })
  expect(mastodon.unlawful()).toEqual([])
})

test('lists newest first, page by page, boosts out', async () => {
  const { ask, mastodon } = await start()
  const ids = ['a', 'b', 'c', 'd'].map((text) => mastodon.postByHand(text).id)
  const boost = mastodon.boostByHand().id
  mastodon.deleteStatus(ids[2] ?? '')
  const list = async (query: string): Promise<unknown> => {
    const { body } = await ask('GET', `/api/v1/accounts/${mastodon.accountId}/statuses?${query}`)
    return Array.isArray(body) ? body.map(({ id }) => ids.concat(boost).indexOf(id)).join('') : body
  }
  expect(await list('')).toBe('4310')
  expect(await list('exclude_reblogs=true')).toBe('310')
  expect(await list('exclude_reblogs=true&limit=2')).toBe('31')
  expect(await list(`max_id=${ids[1]}`)).toBe('0')
  expect(await list(`min_id=${ids[0]}&limit=1`)).toBe('1')
  expect(await list(`since_id=${ids[0]}&limit=1`)).toBe('4')
  expect(await list('only_media=true')).toBe('')
})

test('keeps a thread together', async () => {
  const { ask, create } = await start()
  const first = idOf(await create({ status: '1' }))
  const second = idOf(await create({ status: '2', in_reply_to_id: first }))
  const third = idOf(await create({ status: '3', in_reply_to_id: second }))
  expect(await ask('GET', `/api/v1/statuses/${second}/context`)).toMatchObject({
    body: { ancestors: [{ id: first }], descendants: [{ id: third, in_reply_to_id: second }] },
  })
})

test('edits: what is not sent again is gone', async () => {
  const { ask, create, upload, mastodon } = await start()
  const media = [idOf(await upload(await png())), idOf(await upload(await png()))]
  const path = `/api/v1/statuses/${idOf(await create({ status: 'x', spoiler_text: 'w', media_ids: media }))}`
  const media_attributes = [{ id: media[1], description: 'new' }]
  expect(await ask('PUT', path, { status: 'y', media_ids: [media[1]], media_attributes })).toMatchObject({
    status: 200,
  })
  expect(mastodon.statuses).toMatchObject([
    { text: 'y', spoilerText: '', media: [{ id: media[1], description: 'new' }] },
  ])
  expect(await ask('PUT', path, { status: 'x'.repeat(501) })).toMatchObject(tooLong)
  await ask('PUT', path, { status: 'z' })
  expect(mastodon.statuses).toMatchObject([{ text: 'z', media: [] }])
})

test('deletes, and frees the media for a redraft unless told otherwise', async () => {
  const { ask, create, upload, mastodon } = await start()
  for (const [query, seen] of [
    ['', 200],
    ['?delete_media=true', 404],
  ] as const) {
    const media = idOf(await upload(await png()))
    const path = `/api/v1/statuses/${idOf(await create({ status: 'x', media_ids: [media] }))}`
    expect(await ask('DELETE', `/api/v1/media/${media}`)).toMatchObject(
      invalid('Media attachment is currently used by a status'),
    )
    expect(await ask('DELETE', path + query)).toMatchObject({ status: 200, body: { text: 'x' } })
    expect(await ask('GET', path)).toMatchObject({ status: 404, body: { error: 'Record not found' } })
    expect(await ask('GET', `/api/v1/media/${media}`)).toMatchObject({ status: seen })
  }
  expect(mastodon.statuses).toMatchObject([{ deleted: true }, { deleted: true }])
})

test('asks for a token, and for its scopes', async () => {
  const { ask, mastodon, upload } = await start({ scopes: ['read:accounts', 'write:statuses'] })
  const verify = '/api/v1/accounts/verify_credentials'
  expect(await ask('GET', verify)).toMatchObject({ status: 200, body: { id: mastodon.accountId } })
  expect(await ask('GET', verify, undefined, { authorization: 'Bearer x' })).toMatchObject({
    status: 401,
    body: { error: 'The access token is invalid' },
  })
  expect(await upload(await png())).toMatchObject({
    status: 403,
    body: { error: 'This action is outside the authorized scopes' },
  })
  mastodon.revokeToken()
  expect(await ask('GET', verify)).toMatchObject({
    status: 401,
    body: { error: 'The access token was revoked' },
  })
})

test('names every call to the switchboard', async () => {
  const { ask, create, upload, switchboard } = await start()
  const media = `/api/v1/media/${idOf(await upload(await png()))}`
  const status = `/api/v1/statuses/${idOf(await create({ status: 'x' }))}`
  for (const path of ['/api/v1/instance', '/nodeinfo/2.0', '/api/v1/apps/verify_credentials', media, status])
    await ask('GET', path)
  await ask('PUT', media, { description: 'x' })
  await ask('DELETE', media)
  await ask('PUT', status, { status: 'y' })
  await ask('DELETE', status)
  expect(switchboard.calls.map(({ name, status: number }) => `${name} ${number}`).join(', ')).toBe(
    'upload 200, create 200, instance 200, nodeinfo 200, app 200, media 200, status 200, describe 200, discard 200, edit 200, delete 200',
  )
})

test('a warning without a text becomes the text', async () => {
  const { create, mastodon } = await start()
  await create({ status: ' ', spoiler_text: 'cards' })
  expect(mastodon.statuses).toMatchObject([{ text: 'cards', spoilerText: '', sensitive: true }])
})

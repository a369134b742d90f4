import { expect, test } from 'vitest'
import { gif, idOf, jpeg, movingGif, png, start, truncatedJpeg } from './client.ts'

const link = 'https://art.tumblr.com/post/1234567890/a-rather-long-name-of-a-post-that-goes-on?source=share'
const invalid = (error: string): object => ({ status: 422, body: { error } })
const tooLong = invalid('Validation failed: Text character limit of 500 exceeded')

test.each([
  ['500 characters', { status: 'x'.repeat(500) }, { status: 200 }],
  ['501 characters', { status: 'x'.repeat(501) }, tooLong],
  ['a family is one character', { status: '👨‍👩‍👧‍👦'.repeat(500) }, { status: 200 }],
  ['a link counts 23', { status: `${'x'.repeat(476)} ${link}` }, { status: 200 }],
  ['a link counts no less than 23', { status: `${'x'.repeat(477)} ${link}` }, tooLong],
  ['the full stop after a link counts', { status: `${'x'.repeat(476)} ${link}.` }, tooLong],
  ['so it does without a query', { status: `${'x'.repeat(476)} https://art.example/post/1.` }, tooLong],
  [
    'a link in brackets',
    { status: `${'x'.repeat(474)} (https://en.wikipedia.org/wiki/Cat_(cat))` },
    { status: 200 },
  ],
  ['a short link counts 23 too', { status: `${'x'.repeat(477)} http://a.io` }, tooLong],
  ['no protocol is no link', { status: `${'x'.repeat(470)} ${link.slice(8)}` }, tooLong],
  ['a warning counts', { status: 'x'.repeat(400), spoiler_text: 'y'.repeat(101) }, tooLong],
  ['a link in a warning counts in full', { status: 'x'.repeat(420), spoiler_text: link }, tooLong],
  [
    'a far name counts without its server',
    { status: `${'x'.repeat(496)} @ab@example.social` },
    { status: 200 },
  ],
  ['nothing at all', { status: ' ' }, invalid("Validation failed: Text can't be blank")],
  ['an unknown visibility', { status: 'x', visibility: 'secret' }, { status: 422 }],
  [
    'nobody may be told',
    { status: 'by @staff', allowed_mentions: [] },
    invalid('Post would be sent to unexpected accounts'),
  ],
  ['nobody far may be told', { status: '(@a_b@c.example)', allowed_mentions: [] }, { status: 422 }],
  [
    'nobody is told',
    { status: 'by @\u200bstaff, me@home.example, https://x.example/@you', allowed_mentions: [] },
    { status: 200 },
  ],
  [
    'a refused tag',
    { status: 'x #Banned' },
    invalid('Validation failed: Text contained a disallowed hashtag: Banned'),
  ],
  ['a number is no tag', { status: 'x #1' }, { status: 200, body: { tags: [] } }],
  ['a tag that only begins so', { status: 'x #bannedtoo' }, { status: 200 }],
  ['an answer to nothing', { status: 'x', in_reply_to_id: '1' }, { status: 404 }],
  [
    'media that are not there',
    { status: 'x', media_ids: ['7'] },
    invalid('Media 7 not found or already attached to another post'),
  ],
  [
    'five media',
    { status: 'x', media_ids: ['1', '2', '3', '4', '5'] },
    invalid('Cannot attach more than 4 files'),
  ],
])('judges a text: %s', async (_, fields, expected) => {
  const { create, mastodon } = await start()
  mastodon.refuseHashtag('#banned')
  const answer = await create(fields)
  expect(answer).toMatchObject(expected)
  expect(mastodon.statuses).toHaveLength(answer.status === 200 ? 1 : 0)
})

test.each([
  ['x #Banned', 'Text enthält einen verbotenen Hashtag: Banned'],
  ['x #Banned #worse', 'Text enthält verbotene Hashtags: Banned, worse'],
  ['x'.repeat(501), 'Text Zeichenlimit von 500 überschritten'],
])('refuses in its language: %s', async (status, why) => {
  const { create, mastodon } = await start({ locale: 'de' })
  mastodon.refuseHashtag('banned')
  mastodon.refuseHashtag('worse')
  expect(await create({ status })).toMatchObject(invalid(`Gültigkeitsprüfung ist fehlgeschlagen: ${why}`))
})

test.each([
  ['a PNG', png(), 'image/png', { status: 200, body: { type: 'image' } }],
  [
    'no image',
    Promise.resolve(Buffer.from('hello')),
    'image/png',
    invalid('File type of uploaded media could not be verified'),
  ],
  [
    'half an image',
    truncatedJpeg(),
    'image/jpeg',
    { status: 500, body: { error: 'Error processing thumbnail for uploaded media' } },
  ],
  [
    'an unknown type',
    png(),
    'image/tiff',
    invalid('Validation failed: File content type is invalid, File is invalid'),
  ],
  ['too many bytes', jpeg(900, 900), 'image/jpeg', { status: 422 }],
  ['too many pixels', png(5761, 5760), 'image/png', invalid('5761x5760 images are not supported')],
  ['as many pixels as may be', png(5760, 5760), 'image/png', { status: 200 }],
  ['a large GIF', gif(970, 990), 'image/gif', invalid('970x990 GIF files are not supported')],
  ['a moving GIF', movingGif(), 'image/gif', { status: 202, body: { type: 'gifv', url: null } }],
])('judges an image: %s', async (name, bytes, mimeType, expected) => {
  const { upload } = await start(name === 'too many bytes' ? { limits: { imageBytes: 1000 } } : {})
  expect(await upload(await bytes, mimeType)).toMatchObject(expected)
})

test.each([
  ['a'.repeat(10_000), 200],
  ['🖼'.repeat(10_000), 200],
  ['a'.repeat(10_001), 422],
])('judges an alt text by code points', async (description, status) => {
  const { upload } = await start()
  expect(await upload(await png(), 'image/png', description)).toMatchObject({ status })
})

test('takes a form as well', async () => {
  const { mastodon, upload } = await start()
  const media = [idOf(await upload(await png())), idOf(await upload(await png()))]
  const body = new URLSearchParams({ status: 'x', sensitive: 'true' })
  for (const id of media) body.append('media_ids[]', id)
  const headers = { authorization: `Bearer ${mastodon.accessToken}` }
  const init = { method: 'POST', headers, body }
  expect((await fetch(`${mastodon.url}/api/v1/statuses`, init)).status).toBe(200)
  expect(mastodon.statuses).toMatchObject([
    { text: 'x', sensitive: true, media: media.map((id) => ({ id })) },
  ])
})

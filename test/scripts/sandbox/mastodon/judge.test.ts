import { expect, test } from 'vitest'
import { idOf, png, start } from './client.ts'

test('says what is wrong with what was published', async () => {
  const { upload, create, mastodon } = await start()
  const media = idOf(await upload(await png(), 'image/jpeg', 'undefined'))
  await create({ status: 'by @staff', media_ids: media })
  await create({ status: 'fine', media_ids: [media] })
  mastodon.postByHand('hello @friend')
  expect(mastodon.unlawful()).toEqual([
    expect.stringMatching(/pings staff$/),
    expect.stringMatching(/has no image$/),
    expect.stringMatching(/is said to be image\/jpeg but is png$/),
    expect.stringMatching(/is described as "undefined"$/),
  ])
})

test.each([
  ['attachments', 0, /has 1 images of at most 0$/],
  ['characters', 3, /has 4 characters of at most 3$/],
  ['imageBytes', 9, /has \d+ bytes of at most 9$/],
  ['imagePixels', 47, /has 8x6 pixels$/],
  ['altTextCharacters', 3, /has too long an alt text$/],
])('judges by the limits: %s', async (limit, value, sentence) => {
  const { upload, create, mastodon } = await start()
  await create({ status: 'four', media_ids: [idOf(await upload(await png(), 'image/png', 'four'))] })
  expect(mastodon.unlawful()).toEqual([])
  mastodon.traits.limits = { ...mastodon.traits.limits, [limit]: value }
  expect(mastodon.unlawful()).toEqual([expect.stringMatching(sentence)])
})

test('sees an image that two statuses show, and one that cannot be read', async () => {
  const { upload, create, mastodon } = await start({ software: 'snac' })
  const media_ids = [idOf(await upload(Buffer.from('hello')))]
  await create({ status: 'a', media_ids })
  const second = idOf(await create({ status: 'b', media_ids }))
  const unreadable = expect.stringMatching(/cannot be read$/)
  expect(mastodon.unlawful()).toEqual([
    unreadable,
    expect.stringMatching(new RegExp(`belongs to ${second}$`)),
    unreadable,
  ])
})

/** What the author changes after a post was seen. */
import { expect, test } from 'vitest'
import { blog, count, firstLines, minute, picture, startDriver } from '../../support/run.ts'

const { altText: _, ...bare } = picture

test('LEVITY_ALT_TEXT=required: a post waits, holding up nobody, and comes when its alt text is written', async () => {
  const { run, publish, sandbox, texts, env } = await startDriver()
  env['LEVITY_ALT_TEXT'] = 'required'
  const waiting = publish({ text: 'Waiting', images: [bare] })
  publish({ text: 'Other' })
  const { route } = await run()
  expect(route.skipped).toMatchObject([
    { post: waiting, reason: expect.stringContaining('waits for alt text') },
  ])
  expect(firstLines(texts())).toEqual(['Other'])
  sandbox.tumblr.edit(blog, waiting, { images: [picture] })
  expect((await run()).route.posted).toMatchObject([{ post: waiting }])
  expect(firstLines(texts())).toEqual(['Other', 'Waiting'])
  expect(sandbox.mastodon.statuses.at(-1)?.media[0]?.description).toBe('Hills.')
  expect((await run()).called()).toHaveLength(2)
})

test('an edit is left alone unless LEVITY_FOLLOW=edits, and never posted again', async () => {
  const { run, publish, sandbox, texts, env } = await startDriver()
  const id = publish({ text: 'A' })
  await run()
  sandbox.tumblr.edit(blog, id, { text: 'A, edited' })
  const { called } = await run()
  expect(called('mastodon')).toEqual([])
  expect(firstLines(texts())).toEqual(['A'])
  env['LEVITY_FOLLOW'] = 'edits'
  sandbox.tumblr.edit(blog, id, {
    text: 'A, edited twice',
    images: [{ ...picture, altText: 'Better hills.' }],
  })
  const next = await run()
  expect(next.route.edited).toEqual([id])
  expect(count(next.called('mastodon'), 'create')).toBe(0)
  expect(firstLines(texts())).toEqual(['A, edited twice'])
  expect(sandbox.mastodon.statuses[0]?.media.map(({ description }) => description)).toEqual(['Better hills.'])
  expect((await run()).called()).toHaveLength(2)
})

test('an edit of what its owner deleted from Mastodon edits nothing, and says nothing', async () => {
  const { run, publish, sandbox, env } = await startDriver()
  env['LEVITY_FOLLOW'] = 'edits'
  const id = publish({ text: 'A' })
  await run()
  sandbox.mastodon.deleteStatus(sandbox.mastodon.statuses[0]?.id ?? '')
  sandbox.tumblr.edit(blog, id, { text: 'A, edited' })
  const { route, called } = await run()
  expect(route.edited).toEqual([])
  expect(called('mastodon')).toEqual(['status'])
})

test('a deletion is followed under LEVITY_FOLLOW=deletions alone', async () => {
  const { run, publish, sandbox, texts, env } = await startDriver()
  const ids = ['A', 'B', 'C', 'D'].map((text) => publish({ text }))
  await run()
  sandbox.tumblr.remove(blog, ids[1] ?? '')
  await run()
  expect(firstLines(texts())).toEqual(['A', 'B', 'C', 'D'])
  env['LEVITY_FOLLOW'] = 'deletions'
  sandbox.tumblr.remove(blog, ids[2] ?? '')
  expect((await run()).route.deleted).toEqual([ids[2]])
  expect(firstLines(texts())).toEqual(['A', 'B', 'D'])
  expect((await run()).called()).toHaveLength(2)
})

test('a post deleted on Tumblr while it waits is not posted', async () => {
  const { run, publish, sandbox, later, env } = await startDriver()
  env['LEVITY_DELAY'] = '5m'
  const id = publish({ text: 'A' })
  await run()
  sandbox.tumblr.remove(blog, id)
  later(6 * minute)
  expect((await run()).route).toMatchObject({ outcome: 'busy', skipped: [] })
  later(59 * minute)
  expect((await run()).route).toMatchObject({ outcome: 'busy', skipped: [] })
  later(2 * minute)
  expect((await run()).route).toMatchObject({ skipped: [{ post: id, reason: 'it is gone from Tumblr' }] })
  expect(sandbox.mastodon.statuses).toEqual([])
})

/** What the author changes after a post was seen. */
import { expect, test } from 'vitest'
import type { Fault } from '../../../scripts/sandbox/switchboard.ts'
import { blog, count, firstLines, minute, picture, startDriver } from '../../support/run.ts'
import { changedPages } from '../../support/tumblr-pages.ts'

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

test('a deletion is followed under LEVITY_FOLLOW=deletions alone, once two runs an hour apart have missed the post', async () => {
  const { run, publish, sandbox, texts, env, later } = await startDriver()
  const ids = ['A', 'B', 'C', 'D'].map((text) => publish({ text }))
  await run()
  sandbox.tumblr.remove(blog, ids[1] ?? '')
  await run()
  expect(firstLines(texts())).toEqual(['A', 'B', 'C', 'D'])
  env['LEVITY_FOLLOW'] = 'deletions'
  sandbox.tumblr.remove(blog, ids[2] ?? '')
  expect((await run()).route.deleted).toEqual([])
  expect((await run()).called()).toHaveLength(2)
  later(59 * minute)
  expect((await run()).called()).toHaveLength(2)
  later(2 * minute)
  expect((await run()).route.deleted).toEqual([ids[2]])
  expect(firstLines(texts())).toEqual(['A', 'B', 'D'])
  expect((await run()).called()).toHaveLength(2)
})

test('a post that is missing for less than an hour is not deleted, nor is one that Tumblr still gives by its id', async () => {
  const { run, publish, sandbox, texts, later } = await startDriver({ env: { LEVITY_FOLLOW: 'deletions' } })
  const ids = ['A', 'B', 'C'].map((text) => publish({ text }))
  const hide = (state: 'private' | 'published'): void => sandbox.tumblr.edit(blog, ids[1] ?? '', { state })
  await run()
  hide('private')
  await run()
  later(30 * minute)
  hide('published')
  await run()
  later(31 * minute)
  expect((await run()).route.deleted).toEqual([])
  hide('private')
  await run()
  later(61 * minute)
  // Missing from the page, and there by its id.
  sandbox.switchboard.play(
    changedPages((page) => ({ total_posts: 2, posts: page.posts.toSpliced(1, 1) }), { times: 1 }),
  )
  hide('published')
  expect((await run()).route.deleted).toEqual([])
  await run()
  expect(firstLines(texts())).toEqual(['A', 'B', 'C'])
})

test('copies of a post that was deleted are deleted with it, also where Mastodon refuses half-way', async () => {
  const { run, publish, sandbox, texts, later } = await startDriver({ env: { LEVITY_FOLLOW: 'deletions' } })
  publish({ text: 'B' })
  const id = publish({ text: 'A' })
  await run()
  await run({ post: id, again: 2 })
  expect(firstLines(texts())).toEqual(['B', 'A', 'A'])
  sandbox.tumblr.remove(blog, id)
  await run()
  later(61 * minute)
  sandbox.switchboard.play({ name: 'delete', when: 'before', after: 1, times: 1, play: { status: 500 } })
  await run()
  expect(firstLines(texts())).toEqual(['B', 'A'])
  later(61 * minute)
  expect((await run()).route.deleted).toEqual([id])
  expect(firstLines(texts())).toEqual(['B'])
})

test('a deletion that Mastodon refuses is tried again, and holds up nothing', async () => {
  const { run, publish, sandbox, texts, later } = await startDriver({ env: { LEVITY_FOLLOW: 'deletions' } })
  const [gone = ''] = ['A', 'B'].map((text) => publish({ text }))
  publish({ text: 'C' })
  await run()
  sandbox.tumblr.remove(blog, gone)
  publish({ text: 'D' })
  await run()
  later(61 * minute)
  sandbox.switchboard.play(refusing('delete'))
  publish({ text: 'E' })
  expect((await run()).route).toMatchObject({ deleted: [], posted: [{}] })
  expect((await run()).route.deleted).toEqual([])
  expect(firstLines(texts())).toEqual(['A', 'B', 'C', 'D', 'E'])
})

test.each([
  ['in HTML', { status: 500, body: '<html>' }],
  ['in JSON', { status: 503, body: '{"error":"no"}' }],
  ['for good', { status: 422, body: '{"error":"no"}' }],
])('an edit that is refused %s holds up no new post, and is tried again', async (_, play) => {
  const { run, publish, sandbox, texts, later } = await startDriver({ env: { LEVITY_FOLLOW: 'edits' } })
  const id = publish({ text: 'A' })
  await run()
  sandbox.tumblr.edit(blog, id, { text: 'Better' })
  sandbox.switchboard.play({ service: 'mastodon', name: 'edit', when: 'before', times: 2, play })
  publish({ text: 'B' })
  expect((await run()).route).toMatchObject({ outcome: 'done', edited: [], skipped: [], posted: [{}] })
  later(30 * minute)
  expect((await run()).route.edited).toEqual([])
  expect((await run()).route.edited).toEqual([id])
  expect(firstLines(texts())).toEqual(['Better', 'B'])
  expect((await run()).called()).toHaveLength(2)
})

test('after three hours an edit is given up, with its reason, once', async () => {
  const { run, publish, sandbox, texts, later } = await startDriver({ env: { LEVITY_FOLLOW: 'edits' } })
  const id = publish({ text: 'A' })
  await run()
  sandbox.tumblr.edit(blog, id, { text: 'Better' })
  sandbox.switchboard.play(refusing('edit'))
  await run()
  later(179 * minute)
  expect((await run()).route.skipped).toEqual([])
  later(2 * minute)
  expect((await run()).route.skipped).toMatchObject([
    { post: id, reason: expect.stringContaining('was not carried over') },
  ])
  expect((await run()).called()).toHaveLength(2)
  expect(firstLines(texts())).toEqual(['A'])
})

const refusing = (name: string): Fault => ({
  ...{ service: 'mastodon', name, when: 'before', times: Number.POSITIVE_INFINITY },
  play: { status: 500, body: '<html>' },
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

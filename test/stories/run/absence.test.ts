/** V1: what one page of Tumblr does not show is not gone. */
import { expect, test } from 'vitest'
import { blog, day, firstLines, minute, startDriver } from '../../support/run.ts'
import { changedPages, countedTooHigh, emptyPages, withoutNewest } from '../../support/tumblr-pages.ts'

const hour = 60 * minute
const numbers = (length: number): readonly string[] => Array.from({ length }, (_, at) => `Number ${at + 1}`)

test('of an empty page nothing is believed: what is new waits for the next run, and is posted in order', async () => {
  const { run, publish, sandbox, texts } = await startDriver()
  publish({ text: 'A' })
  await run()
  publish({ text: 'B' })
  sandbox.switchboard.play(emptyPages())
  const { route, called } = await run()
  expect(route).toMatchObject({ outcome: 'busy', posted: [], skipped: [] })
  expect(route.failed).toBeUndefined()
  expect(route.why).toContain('shows 0 of 2 posts')
  expect(called('mastodon')).toEqual([])
  await run()
  expect(firstLines(texts())).toEqual(['A', 'B'])
  expect((await run()).called()).toHaveLength(2)
})

test('a page that leaves out posts is not noted: the order holds', async () => {
  const { run, publish, sandbox, texts } = await startDriver()
  publish({ text: 'A' })
  publish({ text: 'B' })
  sandbox.switchboard.play(changedPages((page) => ({ ...page, posts: page.posts.slice(0, 1) })))
  expect((await run()).route.posted).toEqual([])
  await run()
  expect(firstLines(texts())).toEqual(['A', 'B'])
})

test('while the page is not believed, posts that were noted before are posted', async () => {
  const { run, publish, sandbox, texts, later, env } = await startDriver()
  env['LEVITY_DELAY'] = '5m'
  publish({ text: 'A' })
  await run()
  later(6 * minute)
  sandbox.switchboard.play(emptyPages())
  await run()
  expect(firstLines(texts())).toEqual(['A'])
})

test('a blog that counts more posts than it shows waits an hour once, and not at each new post', async () => {
  const { run, publish, sandbox, texts, later } = await startDriver({ bearings: false })
  for (const text of ['Old', 'Older']) publish({ text, at: Date.now() - day })
  sandbox.switchboard.play(countedTooHigh(1))
  await run()
  for (const text of ['A', 'B']) publish({ text })
  await run()
  later(59 * minute)
  expect((await run()).route.posted).toEqual([])
  later(2 * minute)
  await run()
  await run()
  const { called, route } = await run()
  expect(called()).toHaveLength(2)
  expect(route.outcome).toBe('done')
  for (const text of ['C', 'D']) {
    publish({ text })
    await run()
  }
  expect(firstLines(texts()).slice(-2)).toEqual(['C', 'D'])
})

test('more posts that are missing are doubted anew, and so are those that are missing again', async () => {
  const { run, publish, sandbox, texts, later } = await startDriver({ bearings: false })
  for (const text of ['Old', 'Older']) publish({ text, at: Date.now() - day })
  await run()
  for (const text of ['A', 'B']) publish({ text })
  await run()
  const { switchboard } = sandbox
  switchboard.play(countedTooHigh(1))
  await run()
  later(61 * minute)
  publish({ text: 'C' })
  await run()
  switchboard.playNothing()
  switchboard.play(countedTooHigh(2))
  publish({ text: 'D' })
  await run()
  expect(firstLines(texts())).toEqual(['A', 'B', 'C'])
  switchboard.playNothing()
  await run()
  expect(firstLines(texts())).toEqual(['A', 'B', 'C', 'D'])
  switchboard.play(countedTooHigh(1))
  publish({ text: 'E' })
  await run()
  expect(firstLines(texts())).not.toContain('E')
})

test('the first run does not begin below posts that a short page left out', async () => {
  const { run, publish, sandbox, texts, later } = await startDriver({ bearings: false })
  const now = Date.now()
  for (const [at, text] of ['Old', 'Older', 'Newest of old'].entries())
    publish({ text, at: now - day + at * minute })
  sandbox.switchboard.play(withoutNewest(1))
  expect((await run()).route.posted).toEqual([])
  await run()
  publish({ text: 'New' })
  later(minute)
  await run()
  expect(firstLines(texts())).toEqual(['New'])
})

test('one empty page does not end an archive, nor does it publish from its middle', async () => {
  const { run, runUntilDone, publish, sandbox, texts } = await startDriver({
    bearings: false,
    env: { LEVITY_START: 'all', LEVITY_MAX_POSTS: '50' },
  })
  const now = Date.now()
  for (const [at, text] of numbers(30).entries()) publish({ text, at: now - day + at * minute })
  // The newest page, the first of the archive, then an empty one.
  sandbox.switchboard.play(emptyPages({ after: 2 }))
  expect((await run()).route).toMatchObject({ outcome: 'busy', posted: [] })
  await runUntilDone()
  expect(firstLines(texts())).toEqual(numbers(30))
})

test('an archive whose end nothing proves is believed to be whole an hour later', async () => {
  const { run, publish, sandbox, texts, later } = await startDriver({
    bearings: false,
    env: { LEVITY_START: 'all', LEVITY_MAX_POSTS: '50' },
  })
  const now = Date.now()
  for (const [at, text] of numbers(25).entries()) publish({ text, at: now - day + at * minute })
  sandbox.switchboard.play(countedTooHigh(1))
  const { route } = await run()
  expect(route).toMatchObject({ outcome: 'busy', posted: [] })
  expect(route.why).toContain('counts more posts than it showed')
  later(59 * minute)
  expect((await run()).route.posted).toEqual([])
  later(2 * minute)
  await run()
  expect(firstLines(texts())).toEqual(numbers(25))
})

test('an archive that ended while Tumblr left out posts begins anew when the newest page is whole', async () => {
  const { run, runUntilDone, publish, sandbox, texts, later } = await startDriver({
    bearings: false,
    env: { LEVITY_START: 'all' },
  })
  const now = Date.now()
  for (const [at, text] of numbers(3).entries()) publish({ text, at: now - day + at * minute })
  sandbox.switchboard.play(
    changedPages((page) => ({ ...page, posts: page.posts.slice(0, 1) }), { times: Number.POSITIVE_INFINITY }),
  )
  await run()
  later(hour + minute)
  await run()
  later(hour + minute)
  await run()
  expect(firstLines(texts())).toEqual(['Number 3'])
  sandbox.switchboard.playNothing()
  await run()
  await runUntilDone()
  expect(firstLines(texts()).toSorted()).toEqual(numbers(3))
})

test('an empty page in the middle of a burst publishes nothing before its bottom is seen', async () => {
  const { run, runUntilDone, publish, sandbox, texts, env, later } = await startDriver()
  env['LEVITY_MAX_POSTS'] = '50'
  publish({ text: 'Known' })
  await run()
  const now = Date.now()
  later(hour)
  for (const [at, text] of numbers(25).entries()) publish({ text, at: now + at * 1000 })
  // The newest page is right, and every other of this run is empty.
  sandbox.switchboard.play(emptyPages({ after: 1, times: 6 }))
  expect((await run()).route).toMatchObject({ outcome: 'busy', posted: [] })
  sandbox.switchboard.playNothing()
  await runUntilDone()
  expect(firstLines(texts())).toEqual(['Known', ...numbers(25)])
})

test('a post that was gone while it waited is judged again when the page shows it', async () => {
  const { run, publish, sandbox, texts, later, env } = await startDriver()
  env['LEVITY_DELAY'] = '5m'
  publish({ text: 'A' })
  await run()
  const hidden = publish({ text: 'B' })
  await run()
  sandbox.tumblr.edit(blog, hidden, { state: 'private' })
  for (let runs = 0; runs < 3; runs++) {
    later(hour + minute)
    await run()
  }
  expect(firstLines(texts())).toEqual(['A'])
  sandbox.tumblr.edit(blog, hidden, { state: 'published' })
  await run()
  expect(firstLines(texts())).toEqual(['A', 'B'])
  expect((await run()).called()).toHaveLength(2)
})

test('also when no page showed that it was gone', async () => {
  const { run, publish, sandbox, texts, later, env } = await startDriver()
  env['LEVITY_DELAY'] = '5m'
  const hidden = publish({ text: 'A' })
  await run()
  sandbox.tumblr.edit(blog, hidden, { state: 'private' })
  sandbox.switchboard.play(
    changedPages((page) => ({ ...page, posts: [], total_posts: page.total_posts + 1 }), {
      times: Number.POSITIVE_INFINITY,
    }),
  )
  for (let runs = 0; runs < 3; runs++) {
    later(hour + minute)
    await run()
  }
  sandbox.switchboard.playNothing()
  sandbox.tumblr.edit(blog, hidden, { state: 'published' })
  await run()
  expect(firstLines(texts())).toEqual(['A'])
})

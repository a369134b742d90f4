/** F1 to F4: what is new is found once, wherever it stands. */
import { expect, test } from 'vitest'
import { idOfTime } from '../../../src/core/post/ids.ts'
import {
  blog,
  count,
  type Driver,
  day,
  firstLines,
  minute,
  picture,
  type Ran,
  schedule,
  startDriver,
} from '../../support/run.ts'
import { changedPages } from '../../support/tumblr-pages.ts'

const numbers = (length: number): readonly string[] => Array.from({ length }, (_, at) => `Number ${at + 1}`)

test('45 new posts over three pages come out in order, every one once', async () => {
  const { runUntilDone, publish, texts, env } = await startDriver()
  env['LEVITY_MAX_POSTS'] = '25'
  const now = Date.now()
  for (const [at, text] of numbers(45).entries()) publish({ text, at: now + at * 1000 })
  await runUntilDone()
  expect(firstLines(texts())).toEqual(numbers(45))
})

test('25 posts in one second', async () => {
  const { runUntilDone, publish, texts, env } = await startDriver()
  env['LEVITY_MAX_POSTS'] = '50'
  const at = Math.floor(Date.now() / 1000) * 1000
  for (const text of numbers(25)) publish({ text, at })
  await runUntilDone()
  expect(firstLines(texts())).toEqual(numbers(25))
})

test('a listing longer than a run keeps its place and publishes at its bottom alone, oldest first; what comes meanwhile comes last', async () => {
  const { run, runUntilDone, publish, texts } = await startDriver()
  const now = Date.now()
  publish({ text: 'Oldest', at: now })
  for (let at = 1; at <= 540; at++) publish({ text: 'Words', images: [], at: now + at * 1000 })
  publish({ text: 'Newest', at: now + 541_000 })
  const first = await run()
  expect(first.route).toMatchObject({ outcome: 'more', posted: [] })
  expect(count(first.called('mastodon'), 'upload')).toBe(0)
  publish({ text: 'Meanwhile', at: now + 600_000 })
  const rest = await runUntilDone()
  expect(firstLines(texts())).toEqual(['Oldest', 'Newest', 'Meanwhile'])
  // The newest page, what was left of the 28, and no look for what would be missing (F4).
  expect(rest.flatMap((ran) => ran.called('tumblr').filter((name) => name !== 'image')).length).toBeLessThan(
    10,
  )
  expect((await run()).called()).toHaveLength(2)
})

test('a run that is nearly over begins no further page, keeps its place, and the next goes on', async () => {
  const { run, runUntilDone, publish, texts, env, sandbox } = await startDriver()
  env['LEVITY_MAX_POSTS'] = '100'
  const now = Date.now()
  publish({ text: 'Oldest', at: now })
  for (let at = 1; at < 118; at++) publish({ text: 'Words', images: [], at: now + at * 1000 })
  publish({ text: 'Newest', at: now + 118_000 })
  const pages = (): number => sandbox.switchboard.calls.filter(({ name }) => name === 'posts').length
  const before = pages()
  const timeLeft = (): number => (pages() - before >= 2 ? 29_000 : 300_000)
  // The newest page, one further down, and the newest again as the first that is noted.
  const first = await run(schedule, { timeLeft })
  expect(count(first.called('tumblr'), 'posts')).toBe(3)
  expect(first.route).toMatchObject({ outcome: 'more', posted: [] })
  // The newest, and one of those that are left.
  const second = await run(schedule, { timeLeft })
  expect(count(second.called('tumblr'), 'posts')).toBe(2)
  expect(second.route).toMatchObject({ outcome: 'more', posted: [] })
  const lastPage = ({ calls }: Ran): string | undefined =>
    calls.findLast(({ name }) => name === 'posts')?.path
  expect(lastPage(second)).not.toBe(lastPage(first))
  await runUntilDone()
  expect(firstLines(texts())).toEqual(['Oldest', 'Newest'])
})

test('posts without an image of their own are noted with the reason, once', async () => {
  const { run, publish } = await startDriver()
  const words = publish({ text: 'Words', images: [] })
  const reblog = publish({ images: [], reblogOf: { blog: 'valleyside', images: [picture] } })
  const { route, called } = await run()
  expect(route.skipped).toEqual([
    { post: words, reason: 'it has no image' },
    { post: reblog, reason: "it has no image of the blog's own" },
  ])
  expect(called('mastodon')).toEqual([])
  const next = await run()
  expect(next.route.skipped).toEqual([])
  expect(next.called()).toHaveLength(2)
})

test('pinning costs nothing, and hides nothing new', async () => {
  const { run, publish, sandbox, texts } = await startDriver()
  const pinned = publish({ text: 'A' })
  publish({ text: 'B' })
  await run()
  sandbox.tumblr.edit(blog, pinned, { pinned: true })
  expect((await run()).called('mastodon')).toEqual([])
  expect((await run()).called()).toHaveLength(2)
  publish({ text: 'C' })
  await run()
  expect(firstLines(texts())).toEqual(['A', 'B', 'C'])
})

test('a post that turns up late, below others that were posted, is found once', async () => {
  const { run, publish, texts } = await startDriver()
  const now = Date.now()
  publish({ text: 'A', at: now - 60_000 })
  publish({ text: 'C', at: now })
  await run()
  publish({ text: 'B, late', at: now - 30_000 })
  await run()
  await run()
  expect(firstLines(texts())).toEqual(['A', 'C', 'B, late'])
})

test('a post that its author dates anew is not posted again', async () => {
  const { run, publish, sandbox, texts } = await startDriver()
  const id = publish({ text: 'A' })
  publish({ text: 'B' })
  await run()
  sandbox.tumblr.edit(blog, id, { timestamp: Math.floor(Date.now() / 1000) + 60 })
  await run()
  expect((await run()).called()).toHaveLength(2)
  expect(firstLines(texts())).toEqual(['A', 'B'])
})

test('a back-dated post that sinks below the first page is found by a deeper listing, at most daily', async () => {
  const { run, runUntilDone, publish, texts, later, env } = await startDriver({ bearings: false })
  env['LEVITY_MAX_POSTS'] = '50'
  const now = Date.now()
  for (let at = 0; at < 50; at++) publish({ text: 'Before', images: [], at: now - day - at * minute })
  await run()
  publish({ text: 'Of today', images: [picture] })
  publish({ text: 'Of long ago', timestamp: Math.floor((now - 1.02 * day) / 1000) })
  await runUntilDone()
  expect(firstLines(texts()).toSorted()).toEqual(['Of long ago', 'Of today'])
  expect((await run()).called()).toHaveLength(2)
  publish({ text: 'Of long ago, too', timestamp: Math.floor((now - 1.03 * day) / 1000) })
  publish({ text: 'Of today, too' })
  await run()
  expect(firstLines(texts())).not.toContain('Of long ago, too')
  later(day + minute)
  publish({ text: 'Of tomorrow' })
  await runUntilDone()
  expect(firstLines(texts())).toContain('Of long ago, too')
  expect(texts()).toHaveLength(5)
})

/** A blog with more posts from before than a page has. */
async function longBlog(env: Readonly<Record<string, string>> = {}): Promise<Driver> {
  const driver = await startDriver({ bearings: false, env: { LEVITY_MAX_POSTS: '50', ...env } })
  const now = Date.now()
  for (let at = 0; at < 50; at++) driver.publish({ text: 'Before', images: [], at: now - day - at * minute })
  await driver.run()
  return driver
}
const longAgo = (days: number): number => Math.floor((Date.now() - days * day) / 1000)

test('a back-dated post is found though nothing else is new, and a run that must wait for it writes nothing', async () => {
  const { run, runUntilDone, publish, texts, later } = await longBlog()
  publish({ text: 'Of long ago', timestamp: longAgo(1.02) })
  await runUntilDone()
  expect(firstLines(texts())).toEqual(['Of long ago'])
  expect((await run()).called()).toHaveLength(2)
  publish({ text: 'Another', timestamp: longAgo(1.02) })
  expect((await run()).called()).toHaveLength(2)
  later(day + minute)
  await runUntilDone()
  expect(firstLines(texts())).toEqual(['Of long ago', 'Another'])
})

test.each([
  ['in the same hour', false],
  ['before', true],
])('a deletion %s does not hide a back-dated post', async (_, seen) => {
  const { run, runUntilDone, publish, sandbox, texts } = await longBlog()
  const id = publish({ text: 'A' })
  publish({ text: 'B' })
  await run()
  sandbox.tumblr.remove(blog, id)
  if (seen) await run()
  publish({ text: 'Of long ago', timestamp: longAgo(1.02) })
  await runUntilDone()
  expect(firstLines(texts())).toEqual(['A', 'B', 'Of long ago'])
})

test('nor does one below the newest page, which shows in the count alone', async () => {
  const { run, runUntilDone, publish, sandbox, texts, later } = await longBlog()
  publish({ text: 'Of long ago', timestamp: longAgo(1.02) })
  await runUntilDone()
  const oldest = sandbox.tumblr.posts(blog).at(-1)?.['id_string']
  sandbox.tumblr.remove(blog, String(oldest))
  await run()
  expect((await run()).called()).toHaveLength(2)
  publish({ text: 'Another', timestamp: longAgo(1.02) })
  later(day + minute)
  await runUntilDone()
  expect(firstLines(texts())).toEqual(['Of long ago', 'Another'])
})

test('a post that is hidden and shown again is not missed, and does not stand in for a back-dated one', async () => {
  const { run, runUntilDone, publish, sandbox, texts } = await longBlog()
  const id = publish({ text: 'A' })
  publish({ text: 'B' })
  await run()
  sandbox.tumblr.edit(blog, id, { state: 'private' })
  await run()
  sandbox.tumblr.edit(blog, id, { state: 'published' })
  const { called } = await run()
  expect(count(called('tumblr'), 'posts')).toBe(1)
  sandbox.tumblr.edit(blog, id, { state: 'private' })
  await run()
  publish({ text: 'Of long ago', timestamp: longAgo(1.02) })
  sandbox.tumblr.edit(blog, id, { state: 'published' })
  await runUntilDone()
  expect(firstLines(texts())).toEqual(['A', 'B', 'Of long ago'])
})

test('new posts push known ones off the page of a blog with a pinned post, and no deeper listing begins', async () => {
  const { run, publish, sandbox, later } = await longBlog()
  const pinned = publish({ text: 'Pinned' })
  await run()
  sandbox.tumblr.edit(blog, pinned, { pinned: true, timestamp: longAgo(30) })
  await run()
  const now = Date.now()
  later(minute)
  for (let at = 0; at < 22; at++) publish({ text: 'Words', images: [], at: now + at * 1000 })
  await run()
  publish({ text: 'C', images: [] })
  expect(count((await run()).called('tumblr'), 'posts')).toBe(1)
})

test('one late listing at a time: a long one is not begun anew for the next late post', async () => {
  const { run, runUntilDone, publish, texts, later } = await startDriver({ bearings: false })
  const now = Date.now()
  for (let at = 0; at < 540; at++) publish({ text: 'Before', images: [], at: now - day - at * minute })
  await run()
  publish({ text: 'At the bottom', timestamp: longAgo(30) })
  await run()
  expect(texts()).toEqual([])
  later(day + minute)
  publish({ text: 'Higher up', timestamp: Math.floor((now - day) / 1000) - 1800 })
  await run()
  expect(firstLines(texts())).toEqual(['At the bottom'])
  later(day + minute)
  await runUntilDone()
  expect(firstLines(texts())).toEqual(['At the bottom', 'Higher up'])
})

test('a pinned post from long ago does not count as the end of what is new', async () => {
  const { run, publish, sandbox, texts, env } = await startDriver({ bearings: false })
  env['LEVITY_MAX_POSTS'] = '50'
  const pinned = publish({ text: 'Pinned', at: Date.now() - day })
  sandbox.tumblr.edit(blog, pinned, { pinned: true })
  await run()
  for (const text of numbers(25)) publish({ text })
  await run()
  await run()
  expect(firstLines(texts())).toEqual(numbers(25))
})

test('a post that is dated ahead does not hide what is published until then', async () => {
  const { run, publish, texts, env, later } = await startDriver()
  env['LEVITY_MAX_POSTS'] = '50'
  publish({ text: 'Ahead', timestamp: Math.floor((Date.now() + 2 * day) / 1000) })
  await run()
  later(minute)
  for (const text of numbers(25)) publish({ text })
  await run()
  expect(firstLines(texts())).toEqual(['Ahead', ...numbers(25)])
})

test('the first run takes its bearings and posts nothing from before', async () => {
  const { run, publish, texts } = await startDriver({ bearings: false })
  publish({ text: 'Before' })
  expect((await run()).route).toMatchObject({ outcome: 'done', posted: [], waiting: 0 })
  expect((await run()).called()).toHaveLength(2)
  publish({ text: 'After' })
  await run()
  expect(firstLines(texts())).toEqual(['After'])
})

test('an empty blog has bearings too: its first post is posted', async () => {
  const { run, publish, texts } = await startDriver({ bearings: false })
  expect((await run()).route).toMatchObject({ outcome: 'done' })
  publish({ text: 'First' })
  await run()
  expect(firstLines(texts())).toEqual(['First'])
})

test('a post that cannot be read is said to be so once, and posted when it can be', async () => {
  const { run, sandbox, texts } = await startDriver()
  const broken = { ...readable(), content: 'no blocks' }
  sandbox.tumblr.serve(blog, [broken])
  const reason = expect.stringContaining('cannot be read')
  expect((await run()).route.skipped).toEqual([{ post: broken.id_string, reason }])
  expect((await run()).route.skipped).toEqual([])
  sandbox.tumblr.remove(blog, broken.id_string)
  sandbox.tumblr.serve(blog, [{ ...broken, content: readable().content }])
  await run()
  expect(firstLines(texts())).toEqual(['Whole again.'])
})

test('a post from before the start that cannot be read is nothing new', async () => {
  const { run, sandbox, publish } = await startDriver({ bearings: false })
  const before = idOfTime(Date.now() - day)
  sandbox.tumblr.serve(blog, [
    { ...readable(), id_string: before, timestamp: longAgo(1), content: 'no blocks' },
  ])
  publish({ text: 'Newest' })
  await run()
  publish({ text: 'New' })
  expect((await run()).route).toMatchObject({ skipped: [], posted: [{}] })
})

test('in an archive a post that cannot be read is said, once', async () => {
  const { run, runUntilDone, sandbox, publish, env } = await startDriver({
    bearings: false,
    env: { LEVITY_START: 'all' },
  })
  const before = idOfTime(Date.now() - day)
  sandbox.tumblr.serve(blog, [
    { ...readable(), id_string: before, timestamp: longAgo(1), content: 'no blocks' },
  ])
  publish({ text: 'Newest' })
  const reason = expect.stringContaining('cannot be read')
  expect((await run()).route.skipped).toEqual([{ post: before, reason }])
  env['LEVITY_START'] = 'last:5'
  expect((await runUntilDone()).flatMap(({ route }) => route.skipped)).toEqual([])
})

test('an entry of a page without an id is said once in a run', async () => {
  const { run, sandbox, publish } = await startDriver({ bearings: false, env: { LEVITY_START: 'all' } })
  const now = Date.now()
  for (let at = 0; at < 25; at++) publish({ text: 'Words', at: now - day + at * minute })
  sandbox.switchboard.play(
    changedPages((page) => ({ ...page, posts: [...page.posts.slice(0, 18), 1, 2] }), {
      times: Number.POSITIVE_INFINITY,
    }),
  )
  const reason = expect.stringContaining('cannot be read')
  expect((await run()).route.skipped).toEqual([{ post: 'without an id', reason }])
})

const id = idOfTime(Date.now() + 1000)
const readable = () => ({
  id_string: id,
  blog_name: blog,
  post_url: `https://${blog}.tumblr.com/post/${id}`,
  timestamp: Math.floor(Date.now() / 1000),
  state: 'published',
  tags: [],
  trail: [],
  layout: [],
  content: [
    { type: 'text', text: 'Whole again.' },
    {
      type: 'image',
      media: [
        {
          url: 'https://64.media.tumblr.com/abc/s640x960/def.jpg',
          type: 'image/jpeg',
          width: 60,
          height: 40,
        },
      ],
    },
  ],
})

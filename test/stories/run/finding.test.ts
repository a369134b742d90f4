/** F1 to F4: what is new is found once, wherever it stands. */
import { expect, test } from 'vitest'
import { idOfTime } from '../../../src/core/post/ids.ts'
import {
  blog,
  count,
  day,
  firstLines,
  minute,
  picture,
  type Ran,
  schedule,
  startDriver,
} from '../../support/run.ts'

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

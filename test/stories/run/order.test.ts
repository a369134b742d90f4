/** E1: the oldest first, and never past a post that is not settled or parked. */
import { expect, test, vi } from 'vitest'
import type { PostDraft } from '../../../scripts/sandbox/tumblr/post.ts'
import { blog, firstLines, minute, picture, schedule, startDriver } from '../../support/run.ts'

const dead = { ...picture, state: 'missing' as const }

test('several new posts come out oldest first, in one run', async () => {
  const { run, publish, texts } = await startDriver()
  const ids = [publish({ text: 'A' }), publish({ text: 'B' }), publish({ text: 'C' })]
  const { route } = await run()
  expect(route.posted.map(({ post }) => post)).toEqual(ids)
  expect(firstLines(texts())).toEqual(['A', 'B', 'C'])
})

test('V2: a post that can never be taken holds the ones behind it for three hours: the next passes, and it is parked', async () => {
  const { run, publish, later, texts, sandbox } = await startDriver()
  const bad = publish({ text: 'Bad', images: [dead] })
  const good = publish({ text: 'Good' })
  // The last is shorter: three hours after the first try, another post is tried.
  const waits = [10, 20, 40, 60, 50]
  for (const [at, wait] of waits.entries()) {
    const { route } = await run()
    expect(route).toMatchObject({ outcome: 'busy', posted: [], waiting: 2 })
    expect(route.failed).toBeUndefined()
    expect(route.retrying).toMatchObject([{ post: bad, attempts: at + 1 }])
    expect(Math.round((Date.parse(route.retrying[0]?.next ?? '') - Date.now()) / minute)).toBe(wait)
    later((wait - 1) * minute)
    const early = await run()
    expect(early.route).toMatchObject({ outcome: 'busy', retrying: [], waiting: 2 })
    expect(early.called('pictures')).toEqual([])
    later(minute)
  }
  const { route } = await run()
  expect(route.parked).toMatchObject([{ post: bad, attempts: 7, reason: expect.stringContaining('404') }])
  expect(route.posted.map(({ post }) => post)).toEqual([good])
  expect(firstLines(texts())).toEqual(['Good'])
  expect(sandbox.mastodon.unlawful()).toEqual([])
  expect((await run()).called()).toHaveLength(2)
})

test('V2: a suspect to which nothing can be compared any more is parked after two days', async () => {
  const { run, publish, later, sandbox } = await startDriver()
  const bad = publish({ text: 'Bad', images: [dead] })
  const gone = publish({ text: 'Gone' })
  await run()
  sandbox.tumblr.remove(blog, gone)
  const outcomes: string[] = []
  for (let hours = 0; hours < 52; hours++) {
    later(60 * minute)
    const { route } = await run()
    outcomes.push(...route.parked.map(({ post }) => `${post} after ${hours + 1} hours`))
  }
  expect(outcomes).toEqual([`${bad} after 48 hours`])
})

const undecodable = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(2000, 1)])
const never: readonly (readonly [string, PostDraft, RegExp])[] = [
  [
    'stands on a foreign host',
    { images: [], content: [{ type: 'image', media: [{ url: 'https://example.com/hills.jpg' }] }] },
    /under .media.tumblr.com/,
  ],
  ['no decoder reads', { images: [{ ...picture, served: undecodable }] }, /truncated or broken/],
]

test.each(never)(
  'V2: a post with an image that %s is parked at once, and holds nobody',
  async (_, draft, reason) => {
    const { run, publish, texts } = await startDriver()
    const bad = publish({ text: 'Bad', ...draft })
    const good = publish({ text: 'Good' })
    expect((await run()).route).toMatchObject({
      outcome: 'done',
      parked: [{ post: bad, reason: expect.stringMatching(reason) }],
      posted: [{ post: good }],
      retrying: [],
    })
    expect(firstLines(texts())).toEqual(['Good'])
  },
)

test('a post that another run has claimed is left alone, and so is every post behind it', async () => {
  const { run, publish, sandbox, texts } = await startDriver()
  const { switchboard } = sandbox
  publish({ text: 'A' })
  switchboard.play({ service: 'pictures', when: 'before', play: { slow: 1200 } })
  const one = run()
  await vi.waitUntil(() => switchboard.calls.some(({ service }) => service === 'pictures'), {
    timeout: 5000,
    interval: 5,
  })
  publish({ text: 'B' })
  const other = await run()
  expect(other.route).toMatchObject({
    outcome: 'busy',
    posted: [],
    why: expect.stringContaining('another run'),
  })
  expect(other.called('mastodon')).toEqual([])
  // It noted B meanwhile, so the first run takes B too, behind A.
  expect((await one).route.posted).toHaveLength(2)
  expect(firstLines(texts())).toEqual(['A', 'B'])
})

test('a run that is overtaken before it publishes gives its claim back', async () => {
  const { run, publish, sandbox, texts } = await startDriver()
  const { switchboard } = sandbox
  publish({ text: 'A' })
  // The first write is the claimed record of A; the second, of the route item, comes too late.
  switchboard.play({ service: 'dynamodb', name: 'PutItem', after: 1, when: 'before', play: { slow: 1500 } })
  const before = switchboard.calls.length
  const one = run()
  await vi.waitUntil(
    () => switchboard.calls.slice(before).filter(({ name }) => name === 'PutItem').length === 2,
    { timeout: 5000, interval: 5 },
  )
  expect((await run()).route).toMatchObject({ outcome: 'busy', posted: [] })
  expect((await one).route).toMatchObject({ outcome: 'busy', posted: [] })
  expect((await run()).route).toMatchObject({ outcome: 'done', posted: [expect.anything()] })
  expect(firstLines(texts())).toEqual(['A'])
})

test('a fresh post waits for LEVITY_DELAY, in order, and is not counted as an attempt', async () => {
  const { run, publish, texts, later, env, sandbox } = await startDriver()
  env['LEVITY_DELAY'] = '5m'
  const first = publish({ text: 'A' })
  expect((await run()).route).toMatchObject({ outcome: 'busy', posted: [], waiting: 1 })
  later(4 * minute)
  expect((await run()).called('mastodon')).toEqual([])
  sandbox.tumblr.edit('hillside', first, { text: 'A, on second thoughts' })
  later(minute)
  publish({ text: 'B' })
  expect((await run()).route.posted).toMatchObject([{ post: first }])
  expect(firstLines(texts())).toEqual(['A, on second thoughts'])
})

test('LEVITY_MAX_POSTS a run: the rest is "more"', async () => {
  const { run, publish, texts, env } = await startDriver()
  env['LEVITY_MAX_POSTS'] = '2'
  for (const text of ['A', 'B', 'C', 'D', 'E']) publish({ text })
  expect((await run()).route).toMatchObject({ outcome: 'more', posted: [{}, {}], waiting: 3 })
  expect((await run()).route).toMatchObject({ outcome: 'more', posted: [{}, {}], waiting: 1 })
  expect((await run()).route).toMatchObject({ outcome: 'done', posted: [{}], waiting: 0 })
  expect(firstLines(texts())).toEqual(['A', 'B', 'C', 'D', 'E'])
})

test('a run that ends half-way gives its claim back, counts nothing, and the next goes on', async () => {
  const { run, publish, texts, sandbox } = await startDriver()
  publish({ text: 'A' })
  publish({ text: 'B' })
  const posted = (): boolean => sandbox.mastodon.statuses.length > 0
  const { route } = await run(schedule, { timeLeft: () => (posted() ? 20_000 : 300_000) })
  expect(route).toMatchObject({ outcome: 'more', posted: [{}], retrying: [], waiting: 1 })
  expect((await run()).route).toMatchObject({ outcome: 'done', posted: [{}] })
  expect(firstLines(texts())).toEqual(['A', 'B'])
})

test('six runs that end before the first image count nothing: the seventh posts', async () => {
  const { run, publish, sandbox } = await startDriver()
  publish()
  const { calls } = sandbox.switchboard
  for (let time = 0; time < 6; time++) {
    const before = calls.length
    const claimed = (): boolean => calls.slice(before).some(({ name }) => name === 'PutItem')
    const { route, called } = await run(schedule, { timeLeft: () => (claimed() ? 59_000 : 80_000) })
    expect(claimed()).toBe(true)
    expect(route).toMatchObject({ outcome: 'more', posted: [], retrying: [], parked: [] })
    expect(called('pictures')).toEqual([])
  }
  expect((await run()).route).toMatchObject({ outcome: 'done', posted: [{}] })
})

test('a post nobody foresaw (it breaks the code) counts against itself and stops nothing else', async () => {
  const { run, publish, texts, sandbox } = await startDriver()
  const odd = publish({ text: 'Odd', fields: { tags: 7, content: 'no list', timestamp: 'yesterday' } })
  publish({ text: 'Good' })
  const { route } = await run()
  expect(firstLines(texts())).toEqual(['Good'])
  expect(route.skipped).toMatchObject([{ post: odd }])
  expect(route.failed).toBeUndefined()
  expect((await run()).called()).toHaveLength(2)
  expect(sandbox.mastodon.unlawful()).toEqual([])
})

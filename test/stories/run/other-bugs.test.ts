/** What went wrong in other people's bridges, one case each; the case is what a user of theirs saw. */
import { expect, test } from 'vitest'
import { blog, count, type Driver, day, firstLines, minute, picture, startDriver } from '../../support/run.ts'

const creates = ({ sandbox }: Driver): number =>
  count(
    sandbox.switchboard.calls.map(({ name }) => name),
    'create',
  )

test('50 statuses and boosts of the owner since the last post hide nothing', async () => {
  const { run, publish, sandbox, texts } = await startDriver()
  publish({ text: 'A' })
  await run()
  for (let at = 0; at < 25; at++) {
    sandbox.mastodon.postByHand(`By hand ${at}`)
    sandbox.mastodon.boostByHand()
  }
  publish({ text: 'B' })
  await run()
  expect(firstLines(texts()).filter((text) => /^[AB]$/.test(text))).toEqual(['A', 'B'])
})

test('a status by hand between the post and the run', async () => {
  const { run, publish, sandbox } = await startDriver()
  publish({ text: 'A' })
  sandbox.mastodon.postByHand('A')
  expect((await run()).route.posted).toHaveLength(1)
})

test('202 on upload, ready after three looks', async () => {
  const { run, publish, sandbox } = await startDriver({ mastodon: { processing: 3 } })
  publish()
  const { called, route } = await run()
  expect(route.posted).toHaveLength(1)
  expect(count(called('mastodon'), 'media')).toBeGreaterThanOrEqual(3)
  expect(sandbox.mastodon.unlawful()).toEqual([])
})

test.each([
  ['5 minutes', 5 * minute],
  ['90 minutes', 90 * minute],
  ['25 hours', 25 * 60 * minute],
])(
  'created, connection cut before the answer, and the look-up too; the next run %s later: one status',
  async (_, wait) => {
    const driver = await startDriver()
    const { run, publish, sandbox, later, texts } = driver
    publish({ text: 'A' })
    sandbox.switchboard.play({ name: 'create', when: 'after', play: 'drop' })
    sandbox.switchboard.play({ name: 'statuses', when: 'before', play: 'drop', times: 2 })
    await run()
    later(wait)
    await run({})
    later(day)
    await run({})
    expect(firstLines(texts())).toEqual(['A'])
    expect(creates(driver)).toBe(1)
  },
)

test.each([
  ['answers 500 to a replay', { idempotency: 'broken' }],
  ['knows no keys', { idempotency: 'none' }],
  ['drops media it does not know and posts the text alone', { idempotency: 'none', unknownMedia: 'drop' }],
  ['says that media are attached already', { idempotency: 'none', unknownMedia: 'refuse' }],
  ['attaches media twice', { idempotency: 'none', unknownMedia: 'twice' }],
] as const)(
  'a create that lands seven minutes after its 504, on a server that %s: one status, whole',
  async (_, traits) => {
    const { run, publish, sandbox, later, texts } = await startDriver({
      mastodon: { ...traits, landLate: 7 * minute },
    })
    publish({ text: 'A', images: [picture, picture] })
    sandbox.switchboard.play({ name: 'create', when: 'before', play: { status: 504, body: '<html>' } })
    for (let time = 0; time < 5; time++) {
      await run({})
      later(5 * minute)
    }
    later(2 * day)
    await run({})
    expect(firstLines(texts())).toEqual(['A'])
    expect(sandbox.mastodon.statuses.map(({ media }) => media.length)).toEqual([2])
    expect(sandbox.mastodon.unlawful()).toEqual([])
  },
)

test('two runs at once: one status each', async () => {
  const { run, publish, texts } = await startDriver()
  for (const text of ['A', 'B', 'C']) publish({ text })
  await Promise.all([run(), run({}), run()])
  await run()
  expect(firstLines(texts())).toEqual(['A', 'B', 'C'])
})

test('a server that answers 504 for a day, then works again', async () => {
  const driver = await startDriver()
  const { run, publish, sandbox, later, texts } = driver
  publish({ text: 'A' })
  publish({ text: 'B' })
  for (let hour = 0; hour < 24; hour++) {
    sandbox.switchboard.play({ service: 'mastodon', when: 'before', times: 99, play: { status: 504 } })
    await run()
    later(61 * minute)
  }
  sandbox.switchboard.playNothing()
  expect((await run()).route).toMatchObject({ outcome: 'done', posted: [{}, {}], parked: [] })
  expect(firstLines(texts())).toEqual(['A', 'B'])
})

test('the second of four images is dead: said, never posted with three', async () => {
  const { runUntilDone, publish, texts } = await startDriver()
  const id = publish({ images: [picture, { ...picture, state: 'missing' }, picture, picture] })
  publish({ text: 'B' })
  const runs = await runUntilDone()
  const parked = runs.flatMap(({ route }) => route.parked)
  expect(parked).toMatchObject([{ post: id, reason: expect.stringContaining('404') }])
  expect(firstLines(texts())).toEqual(['B'])
})

test('a GIF stays animated', async () => {
  const { run, publish, sandbox } = await startDriver()
  publish({ images: [{ ...picture, format: 'gif', frames: 3 }] })
  await run()
  expect(sandbox.mastodon.statuses[0]?.media).toMatchObject([{ mimeType: 'image/gif' }])
  expect(sandbox.mastodon.unlawful()).toEqual([])
})

test('a caption of 5,000 characters, with emoji, keeps its link', async () => {
  const { run, publish, sandbox } = await startDriver()
  const id = publish({ text: '🏞️ hills & <valleys> '.repeat(250) })
  await run()
  expect(sandbox.mastodon.statuses[0]?.text).toContain(`https://hillside.tumblr.com/post/${id}`)
  expect(sandbox.mastodon.unlawful()).toEqual([])
})

test('a tag of two words is one hashtag', async () => {
  const { run, publish, sandbox } = await startDriver()
  publish({ tags: ['french history'] })
  await run()
  expect(sandbox.mastodon.statuses[0]?.hashtags).toEqual(['FrenchHistory'])
})

test('a post edited after it was posted is not posted again', async () => {
  const driver = await startDriver()
  const { run, publish, sandbox, later } = driver
  const id = publish({ text: 'A' })
  await run()
  sandbox.tumblr.edit(blog, id, { text: 'B', images: [picture, picture], tags: ['new'] })
  await run()
  later(day)
  await run()
  expect(creates(driver)).toBe(1)
})

test('ids above 2^53 that differ by one are two posts', async () => {
  const { run, publish, sandbox, texts } = await startDriver()
  const at = Date.now()
  const one = publish({ text: 'A', at })
  const two = publish({ text: 'B', at })
  expect(BigInt(two) - BigInt(one)).toBe(1n)
  const { route } = await run()
  expect(route.posted.map(({ post }) => post)).toEqual([one, two])
  expect(texts().map((text) => /post\/(\d+)/.exec(text)?.[1])).toEqual([one, two])
  sandbox.tumblr.remove(blog, one)
  expect((await run({ post: two, again: 2 })).route.posted).toMatchObject([{ post: two }])
})

test('a width of 2^53 is passed over, and the post comes', async () => {
  const { run, publish, sandbox, texts } = await startDriver()
  const address = sandbox.tumblr.pictures.addOne({ ...picture, format: 'png' })
  publish({
    text: 'A',
    images: [],
    content: [{ type: 'image', media: [{ url: address, width: 2 ** 53, height: -1 }] }],
  })
  expect((await run()).route).toMatchObject({ outcome: 'done', posted: [{}] })
  expect(firstLines(texts())).toEqual(['A'])
  expect(sandbox.mastodon.unlawful()).toEqual([])
})

/** `{"mode":"plan"}` over the sandbox: what a run would do, to the last byte, and nothing done. */
import { expect, test } from 'vitest'
import { runAll } from '../../../src/repost.ts'
import type { KeptImage } from '../../../src/world.ts'
import { type Driver, day, minute, picture, startDriver } from '../../support/run.ts'

/** What the sandbox was asked to change. */
const changes = (driver: Driver, from: number): readonly string[] =>
  driver.sandbox.switchboard.calls
    .slice(from)
    .filter(({ service, name, method }) =>
      service === 'dynamodb' ? !/^(?:Query|BatchGetItem)$/.test(name) : method !== 'GET',
    )
    .map(({ name }) => name)

test('the characters of each status, as its server counts them', async () => {
  const link = 'https://elsewhere.example/a/rather/long/address/that/goes/on/and/on'
  for (const software of ['mastodon', 'gotosocial'] as const) {
    const driver = await startDriver({ mastodon: { software } })
    driver.publish({ text: `Family: 👨‍👩‍👧‍👦 ${link}`, tags: ['cw hills'] })
    const { route } = await driver.run({ mode: 'plan' })
    const status = route.plan?.[0]?.statuses[0]
    await driver.run()
    const sent = driver.sandbox.mastodon.statuses[0]
    expect(sent?.text).toBe(status?.text)
    const words = `${status?.spoilerText}${status?.text}`
    // Mastodon counts every link as 23, and what looks like one character as one.
    const expected =
      software === 'mastodon'
        ? [...new Intl.Segmenter().segment(words.replace(/https:\S+/g, 'x'.repeat(23)))].length
        : [...words].length
    expect(status?.characters).toEqual({ count: expected, most: software === 'mastodon' ? 500 : 5000 })
  }
})

test('a fresh post says when it is due, one that was tried when it is tried again', async () => {
  const { run, publish, env, later, sandbox } = await startDriver({ env: { LEVITY_DELAY: '1h' } })
  const id = publish()
  const due = async (): Promise<number> =>
    Date.parse((await run({ mode: 'plan' })).route.plan?.[0]?.due ?? '')
  expect(Math.abs((await due()) - (Date.now() + 60 * minute))).toBeLessThan(minute)
  await run()
  expect(Math.abs((await due()) - (Date.now() + 60 * minute))).toBeLessThan(minute)
  env['LEVITY_DELAY'] = '0'
  later(61 * minute)
  expect((await run({ mode: 'plan' })).route.plan).toEqual([
    expect.not.objectContaining({ due: expect.anything() }),
  ])
  sandbox.switchboard.play({ service: 'pictures', times: 9, when: 'before', play: { status: 404 } })
  expect((await run()).route.retrying).toMatchObject([{ post: id }])
  sandbox.switchboard.playNothing()
  expect(Math.abs((await due()) - (Date.now() + 10 * minute))).toBeLessThan(minute)
})

test('a thread that is half out: what is there, and the rest as it was begun, whatever became of the post', async () => {
  const driver = await startDriver()
  const { run, publish, sandbox, later } = driver
  const id = publish({ text: 'First', images: Array.from({ length: 6 }, () => picture) })
  sandbox.switchboard.play({
    service: 'mastodon',
    name: 'create',
    after: 1,
    times: 1,
    when: 'before',
    play: { status: 503 },
  })
  await run()
  sandbox.tumblr.edit('hillside', id, { text: 'Second thoughts', images: [picture] })
  later(61 * minute)
  const asked = sandbox.switchboard.calls.length
  const { route, called } = await run({ mode: 'plan' })
  expect(route.plan).toMatchObject([
    {
      post: id,
      statuses: [
        { text: expect.stringMatching(/^First/), posted: sandbox.mastodon.statuses[0]?.url, images: [] },
        { text: '2/2', images: [{ change: 'kept' }, { change: 'kept' }, { change: 'kept' }] },
      ],
    },
  ])
  expect(called('pictures')).toHaveLength(3)
  sandbox.tumblr.remove('hillside', id)
  expect((await run({ mode: 'plan' })).route.plan?.[0]?.statuses).toEqual(route.plan?.[0]?.statuses)
  expect(changes(driver, asked)).toEqual([])
})

test('a post by hand is planned as it would be posted: whatever its tags say, and not twice', async () => {
  const driver = await startDriver({ env: { LEVITY_TAG_RULES: 'wip=skip', LEVITY_REBLOGS: 'none' } })
  const { run, publish, sandbox } = driver
  const wip = publish({ text: 'Wip', tags: ['wip'] })
  const posted = publish({ text: 'Posted' })
  const parked = publish({ images: [{ ...picture, state: 'missing' }] })
  publish({ text: 'Next' })
  await run()
  for (let tries = 0; tries < 5; tries++) {
    driver.later(61 * minute)
    await run()
  }
  const plan = async (event: object) => (await run({ mode: 'plan', ...event })).route
  const asked = sandbox.switchboard.calls.length
  expect((await plan({ post: wip })).plan).toMatchObject([
    { post: wip, statuses: [{ text: expect.stringMatching(/^Wip/) }] },
  ])
  const refused = await run({ mode: 'plan', post: posted })
  expect(refused.called('tumblr')).toHaveLength(1)
  expect(refused.route.skipped).toEqual([
    { post: posted, reason: expect.stringContaining('it was posted already') },
  ])
  expect((await plan({ post: posted, again: 2 })).plan).toMatchObject([{ post: posted }])
  expect((await plan({ post: posted, again: 3 })).skipped).toMatchObject([
    { reason: expect.stringContaining('copy 2 was never posted') },
  ])
  expect((await plan({ post: parked })).skipped).toMatchObject([
    { reason: expect.stringContaining('it is parked') },
  ])
  expect((await plan({ post: '77' })).skipped).toEqual([
    { post: '77', reason: 'the blog hillside has no such post' },
  ])
  expect(changes(driver, asked)).toEqual([])
})

test('what is left out, and why', async () => {
  const { run, publish } = await startDriver({ env: { LEVITY_TAG_RULES: 'wip=skip' } })
  const wip = publish({ tags: ['wip'] })
  const bare = publish({ images: [] })
  const { route } = await run({ mode: 'plan' })
  expect(route.plan).toEqual([])
  expect(route.skipped).toEqual([
    { post: wip, reason: expect.stringContaining('wip') },
    { post: bare, reason: 'it has no image' },
  ])
})

test('where there is nothing to do, it says what comes next', async () => {
  const { run, publish, env } = await startDriver({ bearings: false, env: { LEVITY_DELAY: '5m' } })
  const next = async (): Promise<string | undefined> => (await run({ mode: 'plan' })).route.next
  expect(await next()).toBe(
    'There is nothing to post: hillside has no posts yet. What the blog publishes from now on is posted 5 minutes later, the oldest first.',
  )
  await run()
  env['LEVITY_DELAY'] = '0'
  const id = publish()
  await run()
  expect(await next()).toMatch(
    new RegExp(
      `^There is nothing to post: everything up to post ${id} of 2\\d{3}-.* UTC is posted, or was left out\\. .* is posted by the next run, the oldest first\\.$`,
    ),
  )
})

test.each([
  ['all', true],
  ['now', false],
])(
  'before the first run, LEVITY_START=%s: older pages are told of where they count',
  async (start, older) => {
    const { run, publish } = await startDriver({
      bearings: false,
      env: { LEVITY_START: start, LEVITY_MAX_POSTS: '3' },
    })
    for (let at = 0; at < 21; at++)
      publish({ at: Date.now() - day + at * minute, images: at < 17 ? [] : [picture] })
    const { next, plan } = (await run({ mode: 'plan' })).route
    expect(plan).toHaveLength(start === 'all' ? 4 : 1)
    expect(next?.includes('older than the newest page')).toBe(older)
    expect(next?.includes('A run posts 3 posts at most, and the next one the rest.')).toBe(older)
  },
)

test('a route that stands still says so, and is planned all the same', async () => {
  const { run, publish, sandbox } = await startDriver()
  publish()
  sandbox.switchboard.play({
    service: 'mastodon',
    name: 'upload',
    times: 9,
    when: 'before',
    play: { status: 403, body: '{"error":"Your login is currently disabled"}' },
  })
  expect((await run()).route.outcome).toBe('stopped')
  const { route } = await run({ mode: 'plan' })
  expect(route).toMatchObject({ outcome: 'done', plan: [{ statuses: [{}] }] })
  expect(route.why).toMatch(/^the route rests until 2\d{3}-.*Z, for Mastodon could not .*currently disabled/)
  expect(route.failed).toBeUndefined()
})

test('a route that stands still from its first run on says so beside its example', async () => {
  const { run, publish, env } = await startDriver({ bearings: false })
  const newest = publish()
  env['MASTODON_ACCESS_TOKEN'] = 'not-this-one'
  expect((await run()).route.outcome).toBe('stopped')
  const { plan, why } = (await run({ mode: 'plan' })).route
  expect(plan).toMatchObject([{ post: newest }])
  expect(why).toMatch(
    /^the route rests until 2\d{3}-.*Z, for Mastodon could not .*; LEVITY_START=now posts nothing/,
  )
})

test('whoever asks to keep the pictures has all their bytes, before and after', async () => {
  const driver = await startDriver()
  const { publish, sandbox, env } = driver
  const id = publish({ images: [picture, { width: 60, height: 40, orientation: 6, gps: true }] })
  const kept: KeptImage[] = []
  const surroundings = {
    env,
    timeLeft: () => Number.POSITIVE_INFINITY,
    tell: () => {},
    keep: (one: KeptImage) => kept.push(one),
  }
  const { routes } = await runAll({ mode: 'plan' }, surroundings)
  await driver.run()
  const media = sandbox.mastodon.statuses[0]?.media ?? []
  expect(kept).toMatchObject([
    { route: 'main', post: id, image: 1, of: 2, change: 'kept' },
    { route: 'main', post: id, image: 2, of: 2, change: 're-encoded' },
  ])
  expect(kept.map(({ to }) => Buffer.from(to.bytes))).toEqual(media.map(({ bytes }) => Buffer.from(bytes)))
  const urls = routes[0]?.plan?.[0]?.statuses[0]?.images.map(({ url }) => url) ?? []
  const served = await Promise.all(
    urls.map(async (url) => Buffer.from(await (await fetch(url)).arrayBuffer())),
  )
  expect(kept.map(({ from }) => Buffer.from(from.bytes))).toEqual(served)
  expect(kept[0]?.from.bytes).toEqual(kept[0]?.to.bytes)
  expect(kept[1]?.from).toMatchObject({ mimeType: 'image/jpeg' })
})

/** V7: what Tumblr or Mastodon cannot give stops that part of the work alone. New posts go on. */
import { expect, test } from 'vitest'
import type { Fault } from '../../../scripts/sandbox/switchboard.ts'
import { type Driver, day, firstLines, minute, picture, type Ran, startDriver } from '../../support/run.ts'

const hour = 60 * minute
const numbers = (length: number): readonly string[] => Array.from({ length }, (_, at) => `Number ${at + 1}`)
const always = Number.POSITIVE_INFINITY

/** Pages after so many that are right. */
const brokenPages = (after: number, times: number): Fault => ({
  ...{ service: 'tumblr', name: 'posts', when: 'before', after, times },
  play: { status: 500, body: '<html>' },
})

async function archive(posts: number): Promise<Driver> {
  const driver = await startDriver({
    bearings: false,
    env: { LEVITY_START: 'all', LEVITY_MAX_POSTS: '50' },
  })
  const now = Date.now()
  for (let at = 0; at < posts; at++)
    driver.publish({ text: `Old ${at}`, images: at === 0 ? [picture] : [], at: now - day + at * minute })
  return driver
}

test('a page deep down that Tumblr cannot serve: the archive rests by itself, says why, and new posts go on', async () => {
  const { run, runUntilDone, publish, sandbox, texts, later } = await archive(30)
  // The newest page and the first of the archive are right.
  sandbox.switchboard.play(brokenPages(2, 1))
  const first = await run()
  expect(first.route).toMatchObject({ outcome: 'busy', posted: [] })
  expect(first.route.failed).toBeUndefined()
  expect(first.route.why).toMatch(/list of older posts cannot be read on.*HTTP 500/)
  publish({ text: 'New' })
  const second = await run()
  expect(second.route.posted).toHaveLength(1)
  expect(second.called('tumblr').filter((name) => name === 'posts')).toHaveLength(1)
  later(11 * minute)
  await runUntilDone()
  expect(firstLines(texts())).toEqual(['New', 'Old 0'])
})

test('each failure makes the rest longer', async () => {
  const { run, sandbox, later } = await archive(30)
  const pages = async (): Promise<number> =>
    (await run()).called('tumblr').filter((name) => name === 'posts').length
  sandbox.switchboard.play(brokenPages(2, 1))
  await run()
  later(11 * minute)
  sandbox.switchboard.play(brokenPages(1, 1))
  expect(await pages()).toBe(2)
  later(11 * minute)
  expect(await pages()).toBe(1)
  later(10 * minute)
  expect(await pages()).toBeGreaterThan(1)
})

test('a list of statuses that cannot be paged stops the archive alone, and nothing of it is posted twice', async () => {
  const { run, runUntilDone, publish, sandbox, texts, env, later } = await archive(3)
  await runUntilDone()
  // Another route has another part of the table: a ledger that knows nothing.
  Object.assign(env, { LEVITY_ROUTES: 'afresh' })
  sandbox.switchboard.play({
    ...{ service: 'mastodon', name: 'statuses', when: 'before', times: 2 },
    play: { status: 500, body: '<html>' },
  })
  expect((await run()).route).toMatchObject({ outcome: 'busy', posted: [] })
  publish({ text: 'New' })
  expect((await run()).route.posted).toHaveLength(1)
  later(11 * minute)
  expect((await run()).route.posted).toEqual([])
  later(21 * minute)
  await runUntilDone()
  expect(firstLines(texts())).toEqual(['Old 0', 'New'])
})

/** 30 new posts, of which one page can be read. */
async function brokenBurst(): Promise<Driver> {
  const driver = await startDriver({ env: { LEVITY_MAX_POSTS: '50' } })
  driver.publish({ text: 'Known' })
  await driver.run()
  const now = Date.now()
  driver.later(hour)
  for (const [at, text] of numbers(30).entries()) driver.publish({ text, at: now + at * 1000 })
  // The newest page is right, and so is the first of the listing.
  driver.sandbox.switchboard.play(brokenPages(1, 1))
  driver.sandbox.switchboard.play(brokenPages(3, always))
  return driver
}

test('new posts of which Tumblr cannot serve the oldest are held: a page that comes again brings all, in order', async () => {
  const { run, runUntilDone, sandbox, texts, later } = await brokenBurst()
  const { route } = await run()
  expect(route).toMatchObject({ outcome: 'busy', posted: [] })
  expect(route.why).toContain('list of new posts cannot be read on')
  sandbox.switchboard.playNothing()
  later(11 * minute)
  await runUntilDone()
  expect(firstLines(texts())).toEqual(['Known', ...numbers(30)])
})

test('they are held for three hours, and then what was found is posted and the rest is left to a late listing', async () => {
  const { run, runUntilDone, sandbox, texts, later, publish } = await brokenBurst()
  const { switchboard } = sandbox
  const runOnOnePage = (): Promise<Ran> => {
    switchboard.playNothing()
    switchboard.play(brokenPages(1, always))
    return run()
  }
  await run()
  later(175 * minute)
  expect((await runOnOnePage()).route.posted).toEqual([])
  later(61 * minute)
  const { route } = await runOnOnePage()
  expect(route.posted.length).toBeGreaterThanOrEqual(20)
  expect(route.why).toContain('list of older posts cannot be read on')
  publish({ text: 'Newer' })
  expect((await runOnOnePage()).route.posted).toHaveLength(1)
  switchboard.playNothing()
  later(hour + minute)
  await runUntilDone()
  expect(firstLines(texts()).toSorted()).toEqual(['Known', 'Newer', ...numbers(30)].toSorted())
})

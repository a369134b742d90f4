/** V5: the clock is checked against the servers, and no stored time of a wrong clock keeps a later run from working. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { idOfTime, timeOfId } from '../../../src/core/post/ids.ts'
import type { PostRecord } from '../../../src/core/record/record.ts'
import type { RouteRecord } from '../../../src/core/record/route.ts'
import { openDynamoDb } from '../../../src/io/ledger/dynamodb.ts'
import type { Ledger, LedgerHome } from '../../../src/io/ledger/ledger.ts'
import { openLedgerFile } from '../../../src/io/ledger/sqlite.ts'
import { count, type Driver, day, firstLines, minute, picture, startDriver } from '../../support/run.ts'

const hour = 60 * minute
const year = 365 * day
const silent = { service: 'mastodon', when: 'before', play: 'drop', times: 1000 } as const

function ledgerOf({ env }: Driver): Ledger {
  const home = openDynamoDb()
  onTestFinished(() => home.close())
  return home.open(env['LEVITY_TABLE'] ?? 'levity', 'main')
}

/** For `run`: the ledger of `npm run once`, which no server dates. */
async function inFile(): Promise<{ readonly openLedgers: () => LedgerHome; readonly ledger: Ledger }> {
  const folder = await mkdtemp(join(tmpdir(), 'levity-clock-'))
  const openLedgers = (): LedgerHome => openLedgerFile({ path: join(folder, 'ledger.db'), readOnly: false })
  const home = openLedgers()
  onTestFinished(async () => {
    home.close()
    await rm(folder, { recursive: true })
  })
  return { openLedgers, ledger: home.open('levity', 'main') }
}

const sandboxNow = ({ sandbox }: Driver): number => sandbox.switchboard.clock.now()
const twoMinutes = 2 * minute

describe('a clock that two servers say is wrong is corrected for the run', () => {
  test.each([5 * minute, 5 * hour, -5 * minute, -5 * hour])('%i ms', async (ahead) => {
    const driver = await startDriver()
    const { sandbox, publish, run, texts, setAhead } = driver
    const post = publish({ text: 'A' })
    sandbox.switchboard.play({ service: 'mastodon', name: 'create', when: 'before', play: 'drop' })
    driver.later(minute)
    setAhead(ahead)
    const { route, called } = await run()
    expect(route).toMatchObject({ outcome: 'busy' })
    expect(route.failed).toBeUndefined()
    // DynamoDB was the second voice.
    expect(called('mastodon')).not.toContain('verify')
    const [record] = await ledgerOf(driver).fetchPosts([{ id: post, copy: 1 }])
    const now = sandboxNow(driver)
    expect(Math.abs((record?.sentAt ?? 0) - now)).toBeLessThan(twoMinutes)
    expect(Math.abs((record?.notBefore ?? 0) - now - 10 * minute)).toBeLessThan(twoMinutes)
    setAhead(-ahead)
    driver.later(11 * minute)
    expect((await run()).route).toMatchObject({ outcome: 'done', posted: [{}] })
    expect(firstLines(texts())).toEqual(['A'])
  })
})

test('the end of a rate limit is counted in the corrected time', async () => {
  const driver = await startDriver()
  const play = { status: 429, body: '{}', headers: { 'retry-after': '1800' } }
  driver.sandbox.switchboard.play({ service: 'tumblr', when: 'before', play })
  driver.setAhead(5 * hour)
  await driver.run()
  const { route } = await ledgerOf(driver).read()
  const end = sandboxNow(driver) + 30 * minute
  expect(Math.abs((route?.trouble?.retryAt ?? 0) - end)).toBeLessThan(twoMinutes)
})

describe('with a ledger that no server dates', () => {
  test('an idle run asks Tumblr alone; where that disagrees, Mastodon is asked too, and decides', async () => {
    const driver = await startDriver({ bearings: false })
    const { openLedgers, ledger } = await inFile()
    await driver.run(undefined, { openLedgers })
    expect((await driver.run(undefined, { openLedgers })).called()).toEqual(['posts'])
    driver.setAhead(5 * hour)
    expect((await driver.run(undefined, { openLedgers })).called()).toEqual(['posts', 'verify'])
    driver.publish({ text: 'A' })
    driver.sandbox.switchboard.play({ service: 'mastodon', name: 'create', when: 'before', play: 'drop' })
    await driver.run(undefined, { openLedgers })
    const { todo } = await ledger.read()
    expect(Math.abs((todo[0]?.sentAt ?? 0) - sandboxNow(driver))).toBeLessThan(twoMinutes)
  })

  test('one server alone does not decide', async () => {
    const driver = await startDriver({ bearings: false })
    const { openLedgers, ledger } = await inFile()
    await driver.run(undefined, { openLedgers })
    driver.sandbox.switchboard.play({
      ...{ service: 'tumblr', when: 'after', times: 1000 },
      play: { change: (answer) => dated(answer, sandboxNow(driver) - 5 * hour) },
    })
    driver.publish({ text: 'A' })
    driver.sandbox.switchboard.play({ service: 'mastodon', name: 'create', when: 'before', play: 'drop' })
    await driver.run(undefined, { openLedgers })
    const { todo } = await ledger.read()
    expect(Math.abs((todo[0]?.sentAt ?? 0) - sandboxNow(driver))).toBeLessThan(twoMinutes)
  })
})

/** As a server answers whose own clock is off. */
function dated(answer: Response, at: number): Response {
  answer.headers.set('date', new Date(at).toUTCString())
  return answer
}

describe('a clock that is more than a day off stops the run, and nothing is written', () => {
  test.each([year, -year, 25 * hour])('%i ms', async (ahead) => {
    const { run, publish, setAhead, texts } = await startDriver()
    publish({ text: 'A' })
    setAhead(ahead)
    const { route, called } = await run()
    expect(route).toMatchObject({ outcome: 'stopped', failed: true })
    expect(route.why).toMatch(/^Expected this machine's clock to show .*\(NTP\)$/)
    expect(called().toSorted()).toEqual(['Query', 'posts'])
    setAhead(-ahead)
    expect((await run()).route).toMatchObject({ outcome: 'done', posted: [{}] })
    expect(firstLines(texts())).toEqual(['A'])
  })
})

test('a run with a clock a year ahead -> the route rested for a year', async () => {
  const driver = await startDriver({ bearings: false })
  const { openLedgers, ledger } = await inFile()
  await driver.run(undefined, { openLedgers })
  driver.publish({ text: 'A' })
  // Tumblr is the only one who can say so.
  driver.sandbox.switchboard.play(silent)
  driver.setAhead(year)
  await driver.run(undefined, { openLedgers })
  expect((await ledger.read()).route?.trouble?.retryAt).toBeGreaterThan(sandboxNow(driver) + 300 * day)
  driver.sandbox.switchboard.playNothing()
  driver.setAhead(-year)
  expect((await driver.run(undefined, { openLedgers })).route).toMatchObject({
    outcome: 'done',
    posted: [{}],
  })
  expect(firstLines(driver.texts())).toEqual(['A'])
})

test('a first run with a clock a year ahead, of a blog without posts: the next posts are new', async () => {
  const driver = await startDriver({ bearings: false })
  const { openLedgers, ledger } = await inFile()
  driver.sandbox.switchboard.play(silent)
  driver.setAhead(year)
  await driver.run(undefined, { openLedgers })
  const { route } = await ledger.read()
  expect(timeOfId(route?.start ?? '')).toBeLessThan(sandboxNow(driver))
  expect((route?.mark ?? 0) * 1000).toBeLessThan(sandboxNow(driver))
  driver.sandbox.switchboard.playNothing()
  driver.setAhead(-year)
  driver.publish({ text: 'A' })
  await driver.run(undefined, { openLedgers })
  expect(firstLines(driver.texts())).toEqual(['A'])
})

test('an archive that is asked for while the clock is an hour behind has the newest post, too', async () => {
  const driver = await startDriver({ bearings: false, env: { LEVITY_START: 'all' } })
  const { openLedgers } = await inFile()
  driver.publish({ text: 'A', at: Date.now() - 2 * day })
  driver.publish({ text: 'B', at: Date.now() - minute })
  const play = { change: (answer: Response) => dated(answer, sandboxNow(driver) - 5 * hour) }
  driver.sandbox.switchboard.play({ service: 'tumblr', when: 'after', times: 1000, play })
  driver.setAhead(-hour)
  for (let left = 4; left > 0; left--) await driver.run(undefined, { openLedgers })
  expect(firstLines(driver.texts())).toEqual(['A', 'B'])
})

describe('a stored time that no right clock can have written does not hold anything up', () => {
  type Damage = {
    readonly route?: (route: RouteRecord, wrong: number) => Partial<RouteRecord>
    readonly post?: (post: PostRecord, wrong: number) => Partial<PostRecord>
  }
  const damages: Readonly<Record<string, Damage>> = {
    'the end of a rest': {
      route: (_, wrong) => ({
        trouble: { blame: 'outside', reason: 'no answer', tries: 1, since: wrong, retryAt: wrong },
      }),
    },
    'the end of a claim': { post: (_, wrong) => ({ state: 'claimed', claim: { owner: 'x', until: wrong } }) },
    'the time of the next try': { post: (_, wrong) => ({ notBefore: wrong }) },
  }
  test.each(Object.entries(damages))('%s', async (_, damage) => {
    const driver = await startDriver()
    const post = await waitingPost(driver)
    await spoil(driver, post, damage, sandboxNow(driver) + year)
    const { route } = await driver.run()
    expect(route).toMatchObject({ outcome: 'done', posted: [{ post }] })
  })

  /** A post that is noted and not out: its uploads were refused once. */
  async function waitingPost({ publish, run, sandbox, later }: Driver): Promise<string> {
    const post = publish({ text: 'A' })
    sandbox.switchboard.play({ service: 'mastodon', name: 'upload', when: 'before', play: 'drop' })
    await run()
    later(11 * minute)
    return post
  }

  async function spoil(driver: Driver, id: string, { route, post }: Damage, wrong: number): Promise<void> {
    const ledger = ledgerOf(driver)
    const known = (await ledger.read()).route
    if (!known) throw new Error('Expected a route')
    await ledger.writeRoute({ ...known, trouble: undefined, ...route?.(known, wrong) })
    const [record] = await ledger.fetchPosts([{ id, copy: 1 }])
    if (record && post) await ledger.writePost({ ...record, ...post(record, wrong) })
  }

  test('when it was sent: QUIET is counted from when this is noticed, and written down', async () => {
    const driver = await startDriver()
    const { sandbox, publish, run, later, texts } = driver
    const post = publish({ text: 'A' })
    sandbox.switchboard.play({ service: 'mastodon', name: 'create', when: 'before', play: 'drop' })
    await run()
    const wrong = sandboxNow(driver) + year
    const damage: Damage = { post: ({ media }) => ({ sentAt: wrong, notBefore: 0, ...(media && { media }) }) }
    await spoil(driver, post, damage, wrong)
    later(20 * minute)
    const noticed = sandboxNow(driver)
    expect((await run()).route).toMatchObject({ outcome: 'busy', posted: [] })
    const [record] = await ledgerOf(driver).fetchPosts([{ id: post, copy: 1 }])
    expect(Math.abs((record?.sentAt ?? 0) - noticed)).toBeLessThan(twoMinutes)
    expect(Math.abs((record?.notBefore ?? 0) - noticed - 10 * minute)).toBeLessThan(twoMinutes)
    later(11 * minute)
    expect((await run()).route).toMatchObject({ outcome: 'done', posted: [{ post }] })
    expect(firstLines(texts())).toEqual(['A'])
  })

  test('when its images were uploaded: the status that came of them is found, and not posted again', async () => {
    const driver = await startDriver()
    const { sandbox, publish, run, later, texts } = driver
    const post = publish({ text: 'A' })
    sandbox.switchboard.play({ service: 'mastodon', name: 'create', when: 'after', play: 'drop' })
    sandbox.switchboard.play({ service: 'mastodon', name: 'statuses', when: 'before', play: 'drop' })
    await run()
    const damage: Damage = {
      post: ({ media }, wrong) => ({
        ...(media && { media: { ...media, uploadedAt: wrong } }),
        notBefore: 0,
      }),
    }
    await spoil(driver, post, damage, sandboxNow(driver) + year)
    later(20 * hour)
    expect((await run()).route).toMatchObject({ outcome: 'done', posted: [{ post }] })
    expect(firstLines(texts())).toEqual(['A'])
  })

  test('when the server was checked: it is checked again', async () => {
    const driver = await startDriver()
    const damage: Damage = {
      route: ({ server }, wrong) => ({ ...(server && { server: { ...server, checkedAt: wrong } }) }),
    }
    await spoil(driver, '1', damage, sandboxNow(driver) + year)
    expect(count((await driver.run()).called('mastodon'), 'verify')).toBe(1)
    expect((await driver.run()).called()).toHaveLength(2)
  })

  test('when a deeper listing was begun: another one is begun', async () => {
    const driver = await startDriver()
    const { publish, run, later, texts } = driver
    for (let left = 21; left > 0; left--)
      publish({ text: 'Words', images: [], at: sandboxNow(driver) - left * hour })
    await run()
    await spoil(driver, '1', { route: (_, wrong) => ({ deeperAt: wrong }) }, sandboxNow(driver) + year)
    later(minute)
    publish({ text: 'Old', timestamp: Math.floor(sandboxNow(driver) / 1000) - (300 * day) / 1000 })
    publish({ text: 'New' })
    await run()
    later(minute)
    await run()
    expect(firstLines(texts()).toSorted()).toEqual(['New', 'Old'])
  })

  test.each<[string, (right: number, wrong: number) => Partial<RouteRecord>]>([
    ['the mark', (_, mark) => ({ mark })],
    ['the end of a listing', (top, until) => ({ listing: { kind: 'new', top, before: top + 1, until } })],
  ])('%s: a burst longer than a page comes whole, in order', async (_, damage) => {
    const driver = await startDriver()
    const { publish, run, later, texts } = driver
    publish({ text: 'First' })
    await run()
    const named = Array.from({ length: 23 }, (_, n) => `Post number ${n}`)
    for (const text of named) {
      later(1000)
      publish({ text, images: text.endsWith('0') ? [picture] : [] })
    }
    const right = Math.floor(sandboxNow(driver) / 1000)
    later(minute)
    await spoil(driver, '1', { route: () => damage(right, right + year / 1000) }, 0)
    await driver.runUntilDone()
    expect(firstLines(texts())).toEqual(['First', ...named.filter((text) => text.endsWith('0'))])
  })

  test('the start of a blog that had no posts', async () => {
    const driver = await startDriver()
    const damage: Damage = {
      route: (_, wrong) => ({ start: idOfTime(wrong), mark: Math.floor(wrong / 1000) }),
    }
    await spoil(driver, '1', damage, sandboxNow(driver) + year)
    driver.publish({ text: 'A' })
    await driver.run()
    expect(firstLines(driver.texts())).toEqual(['A'])
  })
})

test('V5: a clock that is hours behind does not make the rests of a route hours longer', async () => {
  const { run, publish, later, sandbox, setAhead } = await startDriver()
  publish()
  later(minute)
  setAhead(-20 * 60 * minute)
  sandbox.switchboard.play({ name: 'upload', when: 'before', play: { status: 503 } })
  expect((await run()).route.outcome).toBe('stopped')
  later(9 * minute)
  expect((await run()).called('mastodon')).toEqual([])
  later(2 * minute)
  expect((await run()).route.posted).toHaveLength(1)
})

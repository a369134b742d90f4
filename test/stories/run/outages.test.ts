/** Outages are the route's and back off; what is wrong with the route itself stops it, loudly. */
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { startMastodon } from '../../../scripts/sandbox/mastodon/mastodon.ts'
import type { Fault } from '../../../scripts/sandbox/switchboard.ts'
import { Switchboard } from '../../../scripts/sandbox/switchboard.ts'
import { count, type Driver, firstLines, minute, picture, startDriver } from '../../support/run.ts'

const down = {
  status: 502,
  body: '<html><h1>502 Bad Gateway</h1></html>',
  headers: { 'content-type': 'text/html' },
}
const outages: readonly (readonly [string, Fault])[] = [
  ['Tumblr answers with a page', { service: 'tumblr', when: 'before', play: down }],
  ['Tumblr cuts the connection', { service: 'tumblr', when: 'before', play: 'drop' }],
  ['Tumblr is silent', { service: 'tumblr', when: 'before', play: 'hang' }],
  ['Mastodon answers with a page', { service: 'mastodon', when: 'before', play: down }],
  ['Mastodon cuts the connection', { service: 'mastodon', when: 'before', play: 'drop' }],
  ['Mastodon is silent', { service: 'mastodon', when: 'before', play: 'hang' }],
  ['the image host is silent', { service: 'pictures', when: 'before', play: 'drop' }],
]

/** Deadlines of ten seconds and more end a hundred times sooner. */
function hurryDeadlines(): void {
  const wait = globalThis.setTimeout
  const hurried = (done: () => void, ms = 0): NodeJS.Timeout => wait(done, ms >= 10_000 ? ms / 100 : ms)
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(Object.assign(hurried, wait))
}

describe('an outage backs off 10, 20, 40, 60, 60 minutes, fails each try, and counts against no post', () => {
  test.each(outages)('%s', async (_, fault) => {
    const { run, publish, later, sandbox, texts } = await startDriver()
    hurryDeadlines()
    publish({ text: 'A' })
    // What is met at a post is tried once more three hours after its first failure (V2).
    for (const wait of [10, 20, 40, 60, fault.service === 'pictures' ? 50 : 60, 60]) {
      sandbox.switchboard.play({ ...fault, times: 1000 })
      const { route } = await run()
      expect(route).toMatchObject({ outcome: 'stopped', failed: true, posted: [], parked: [], retrying: [] })
      sandbox.switchboard.playNothing()
      later((wait - 1) * minute)
      const early = await run()
      expect(early.route.outcome).toBe('stopped')
      expect(early.route.failed).toBeUndefined()
      expect(early.route.why).toBe(route.why)
      expect([...early.called('mastodon'), ...early.called('pictures')]).toEqual([])
      later(minute)
    }
    expect((await run()).route).toMatchObject({ outcome: 'done', posted: [{}] })
    expect(firstLines(texts())).toEqual(['A'])
    expect((await run()).called()).toHaveLength(2)
  })
})

const html = { headers: { 'content-type': 'text/html' }, body: '<html><h1>Nothing here</h1></html>' }
const uploadAnswers = [
  ['413 in HTML', { status: 413, ...html }],
  ['504 in HTML', { status: 504, ...html }],
  ['500 in text', { status: 500, headers: { 'content-type': 'text/plain' }, body: 'Internal error' }],
] as const
const days: readonly (readonly [string, Omit<Fault, 'when'>])[] = [
  [
    'creates answered 503 in JSON',
    { name: 'create', play: { status: 503, body: '{"error":"Come back later"}' } },
  ],
  ['pictures answered 503', { service: 'pictures', play: { status: 503 } }],
  ...uploadAnswers.map(([what, play]) => [`uploads answered ${what}`, { name: 'upload', play }] as const),
]

test.each(days)('V2: a day of %s for all parks nothing, and the order holds', async (_, fault) => {
  const { run, publish, later, sandbox, texts } = await startDriver()
  const ids = ['A', 'B'].map((text) => publish({ text }))
  sandbox.switchboard.play({ ...fault, when: 'before', times: Number.POSITIVE_INFINITY })
  for (let hours = 0; hours < 24; hours += 2) {
    expect((await run()).route).toMatchObject({ posted: [], parked: [] })
    later(121 * minute)
  }
  sandbox.switchboard.playNothing()
  expect((await run()).route).toMatchObject({ outcome: 'done', posted: ids.map((post) => ({ post })) })
  expect(firstLines(texts())).toEqual(['A', 'B'])
})

test.each(uploadAnswers)(
  'V2: uploads of one post alone that are answered %s hold the others for three hours, and it is parked',
  async (_, play) => {
    const { run, publish, later, sandbox, texts } = await startDriver()
    const bad = publish({ text: 'Bad', images: [{ ...picture, altText: 'Bad hills.' }] })
    const good = publish({ text: 'Good' })
    sandbox.switchboard.weather = async ({ name }, c) =>
      name === 'upload' && /Bad hills/.test(await c.req.raw.clone().text())
        ? { when: 'before', play }
        : undefined
    for (const wait of [10, 20, 40, 60, 50]) {
      expect((await run()).route).toMatchObject({ posted: [], parked: [] })
      later(wait * minute)
    }
    expect((await run()).route).toMatchObject({ posted: [{ post: good }], parked: [{ post: bad }] })
    expect(firstLines(texts())).toEqual(['Good'])
  },
)

/** The address of a server that has gone. */
async function closedPort(): Promise<string> {
  const gone = await startMastodon(new Switchboard())
  await gone.close()
  return gone.url
}

const nowhere: readonly (readonly [string, RegExp, () => string | Promise<string>])[] = [
  ['closed its port', /ECONNREFUSED/, closedPort],
  // RFC 6761: a name that is never found.
  ['has no address', /ENOTFOUND|EAI_AGAIN/, () => 'https://mastodon.invalid'],
]

test.each(nowhere)(
  'a server that %s is an outage too, and by hand it is tried at once',
  async (_, why, place) => {
    const { run, publish, env, sandbox, texts } = await startDriver()
    publish({ text: 'A' })
    env['MASTODON_URL'] = await place()
    expect((await run()).route).toMatchObject({
      outcome: 'stopped',
      failed: true,
      why: expect.stringMatching(why),
    })
    const resting = await run()
    expect(resting.route).toMatchObject({ outcome: 'stopped', why: expect.stringMatching(why) })
    expect(resting.route.failed).toBeUndefined()
    expect((await run({})).route).toMatchObject({ outcome: 'stopped', failed: true })
    env['MASTODON_URL'] = sandbox.mastodon.url
    expect((await run()).route).toMatchObject({ outcome: 'done', posted: [{}] })
    expect(firstLines(texts())).toEqual(['A'])
  },
)

test.each([
  ['MASTODON_ACCESS_TOKEN', /401/],
  ['TUMBLR_CONSUMER_KEY', /TUMBLR_CONSUMER_KEY/],
])('whoever mends %s need not wait, and another wrong one is tried once', async (name, reason) => {
  const { run, publish, env, texts } = await startDriver()
  const right = env[name] ?? ''
  publish({ text: 'A' })
  for (const wrong of ['not-this-one', 'nor-this-one']) {
    env[name] = wrong
    expect((await run()).route).toMatchObject({
      outcome: 'stopped',
      failed: true,
      why: expect.stringMatching(reason),
    })
    const resting = await run()
    expect(resting.route.failed).toBeUndefined()
    expect(resting.called('mastodon')).toEqual([])
  }
  env[name] = right
  expect((await run()).route).toMatchObject({ outcome: 'done', posted: [{}] })
  expect(firstLines(texts())).toEqual(['A'])
})

const faults: readonly (readonly [string, RegExp, (driver: Driver) => unknown])[] = [
  ['the token is revoked', /revoked|401/, ({ sandbox }) => sandbox.mastodon.revokeToken()],
  [
    'the key is wrong',
    /TUMBLR_CONSUMER_KEY/,
    ({ env }) => Object.assign(env, { TUMBLR_CONSUMER_KEY: 'anotherKey' }),
  ],
  ['the blog is gone', /nosuchblog/, ({ env }) => Object.assign(env, { TUMBLR_BLOG: 'nosuchblog' })],
  ['the blog is hidden', /TUMBLR_CONSUMER_SECRET/, ({ sandbox }) => sandbox.tumblr.hide('hillside', true)],
  [
    'the blog is another one',
    /Expected the blog/,
    ({ env, sandbox }) => {
      sandbox.tumblr.addBlog({ name: 'valleyside' })
      Object.assign(env, { TUMBLR_BLOG: 'valleyside' })
    },
  ],
  [
    'the account is another one',
    /Expected the account/,
    async ({ env }) => {
      const other = await startMastodon(new Switchboard())
      onTestFinished(() => other.close())
      Object.assign(env, { MASTODON_URL: other.url, MASTODON_ACCESS_TOKEN: other.accessToken })
    },
  ],
]

describe('what is wrong with the route stops it and says so, touches no post, and does not storm', () => {
  test.each(faults)('%s', async (_, reason, spoil) => {
    const driver = await startDriver()
    const { run, publish, later, sandbox, texts, env } = driver
    const right = { ...env }
    publish({ text: 'A' })
    await spoil(driver)
    for (const wait of [10, 20, 40, 60, 60, 60]) {
      const { route } = await run()
      expect(route).toMatchObject({ outcome: 'stopped', failed: true, posted: [], parked: [], retrying: [] })
      expect(route.why).toMatch(reason)
      expect(JSON.stringify(route)).not.toContain(right['MASTODON_ACCESS_TOKEN'])
      later((wait - 1) * minute)
      const early = await run()
      expect(early.route).toMatchObject({ outcome: 'stopped', why: route.why })
      expect(early.route.failed).toBeUndefined()
      expect(early.called('mastodon')).toEqual([])
      later(minute)
    }
    expect(
      count(
        sandbox.switchboard.calls.map(({ name }) => name),
        'create',
      ),
    ).toBe(0)
    sandbox.tumblr.hide('hillside', false)
    Object.assign(env, right)
    if (reason.test('revoked')) return
    expect((await run()).route).toMatchObject({ outcome: 'done', posted: [{}] })
    expect(firstLines(texts())).toEqual(['A'])
  })
})

test('of several routes one that fails does not stop the others', async () => {
  const { run, publish, sandbox, env, texts } = await startDriver({ bearings: false })
  const other = await startMastodon(sandbox.switchboard)
  onTestFinished(() => other.close())
  Object.assign(env, {
    LEVITY_ROUTES: 'broken,whole',
    BROKEN_MASTODON_URL: other.url,
    BROKEN_MASTODON_ACCESS_TOKEN: 'wrong',
  })
  await run()
  publish({ text: 'A' })
  const { report } = await run()
  expect(report.routes).toMatchObject([
    { route: 'broken', outcome: 'stopped' },
    { route: 'whole', outcome: 'done', posted: [{}] },
  ])
  expect(firstLines(texts())).toEqual(['A'])
})

test('after trouble the server is asked anew whose the token is and what it takes', async () => {
  const { run, publish, sandbox, texts } = await startDriver()
  const { mastodon, switchboard } = sandbox
  publish({ text: `A ${'word '.repeat(60)}` })
  switchboard.play({ name: 'upload', when: 'before', play: 'drop' })
  expect((await run()).route).toMatchObject({ outcome: 'stopped' })
  // The outage was a move to another version, which takes less.
  mastodon.traits.limits = { ...mastodon.traits.limits, characters: 100 }
  const { route, called } = await run({})
  expect(route).toMatchObject({ outcome: 'done', posted: [{}], retrying: [] })
  expect(called('mastodon').filter((name) => ['verify', 'instance'].includes(name))).toHaveLength(2)
  expect(count(called('mastodon'), 'create')).toBe(texts().length)
  expect(mastodon.unlawful()).toEqual([])
})

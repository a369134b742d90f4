/** V6: what is ours, what is another's, and what nothing proves. */
import { describe, expect, test } from 'vitest'
import type { MastodonOptions, SandboxStatus } from '../../../scripts/sandbox/mastodon/mastodon.ts'
import { blog, count, type Driver, day, firstLines, minute, picture, startDriver } from '../../support/run.ts'

const snac: MastodonOptions = { software: 'snac' }
const withoutLink = { LEVITY_TEMPLATE: '{text}' }
const linkTo = (id: string, { sandbox }: Driver): string =>
  String(sandbox.tumblr.posts(blog).find((post) => post['id_string'] === id)?.['post_url'])

/** A post whose create call never reached the server; what the owner writes then; the runs after that. */
async function lostCreate(
  driver: Driver,
  write: (id: string) => SandboxStatus,
): Promise<{ readonly own: SandboxStatus; readonly parked: readonly unknown[] }> {
  const { run, publish, later, sandbox } = driver
  const id = publish({ text: 'A' })
  sandbox.switchboard.play({ name: 'create', when: 'before', play: 'drop' })
  expect((await run()).route).toMatchObject({ outcome: 'busy', posted: [] })
  const own = write(id)
  later(11 * minute)
  const { route } = await run()
  later(day)
  await run()
  return { own, parked: route.parked }
}

const byApi = ({ sandbox }: Driver): readonly SandboxStatus[] =>
  sandbox.mastodon.statuses.filter(({ kind }) => kind === 'post')

const expectUntouched = ({ sandbox }: Driver, own: SandboxStatus): void =>
  expect(sandbox.mastodon.statuses.find(({ id }) => id === own.id)).toEqual(own)

describe("a create call that was lost, and one of the owner's own statuses since", () => {
  const own: readonly (readonly [string, (text: string, link: string) => string, number])[] = [
    ['with the same words', (text) => text, 0],
    ['with the same words and an image', (text) => text, 1],
    ['with a link to the post', (_, link) => `Look: ${link}`, 0],
    ['with a link to the post and an image', (_, link) => `Look: ${link}`, 1],
  ]
  test.each(own)('%s: the post comes once, and that status stays as it is', async (_, say, images) => {
    const driver = await startDriver()
    const { mastodon } = driver.sandbox
    const lost = await lostCreate(driver, (id) => {
      const link = linkTo(id, driver)
      return mastodon.postByHand(say(`A\n\n${link}`, link), images)
    })
    expect(lost.parked).toEqual([])
    expect(firstLines(byApi(driver).map((status) => status.text))).toEqual(['A'])
    expectUntouched(driver, lost.own)
  })

  test.each(own)('%s, without a link in the template: the same', async (_, say, images) => {
    const driver = await startDriver({ env: withoutLink })
    const { mastodon } = driver.sandbox
    const lost = await lostCreate(driver, (id) => mastodon.postByHand(say('A', linkTo(id, driver)), images))
    expect(lost.parked).toEqual([])
    expect(byApi(driver)).toHaveLength(1)
    expectUntouched(driver, lost.own)
  })

  test.each([
    ['with the same words', 'A', 0],
    ['with the same words and an image', 'A', 1],
  ])('%s, on a server that renames media: nothing is sent twice, and it is said', async (_, says, images) => {
    const driver = await startDriver({ mastodon: snac, env: withoutLink })
    const lost = await lostCreate(driver, () => driver.sandbox.mastodon.postByHand(says, images))
    expect(lost.parked).toMatchObject([{ reason: expect.stringContaining(lost.own.url) }])
    expect(byApi(driver)).toEqual([])
    expectUntouched(driver, lost.own)
  })

  test('with a link and an image, on a server that renames media: it may be ours with other words', async () => {
    const driver = await startDriver({ mastodon: snac })
    const lost = await lostCreate(driver, (id) =>
      driver.sandbox.mastodon.postByHand(`Look: ${linkTo(id, driver)}`, 1),
    )
    expect(lost.parked).toMatchObject([{ reason: expect.stringContaining('nothing proves whose it is') }])
    expect(byApi(driver)).toEqual([])
    expectUntouched(driver, lost.own)
  })
})

describe('a server that renames media, and an answer that is lost', () => {
  const lost = { name: 'create', when: 'after', play: 'drop' } as const

  test('our link and the shape tell, in every part of a thread', async () => {
    const { run, publish, sandbox } = await startDriver({ mastodon: snac })
    sandbox.switchboard.play({ ...lost, times: 2 })
    const id = publish({ images: Array.from({ length: 6 }, () => picture) })
    const { route } = await run()
    expect(route.posted).toMatchObject([{ post: id, statuses: [expect.any(String), expect.any(String)] }])
    expect(sandbox.mastodon.statuses.map(({ media }) => media.length)).toEqual([3, 3])
  })

  test('without a link nothing tells: set aside, and never sent again', async () => {
    const { run, publish, later, sandbox } = await startDriver({ mastodon: snac, env: withoutLink })
    sandbox.switchboard.play(lost)
    const id = publish({ text: 'A' })
    expect((await run()).route).toMatchObject({ outcome: 'busy', posted: [] })
    later(11 * minute)
    const { route } = await run()
    expect(route.parked).toMatchObject([
      { post: id, reason: expect.stringContaining('nothing proves whose it is') },
    ])
    later(day)
    expect(count((await run({ retry: 'parked' })).called('mastodon'), 'create')).toBe(0)
    expect(sandbox.mastodon.statuses).toHaveLength(1)
  })

  test('a status of an earlier post with the same words is not meant', async () => {
    const { run, publish, later, sandbox } = await startDriver({ mastodon: snac, env: withoutLink })
    publish({ text: 'A' })
    const second = publish({ text: 'A' })
    sandbox.switchboard.play({ name: 'create', after: 1, when: 'before', play: 'drop' })
    expect((await run()).route.posted).toHaveLength(1)
    // A server that does not tell of attached media is looked at twice (V1).
    later(11 * minute)
    await run()
    later(61 * minute)
    expect((await run()).route.posted).toMatchObject([{ post: second }])
    expect(sandbox.mastodon.statuses).toHaveLength(2)
  })
})

test.each([
  ['Mastodon', {}],
  ['a server that renames media', snac],
])('a copy asked for at once, whose create is lost, is not the first one: %s', async (_, mastodon) => {
  const { run, publish, later, sandbox, texts } = await startDriver({ mastodon })
  const post = publish({ text: 'A' })
  expect((await run()).route.posted).toHaveLength(1)
  sandbox.switchboard.play({ name: 'create', when: 'before', play: 'drop' })
  expect((await run({ post, again: 2 })).route.posted).toEqual([])
  later(11 * minute)
  const [soon] = (await run()).route.posted
  later(61 * minute)
  const [late] = (await run()).route.posted
  expect(soon ?? late).toMatchObject({ post })
  expect(firstLines(texts())).toEqual(['A', 'A'])
})

test("an owner's new words for our status hide it from no look-up", async () => {
  const { run, publish, later, sandbox } = await startDriver()
  sandbox.switchboard.play({ name: 'create', when: 'after', play: 'drop' })
  sandbox.switchboard.play({ name: 'statuses', when: 'before', play: { status: 502 } })
  const post = publish({ text: 'A' })
  await run()
  const [ours] = sandbox.mastodon.statuses
  sandbox.mastodon.editByHand(ours?.id ?? '', 'In other words')
  later(11 * minute)
  expect((await run()).route.posted).toMatchObject([{ post }])
  expect(sandbox.mastodon.statuses.map(({ text }) => text)).toEqual(['In other words'])
})

/** Two blogs that say the same, to one account, without a link. */
async function twoRoutes(mastodon: MastodonOptions): Promise<Driver> {
  const driver = await startDriver({ bearings: false, mastodon, env: withoutLink })
  driver.sandbox.tumblr.addBlog({ name: 'valleyside' })
  Object.assign(driver.env, {
    LEVITY_ROUTES: 'hills,valley',
    HILLS_TUMBLR_BLOG: blog,
    VALLEY_TUMBLR_BLOG: 'valleyside',
  })
  await driver.run()
  driver.publish({ text: 'A' })
  await driver.run({ route: 'hills' })
  driver.sandbox.tumblr.publish('valleyside', { text: 'A', images: [picture] })
  driver.sandbox.switchboard.play({ name: 'create', when: 'before', play: 'drop' })
  expect((await driver.run({ route: 'valley' })).route.posted).toEqual([])
  driver.later(11 * minute)
  return driver
}

describe('two routes to one account, whose templates have no link', () => {
  test('the status of the one is not taken for that of the other', async () => {
    const { run, texts } = await twoRoutes({})
    expect((await run({ route: 'valley' })).route.posted).toHaveLength(1)
    expect(texts()).toEqual(['A', 'A'])
  })

  test('where media are renamed nothing tells them apart, and nothing is sent twice', async () => {
    const { run, texts } = await twoRoutes(snac)
    expect((await run({ route: 'valley' })).route.parked).toHaveLength(1)
    expect(texts()).toEqual(['A'])
  })
})

test.each([
  ['snac', 10 * minute],
  ['mastodon', 180 * minute],
] as const)(
  '%s with a clock that is behind: a create whose answer was lost is found',
  async (software, behind) => {
    const { run, publish, later, sandbox } = await startDriver({ mastodon: { software } })
    const { switchboard } = sandbox
    const asOf = (time: string | null): Date => new Date(Date.parse(time ?? '') - behind)
    switchboard.weather = async ({ name }) =>
      name === 'statuses'
        ? {
            when: 'after',
            play: {
              change: async (answer) => {
                const body = (await answer.text()).replace(/(?<="created_at":")[^"]+/g, (time) =>
                  asOf(time).toISOString(),
                )
                const headers = new Headers(answer.headers)
                headers.set('date', asOf(answer.headers.get('date')).toUTCString())
                headers.delete('content-length')
                return new Response(body, { headers })
              },
            },
          }
        : undefined
    switchboard.play({ name: 'create', when: 'after', play: 'drop' })
    publish()
    await run()
    for (const wait of [11, 61, 61, 61]) {
      later(wait * minute)
      await run()
    }
    expect(sandbox.mastodon.statuses).toHaveLength(1)
    expect((await run()).route).toMatchObject({ outcome: 'done', parked: [], waiting: 0 })
  },
)

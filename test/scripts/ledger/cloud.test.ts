/** The ledger of a stage, while runs go on: each change is refused where a run was faster (E2). */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { PostRecord } from '../../../src/core/record/record.ts'
import type { RouteRecord } from '../../../src/core/record/route.ts'
import { openDynamoDb } from '../../../src/io/ledger/dynamodb.ts'
import type { Ledger } from '../../../src/io/ledger/ledger.ts'
import { blog, type Driver, firstLines, minute, picture, startDriver } from '../../support/run.ts'
import { type LedgerFolder, openLedgerFolder } from './folder.ts'

const table = 'levity-prod'

type Scene = Driver & {
  readonly folder: LedgerFolder
  readonly ledger: Ledger
  record(id: string): Promise<PostRecord>
  route(): Promise<RouteRecord>
}

async function startScene(options: Parameters<typeof startDriver>[0] = {}): Promise<Scene> {
  const driver = await startDriver({ ...options, ledger: { tableName: table } })
  const folder = await openLedgerFolder(driver.sandbox)
  await folder.settings('.env.prod')
  const home = openDynamoDb()
  onTestFinished(() => home.close())
  const ledger = home.open(table, 'main')
  return {
    ...driver,
    folder,
    ledger,
    async record(id) {
      const [found] = await ledger.fetchPosts([{ id, copy: 1 }])
      if (!found) throw new Error(`Expected a record of ${id} but received none`)
      return found
    },
    async route() {
      const { route } = await ledger.read()
      if (!route) throw new Error('Expected the route but received none')
      return route
    },
  }
}

const prod = ['--stage', 'prod'] as const
const done = { code: 0, err: '' }

/** V2: a post that was parked because a newer one got through, and that one. Its image is mended since. */
async function parkOne({ publish, run, later, sandbox }: Scene, text: string, newerText = 'Newer') {
  const id = publish({ text, images: [{ ...picture, state: 'missing' }] })
  const newer = publish({ text: newerText })
  expect((await run()).route).toMatchObject({ posted: [], retrying: [{ post: id }] })
  later(180 * minute)
  expect((await run()).route).toMatchObject({ posted: [{ post: newer }], parked: [{ post: id }] })
  sandbox.tumblr.edit(blog, id, { images: [picture] })
  return { id, newer }
}

test('retry: the next run posts it; until then none does', async () => {
  const scene = await startScene()
  const { folder, run, texts, record } = scene
  const { id } = await parkOne(scene, 'One')
  await run()
  expect(firstLines(texts())).toEqual(['Newer'])
  expect((await folder.ledger('parked', ...prod)).out).toMatch(new RegExp(`${id} .* parked +3 `))
  expect(await folder.ledger('retry', id, ...prod)).toMatchObject(done)
  expect(await record(id)).toMatchObject({ state: 'queued', attempts: 0 })
  expect(await record(id)).not.toHaveProperty('failing')
  expect((await run()).route.posted).toMatchObject([{ post: id }])
  expect(firstLines(texts())).toEqual(['Newer', 'One'])
})

test('skip: the next post comes, and no edit on Tumblr brings the skipped one back', async () => {
  const { folder, run, publish, texts, sandbox } = await startScene()
  sandbox.switchboard.play({ service: 'pictures', when: 'before', play: { status: 404 } })
  const failing = publish({ text: 'One' })
  publish({ text: 'Two' })
  expect((await run()).route.retrying).toMatchObject([{ post: failing }])
  expect((await run()).route.outcome).toBe('busy')
  expect(await folder.ledger('skip', failing, '--reason', 'not this one', ...prod)).toMatchObject(done)
  await run()
  expect(firstLines(texts())).toEqual(['Two'])
  expect((await folder.ledger('skipped', ...prod)).out).toContain('not this one')
  sandbox.tumblr.edit(blog, failing, { text: 'One, mended' })
  await run()
  expect(firstLines(texts())).toEqual(['Two'])
  expect((await folder.ledger('skip', failing, ...prod)).err).toContain('it is skipped already')
})

test("posted: it is never posted, and keeps the statuses that were named, if they are the account's own", async () => {
  const scene = await startScene()
  const { folder, run, publish, texts, sandbox, record } = scene
  publish({ text: 'One' })
  await run()
  const own = sandbox.mastodon.statuses[0]
  // The status of the newer one is made after the post, as one that a person posts by hand is.
  const { id, newer } = await parkOne(scene, 'Two', 'Three')
  const status = sandbox.mastodon.statuses[1]
  const strange = await folder.ledger('posted', id, 'https://elsewhere.example/@moss/1', ...prod)
  expect(strange).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/nothing was changed\n$/) })
  expect(await record(id)).toMatchObject({ state: 'parked' })
  expect(await folder.ledger('posted', id, status?.url ?? '', ...prod)).toMatchObject(done)
  expect(await record(id)).toMatchObject({
    outcome: 'posted',
    byHand: true,
    statuses: [{ url: status?.url }],
  })
  expect(own?.url).not.toBe(status?.url)
  await run()
  expect((await run({ post: id })).route.skipped).toMatchObject([
    { reason: expect.stringContaining('posted already') },
  ])
  expect(firstLines(texts())).toEqual(['One', 'Three'])
  expect((await folder.ledger('posted', newer, ...prod)).err).toContain('it is posted already')
})

test('forget: found anew on the newest page, posted again once; an older one only by an event', async () => {
  const { folder, run, publish, texts } = await startScene()
  const old = publish({ text: 'Old', at: Date.now() - 9 * minute })
  for (let n = 0; n < 20; n++) publish({ text: 'none', images: [], at: Date.now() - 5 * minute })
  const newest = publish({ text: 'New' })
  await run()
  const forgotten = await folder.ledger('forget', old, newest, '--yes', ...prod)
  expect(forgotten).toMatchObject(done)
  expect(forgotten.out).toContain(`post ${newest}: it is forgotten: the next run finds it anew`)
  expect(forgotten.out).toContain('no run looks for it by itself')
  expect(forgotten.out).toContain(`npm run invoke -- '{"post":"${old}"}' posts it`)
  await run()
  await run()
  expect(firstLines(texts())).toEqual(['Old', 'New', 'New'])
  await run({ post: old })
  expect(firstLines(texts())).toEqual(['Old', 'New', 'New', 'Old'])
  expect((await folder.ledger('forget', '7', '--yes', ...prod)).err).toContain(
    'the ledger has no record of it',
  )
})

test.each(['retry', 'skip', 'posted', 'forget'])(
  '%s: a run that works on the post keeps it',
  async (word) => {
    const { folder, publish, ledger, run, record } = await startScene({ env: { LEVITY_DELAY: '1h' } })
    const id = publish()
    await run()
    const claim = { owner: 'a run', until: Date.now() + 600_000 }
    const held = await ledger.writePost({ ...(await record(id)), state: 'claimed', claim })
    const { code, out, err } = await folder.ledger(word, id, ...(word === 'forget' ? ['--yes'] : []), ...prod)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(/: a run works on it until \d\d:\d\d:\d\d; nothing was changed\n$/)
    expect(await record(id)).toEqual(held)
  },
)

test.each([
  ['retry', 'PutItem'],
  ['skip', 'PutItem'],
  ['posted', 'PutItem'],
  ['forget', 'DeleteItem'],
])('%s: refused by version where a run wrote the post in between', async (word, call) => {
  const scene = await startScene()
  const { folder, ledger, sandbox, record } = scene
  const { id } = await parkOne(scene, 'One')
  const before = await record(id)
  sandbox.switchboard.play({
    service: 'dynamodb',
    name: call,
    when: 'before',
    play: { until: () => sandboxWrites(ledger, { ...before, reason: 'by a run' }) },
  })
  const { code, err } = await folder.ledger(word, id, ...(word === 'forget' ? ['--yes'] : []), ...prod)
  expect(code).toBe(2)
  expect(err).toContain('a run has written it meanwhile: look again')
  expect(await record(id)).toMatchObject({ state: 'parked', reason: 'by a run' })
})

/** The write of a run: it passes the switchboard too, and is not held by the fault that it is part of. */
const sandboxWrites = (ledger: Ledger, record: PostRecord): Promise<unknown> => ledger.writePost(record)

test('forget takes the post from the page whatever a run writes meanwhile', async () => {
  const { folder, run, publish, texts, ledger, sandbox, route } = await startScene()
  const id = publish({ text: 'One' })
  await run()
  sandbox.switchboard.play({
    service: 'dynamodb',
    name: 'PutItem',
    when: 'before',
    play: { until: async () => ledger.writeRoute({ ...(await route()), deeperAt: 5 }) },
  })
  expect(await folder.ledger('forget', id, '--yes', ...prod)).toMatchObject(done)
  expect(await route()).toMatchObject({ deeperAt: 5 })
  await run()
  expect(firstLines(texts())).toEqual(['One', 'One'])
})

test('a write whose answer was lost is done once, and not refused by itself', async () => {
  const { folder, run, publish, sandbox } = await startScene()
  const id = publish({ text: 'One' })
  await run()
  for (const name of ['DeleteItem', 'PutItem'])
    sandbox.switchboard.play({ service: 'dynamodb', name, when: 'after', play: 'drop' })
  expect(await folder.ledger('forget', id, '--yes', ...prod)).toMatchObject(done)
})

test('a last try that may still arrive is not forgotten', async () => {
  const { folder, run, publish, ledger, record } = await startScene({ env: { LEVITY_DELAY: '1h' } })
  const id = publish()
  await run()
  await ledger.writePost({ ...(await record(id)), state: 'sending', sentAt: Date.now() })
  expect(await folder.ledger('forget', id, '--yes', ...prod)).toMatchObject({
    code: 2,
    err: expect.stringContaining('its last try may still arrive on Mastodon'),
  })
})

const says = (text: RegExp) => ({ code: 1, out: '', err: expect.stringMatching(text) })
const answer = (type: string) => ({
  status: 400,
  body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'No.' }),
})

test('what AWS refuses is one sentence each', async () => {
  const { folder, sandbox } = await startScene()
  const refuse = (type: string): void =>
    sandbox.switchboard.play({ service: 'dynamodb', times: 9, when: 'before', play: answer(type) })
  refuse('AccessDeniedException')
  expect(await folder.ledger(...prod)).toMatchObject(
    says(/^Expected the right to use the table levity-prod .*\n$/),
  )
  sandbox.switchboard.playNothing()
  refuse('UnrecognizedClientException')
  expect(await folder.ledger(...prod)).toMatchObject(says(/^Expected AWS credentials that are valid .*\n$/))
  sandbox.switchboard.playNothing()
  expect(await folder.ledger(...prod, '--table', 'another')).toEqual({
    ...done,
    out: 'No run has written a ledger here yet (table another)\n',
  })
  expect(await folder.ledger('retry', '7', ...prod, '--table', 'another')).toMatchObject(
    says(/^No run has written a ledger here yet \(table another\)\n$/),
  )
  delete folder.env['AWS_ACCESS_KEY_ID']
  expect(await folder.ledger(...prod)).toMatchObject(
    says(/^Expected AWS credentials but received none: .*\n$/),
  )
  delete folder.env['AWS_REGION']
  expect(await folder.ledger(...prod)).toMatchObject(
    says(/^Expected a region of AWS but received none: .*\n$/),
  )
})

test('listing needs no secret, and one of several routes is named', async () => {
  const { folder } = await startScene()
  await folder.settings('.env.prod', {
    MASTODON_ACCESS_TOKEN: 'ssm:/levity/token',
    LEVITY_ROUTES: 'art,main',
    ART_TUMBLR_BLOG: 'another',
    MAIN_LEVITY_START: 'now',
  })
  const { out, code } = await folder.ledger(...prod)
  expect(code).toBe(0)
  expect(out).toMatch(
    /^art\n {2}No run of this route has written a ledger here yet\n {2}0 posted\n\nmain\n {2}serves hillside/,
  )
  expect(await folder.ledger('retry', '7', ...prod)).toMatchObject(
    says(/^Expected --route and one of art, main but received none: which is meant\?\n$/),
  )
  expect(await folder.ledger('export', '--route', 'photos', ...prod)).toMatchObject(
    says(/one of the routes art, main/),
  )
})

test('moved from here to the cloud: newer records stay, older ones are replaced where that is asked', async () => {
  const { folder, run, publish, texts, record, ledger, route } = await startScene()
  const ids = [publish({ text: 'One' }), publish({ text: 'Two' })] as const
  await run()
  await folder.ledger('export', 'a.jsonl', ...prod)
  const [first, second] = [await record(ids[0]), await record(ids[1])]
  await ledger.writePost({ ...first, reason: 'newer' })
  expect((await folder.ledger('import', 'a.jsonl', '--replace', ...prod)).out).toContain(
    '0 records are imported, 0 replaced, 3 kept',
  )
  expect(await record(ids[0])).toMatchObject({ reason: 'newer' })
  await folder.ledger('export', 'b.jsonl', ...prod)
  await folder.ledger('forget', '--everything', '--route', 'main', '--yes', ...prod)
  expect((await folder.ledger('import', 'a.jsonl', ...prod)).out).toContain('3 records are imported')
  expect((await folder.ledger('import', 'b.jsonl', ...prod)).out).toContain(
    '0 records are imported, 0 replaced',
  )
  expect(await record(ids[0])).toEqual(first)
  expect((await folder.ledger('import', 'b.jsonl', '--replace', ...prod)).out).toContain('1 replaced, 2 kept')
  expect(await record(ids[0])).toMatchObject({ reason: 'newer' })
  expect(await record(ids[1])).toEqual(second)
  expect((await route()).trouble).toBeUndefined()
  await run()
  expect(firstLines(texts())).toEqual(['One', 'Two'])
})

test('moved to where a run has begun already: --replace brings the beginning too, and nothing in between is lost', async () => {
  const { folder, run, publish, texts } = await startScene()
  publish({ text: 'One' })
  await run()
  await folder.ledger('export', 'a.jsonl', ...prod)
  await folder.ledger('forget', '--everything', '--route', 'main', '--yes', ...prod)
  publish({ text: 'Two' })
  await run()
  expect((await folder.ledger('import', 'a.jsonl', ...prod)).out).toContain(
    'The route began here already, after post',
  )
  await run()
  expect(firstLines(texts())).toEqual(['One'])
  expect(await folder.ledger('import', 'a.jsonl', '--replace', ...prod)).toMatchObject({
    ...done,
    out: expect.stringMatching(
      /^main: 0 records are imported, 1 replaced, 1 kept as they were\nThey are of /,
    ),
  })
  await run()
  expect(firstLines(texts())).toEqual(['One', 'Two'])
})

test('while records come in, the route rests: a run in between posts nothing twice', async () => {
  const { folder, run, publish, texts, sandbox, env } = await startScene()
  publish({ text: 'One' })
  publish({ text: 'Two' })
  await run()
  await folder.ledger('export', 'a.jsonl', ...prod)
  await folder.ledger('forget', '--everything', '--route', 'main', '--yes', ...prod)
  env['LEVITY_START'] = 'all'
  // Without links nothing but the ledger tells that they were posted.
  const outcomes: unknown[] = []
  sandbox.switchboard.play({
    service: 'dynamodb',
    name: 'PutItem',
    after: 1,
    when: 'before',
    play: { until: async () => outcomes.push((await run()).route) },
  })
  expect(await folder.ledger('import', 'a.jsonl', ...prod)).toMatchObject(done)
  expect(outcomes).toMatchObject([{ outcome: 'stopped', why: expect.stringContaining('import'), posted: [] }])
  await run()
  expect(firstLines(texts())).toEqual(['One', 'Two'])
})

test('records of another blog are refused, and none is imported', async () => {
  const { folder, run, publish, sandbox } = await startScene()
  publish()
  await run()
  await folder.ledger('export', 'a.jsonl', ...prod)
  sandbox.tumblr.addBlog({ name: 'valley' })
  await folder.settings('.env.prod', { LEVITY_ROUTES: 'other', OTHER_TUMBLR_BLOG: 'valley' })
  expect(await folder.ledger('import', 'a.jsonl', ...prod)).toMatchObject(
    says(
      /^Expected records of the blog valley, which the route other serves, but received those of hillside/,
    ),
  )
  expect((await folder.ledger(...prod)).out).toContain('No run of this route has written a ledger here yet')
})

test('an export that was cut off is refused', async () => {
  const { folder, run, publish } = await startScene()
  publish()
  await run()
  const { out } = await folder.ledger('export', ...prod)
  await writeFile(join(folder.path, 'cut.jsonl'), out.split('\n').slice(0, -2).join('\n'))
  expect(await folder.ledger('import', 'cut.jsonl', ...prod)).toMatchObject(
    says(/^Expected 2 lines after the first in cut\.jsonl but received 1: it was cut off/),
  )
})

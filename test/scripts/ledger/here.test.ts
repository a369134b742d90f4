/** The ledger of this folder, between runs of `npm run once`. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { startTable } from '../../../scripts/sandbox/dynamodb/dynamodb.ts'
import { type Sandbox, startSandbox } from '../../../scripts/sandbox/sandbox.ts'
import { type Desk, openDesk, publish, textsOf } from './desk.ts'

const blog = 'hillside'
const minute = 60_000
let sandbox: Sandbox
let desk: Desk

beforeEach(async () => {
  sandbox = await startSandbox({ content: 'empty' })
  onTestFinished(() => sandbox.close())
  desk = await openDesk(sandbox)
  await desk.settings('.env')
})

/** The first run only takes its bearings. */
async function begin(): Promise<void> {
  expect(await desk.once()).toEqual({ code: 0, out: '', err: '' })
}

const done = { code: 0, err: '' }

test('before any run: says so, and makes no ledger', async () => {
  const { code, out, err } = await desk.ledger()
  expect({ code, err }).toEqual(done)
  expect(out).toMatch(/^No run has written a ledger here yet \(.*\.levity\/ledger\)\n$/)
  expect(await desk.ledgerJson('parked')).toEqual({ stage: null, routes: [] })
  expect(await desk.ledger('retry', '7')).toMatchObject({ code: 1, out: '' })
  expect(await readdir(desk.folder)).toEqual(['.env'])
})

test('lists where the route stands and what became of each post, and changes nothing', async () => {
  await begin()
  const posted = publish(sandbox, blog, { text: 'One' })
  const skipped = publish(sandbox, blog, { images: [] })
  await desk.once()
  await desk.settings('.env', { LEVITY_DELAY: '1h' })
  const waiting = publish(sandbox, blog, { text: 'Later' })
  await desk.once()
  const before = await desk.ledger('export')
  const { code, out, err } = await desk.ledger()
  expect({ code, err }).toEqual(done)
  const status = sandbox.mastodon.statuses[0]
  expect(out).toContain('serves hillside to http')
  expect(out).toContain('1 posted, 1 waiting, 1 skipped')
  expect(out).toMatch(
    new RegExp(`${posted} .* posted +1 +${status?.url} +https://www.tumblr.com/hillside/${posted}\n`),
  )
  expect(out).toMatch(new RegExp(`${skipped} .* skipped +0 +it has no image `))
  expect(out).toMatch(new RegExp(`${waiting} .* waiting +0 +it is not due yet `))
  expect(await desk.ledgerJson('list', 'waiting', '--last', '1')).toMatchObject({
    stage: null,
    routes: [
      {
        route: 'main',
        standing: { blog: 'hillside', startAs: 'now', succeededAt: expect.stringMatching(/^\d{4}-.*Z$/) },
        totals: { posted: 1, waiting: 1, skipped: 1, parked: 0 },
        posts: [{ post: waiting, state: 'waiting' }],
      },
    ],
  })
  // Only the heading tells when.
  const items = (text: string): readonly string[] => text.split('\n').slice(1)
  expect(items((await desk.ledger('export')).out)).toEqual(items(before.out))
})

test('while a run has the folder: one sentence, exit code 2', async () => {
  const path = join(desk.folder, '.levity/ledger')
  await mkdir(path, { recursive: true })
  const held = await startTable({ path })
  try {
    const { code, out, err } = await desk.ledger()
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(/^Another command works with the ledger in .*: nothing was done\n$/)
  } finally {
    await held.close()
  }
})

test('a forgotten post is posted again, once, and only where --yes says so', async () => {
  await begin()
  const id = publish(sandbox, blog, { text: 'One' })
  publish(sandbox, blog, { text: 'Two' })
  await desk.once()
  expect(await desk.ledger('forget', id)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^Expected --yes to forget post .* The next run can post it again/),
  })
  await desk.once()
  expect(textsOf(sandbox)).toEqual(['One', 'Two'])
  expect(await desk.ledger('forget', id, '--yes')).toMatchObject({
    ...done,
    out: expect.stringContaining('the next run finds it anew'),
  })
  await desk.once()
  await desk.once()
  expect(textsOf(sandbox)).toEqual(['One', 'Two', 'One'])
})

test('a parked post is retried by the next run, and not by itself', async () => {
  await begin()
  const id = publish(sandbox, blog, { text: 'One', images: [{ width: 60, height: 40, state: 'missing' }] })
  for (let run = 0; run < 5; run++) {
    await desk.once()
    sandbox.switchboard.advance(61 * minute)
  }
  sandbox.tumblr.edit(blog, id, { images: [{ width: 60, height: 40 }] })
  await desk.once()
  expect(textsOf(sandbox)).toEqual([])
  expect((await desk.ledger('parked')).out).toMatch(new RegExp(`${id} .* parked +5 `))
  expect(await desk.ledger('retry', 'parked')).toMatchObject({
    ...done,
    out: `main: post ${id}: the next run takes it up again\n`,
  })
  await desk.once()
  expect(textsOf(sandbox)).toEqual(['One'])
  expect(await desk.ledger('retry', id)).toMatchObject({
    code: 1,
    err: `main: post ${id}: it is posted: only parked posts are retried\n`,
  })
})

test('exported and imported into an empty folder: nothing is posted twice, and what is new is posted', async () => {
  await begin()
  publish(sandbox, blog, { text: 'One' })
  await desk.once()
  await desk.settings('.env', { LEVITY_DELAY: '1h' })
  publish(sandbox, blog, { text: 'Two' })
  await desk.once()
  expect(await desk.ledger('export', 'ledger.jsonl')).toMatchObject({
    ...done,
    out: 'main: 2 posts are exported to ledger.jsonl\n',
  })
  expect(await desk.ledger('export', 'ledger.jsonl')).toMatchObject({
    code: 1,
    err: expect.stringContaining('which exists: nothing was exported'),
  })
  const other = await openDesk(sandbox)
  await other.settings('.env')
  const file = join(desk.folder, 'ledger.jsonl')
  expect(await other.ledger('import', file)).toMatchObject({
    ...done,
    out: expect.stringMatching(/^main: 3 records are imported, 0 replaced, 0 kept/),
  })
  await other.once()
  expect(textsOf(sandbox)).toEqual(['One'])
  sandbox.switchboard.advance(61 * minute)
  publish(sandbox, blog, { text: 'Three' })
  await other.once()
  await other.once()
  expect(textsOf(sandbox)).toEqual(['One', 'Two', 'Three'])
})

test('import names the first bad line, and imports none', async () => {
  await begin()
  publish(sandbox, blog)
  await desk.once()
  await desk.ledger('export', 'whole.jsonl')
  const lines = (await readFile(join(desk.folder, 'whole.jsonl'), 'utf8')).split('\n')
  const other = await openDesk(sandbox)
  await other.settings('.env')
  const bad = lines.map((line, at) => (at === 2 ? line.replace('"attempts":1', '"attempts":"1"') : line))
  await writeFile(join(other.folder, 'bad.jsonl'), bad.join('\n'))
  const { code, out, err } = await other.ledger('import', 'bad.jsonl')
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toMatch(/^Expected the record of a post in line 3 of bad\.jsonl but .* attempts is wrong/)
  expect((await readdir(other.folder)).sort()).toEqual(['.env', 'bad.jsonl'])
})

test('everything of a route is forgotten where its name was typed; the next run begins afresh', async () => {
  await begin()
  publish(sandbox, blog, { text: 'One' })
  await desk.once()
  expect(await desk.ledger('forget', '--everything', '--yes')).toMatchObject({ code: 1 })
  expect(await desk.ledger('forget', '--everything', '--route', 'main')).toMatchObject({
    code: 1,
    err: expect.stringContaining('Expected --yes to forget everything of the route main'),
  })
  expect(await desk.ledger('forget', '--everything', '--route', 'main', '--yes')).toMatchObject({
    ...done,
    out: expect.stringMatching(/^main: 2 records are forgotten; the next run begins afresh/),
  })
  expect((await desk.ledger()).out).toContain('No run of this route has written a ledger here yet')
  await desk.once()
  publish(sandbox, blog, { text: 'Two' })
  await desk.once()
  expect(textsOf(sandbox)).toEqual(['One', 'Two'])
})

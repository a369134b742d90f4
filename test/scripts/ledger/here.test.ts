/** The ledger of this folder, between runs of `npm run once`. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { blog, type Driver, firstLines, minute, startDriver } from '../../support/run.ts'
import { runCommand } from '../../support/shell.ts'
import { type LedgerFolder, openLedgerFolder } from './folder.ts'

let driver: Driver
let folder: LedgerFolder

beforeEach(async () => {
  driver = await startDriver({ bearings: false })
  folder = await openLedgerFolder(driver.sandbox)
  await folder.settings('.env')
})

const texts = (): readonly string[] => firstLines(driver.texts())

/** The first run only takes its bearings. */
async function begin(): Promise<void> {
  expect(await folder.once()).toEqual({ code: 0, out: '', err: '' })
}

const done = { code: 0, err: '' }

test('before any run: says so, and makes no ledger', async () => {
  const { code, out, err } = await folder.ledger()
  expect({ code, err }).toEqual(done)
  expect(out).toMatch(/^No run has written a ledger here yet \(.*\.levity\/ledger\.db\)\n$/)
  expect(await folder.ledgerJson('parked')).toEqual({ stage: null, routes: [] })
  expect(await folder.ledger('retry', '7')).toMatchObject({ code: 1, out: '' })
  expect(await readdir(folder.path)).toEqual(['.env'])
})

test('lists where the route stands and what became of each post, and changes nothing', async () => {
  await begin()
  const posted = driver.publish({ text: 'One' })
  const skipped = driver.publish({ images: [] })
  await folder.once()
  await folder.settings('.env', { LEVITY_DELAY: '1h' })
  const waiting = driver.publish({ text: 'Later' })
  await folder.once()
  const before = await folder.ledger('export')
  const { code, out, err } = await folder.ledger()
  expect({ code, err }).toEqual(done)
  const status = driver.sandbox.mastodon.statuses[0]
  expect(out).toContain('serves hillside to http')
  expect(out).toContain('1 posted, 1 waiting, 1 skipped')
  expect(out).toMatch(
    new RegExp(`${posted} .* posted +1 +${status?.url} +https://www.tumblr.com/hillside/${posted}\n`),
  )
  expect(out).toMatch(new RegExp(`${skipped} .* skipped +0 +it has no image `))
  expect(out).toMatch(new RegExp(`${waiting} .* waiting +0 +it is not due yet `))
  expect(await folder.ledgerJson('list', 'waiting', '--last', '1')).toMatchObject({
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
  expect(items((await folder.ledger('export')).out)).toEqual(items(before.out))
})

test('the command itself: what it prints, and how it ends', async () => {
  const start = (...args: readonly string[]) =>
    runCommand('ledger', args, { folder: folder.path, env: { PATH: process.env['PATH'] } })
  expect(await start('--help')).toMatchObject({ ...done, out: expect.stringMatching(/^npm run ledger -- /) })
  expect(await start('lst')).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringMatching(/^Expected list, /),
  })
  await begin()
  const id = driver.publish({ images: [] })
  await folder.once()
  expect(await start('skip', id)).toEqual({
    code: 1,
    out: '',
    err: `main: post ${id}: it is skipped already\n`,
  })
  expect(await start()).toMatchObject({ ...done, out: expect.stringContaining('0 posted, 1 skipped') })
})

test('while a run writes, listing reads what was written before', async () => {
  await begin()
  const writer = new DatabaseSync(join(folder.path, '.levity/ledger.db'))
  onTestFinished(() => writer.close())
  writer.exec('BEGIN EXCLUSIVE; DELETE FROM items')
  expect((await folder.ledger()).out).toContain('serves hillside to http')
  expect((await folder.ledger('export')).out).toContain('"sk":"route"')
})

test('a forgotten post is posted again, once, and only where --yes says so', async () => {
  await begin()
  const id = driver.publish({ text: 'One' })
  driver.publish({ text: 'Two' })
  await folder.once()
  expect(await folder.ledger('forget', id)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^Expected --yes to forget post .* The next run can post it again/),
  })
  await folder.once()
  expect(texts()).toEqual(['One', 'Two'])
  expect(await folder.ledger('forget', id, '--yes')).toMatchObject({
    ...done,
    out: expect.stringContaining('the next run finds it anew'),
  })
  await folder.once()
  await folder.once()
  expect(texts()).toEqual(['One', 'Two', 'One'])
})

test('a lone post that failed for two days is parked, and retried by the next run, but not by itself', async () => {
  await begin()
  const id = driver.publish({ text: 'One', images: [{ width: 60, height: 40, state: 'missing' }] })
  for (const pause of [47 * 60, 61]) {
    await folder.once()
    expect((await folder.ledger('parked')).out).not.toContain(id)
    driver.later(pause * minute)
  }
  await folder.once()
  driver.sandbox.tumblr.edit(blog, id, { images: [{ width: 60, height: 40 }] })
  await folder.once()
  expect(texts()).toEqual([])
  expect((await folder.ledger('parked')).out).toMatch(new RegExp(`${id} .* parked +3 `))
  expect(await folder.ledger('retry', 'parked')).toMatchObject({
    ...done,
    out: `main: post ${id}: the next run tries it again\n`,
  })
  await folder.once()
  expect(texts()).toEqual(['One'])
  expect(await folder.ledger('retry', id)).toMatchObject({
    code: 1,
    err: `main: post ${id}: it is posted: only parked posts are retried\n`,
  })
})

test('exported and imported into an empty folder: nothing is posted twice, and what is new is posted', async () => {
  await begin()
  driver.publish({ text: 'One' })
  await folder.once()
  await folder.settings('.env', { LEVITY_DELAY: '1h' })
  driver.publish({ text: 'Two' })
  await folder.once()
  expect(await folder.ledger('export', 'ledger.jsonl')).toMatchObject({
    ...done,
    out: 'main: 2 posts are exported to ledger.jsonl\n',
  })
  expect(await folder.ledger('export', 'ledger.jsonl')).toMatchObject({
    code: 1,
    err: expect.stringContaining('which exists: nothing was exported'),
  })
  const other = await openLedgerFolder(driver.sandbox)
  await other.settings('.env')
  const file = join(folder.path, 'ledger.jsonl')
  expect(await other.ledger('import', file)).toMatchObject({
    ...done,
    out: expect.stringMatching(/^main: 3 records are imported, 0 replaced, 0 kept/),
  })
  await other.once()
  expect(texts()).toEqual(['One'])
  driver.later(61 * minute)
  driver.publish({ text: 'Three' })
  await other.once()
  await other.once()
  expect(texts()).toEqual(['One', 'Two', 'Three'])
})

test('import names the first bad line, and imports none', async () => {
  await begin()
  driver.publish()
  await folder.once()
  await folder.ledger('export', 'whole.jsonl')
  const lines = (await readFile(join(folder.path, 'whole.jsonl'), 'utf8')).split('\n')
  const other = await openLedgerFolder(driver.sandbox)
  await other.settings('.env')
  const bad = lines.map((line, at) => (at === 2 ? line.replace('"attempts":1', '"attempts":"1"') : line))
  await writeFile(join(other.path, 'bad.jsonl'), bad.join('\n'))
  const { code, out, err } = await other.ledger('import', 'bad.jsonl')
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toMatch(/^Expected the record of a post in line 3 of bad\.jsonl but .* attempts is wrong/)
  expect((await readdir(other.path)).sort()).toEqual(['.env', 'bad.jsonl'])
})

test('everything of a route is forgotten where its name was typed; the next run begins afresh', async () => {
  await begin()
  driver.publish({ text: 'One' })
  await folder.once()
  expect(await folder.ledger('forget', '--everything', '--yes')).toMatchObject({ code: 1 })
  expect(await folder.ledger('forget', '--everything', '--route', 'main')).toMatchObject({
    code: 1,
    err: expect.stringContaining('Expected --yes to forget everything of the route main'),
  })
  expect(await folder.ledger('forget', '--everything', '--route', 'main', '--yes')).toMatchObject({
    ...done,
    out: expect.stringMatching(/^main: 2 records are forgotten; the next run begins afresh/),
  })
  expect((await folder.ledger()).out).toContain('No run of this route has written a ledger here yet')
  await folder.once()
  driver.publish({ text: 'Two' })
  await folder.once()
  expect(texts()).toEqual(['One', 'Two'])
})

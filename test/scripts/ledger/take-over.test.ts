/** The folder ledger of Levity 0.1.0 becomes a file: once, completely, and never half. */
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { takeOverFolder } from '../../../scripts/ledger/take-over.ts'
import { sandboxAws, startTable } from '../../../scripts/sandbox/dynamodb/dynamodb.ts'
import { newRecord } from '../../../src/core/record/record.ts'
import { createLedger } from '../../../src/io/ledger/dynamodb.ts'
import type { Ledger } from '../../../src/io/ledger/ledger.ts'
import { openLedgerFile } from '../../../src/io/ledger/sqlite.ts'
import { firstLines, startDriver } from '../../support/run.ts'
import { runCommand } from '../../support/shell.ts'
import { openLedgerFolder } from './folder.ts'

let home: string
let folder: string
let path: string

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'levity-take-over-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  await mkdir(join(home, '.levity'))
  folder = join(home, '.levity/ledger')
  path = join(home, '.levity/ledger.db')
})

const route = { version: 0, blog: { name: 'moss' }, start: '7', startAs: 'now', mark: 5, page: [] }
/** Table, route, and how many posts: more than one page of a scan (1 MB) and than one of the ledger. */
const parts = [
  ['levity', 'main', 130],
  ['levity', 'art', 2],
  ['another', 'main', 0],
] as const

/** What the old ledger has, as the new one must have it. */
async function writeOld(): Promise<readonly unknown[]> {
  const contents: unknown[] = []
  for (const [table, name, posts] of parts) {
    const old = await startTable({ path: folder, tableName: table })
    const client = new DynamoDBClient({
      endpoint: old.url,
      region: sandboxAws.AWS_REGION,
      credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
    })
    const ledger = createLedger({ table, route: name, client })
    await ledger.writeRoute(route)
    for (let id = 1; id <= posts; id++)
      await ledger.writePost(
        newRecord(String(id), { reason: 'long '.repeat(2000), state: id % 2 === 0 ? 'settled' : 'queued' }),
      )
    contents.push(await contentOf(ledger))
    client.destroy()
    await old.close()
  }
  return contents
}

async function contentOf(ledger: Ledger): Promise<unknown> {
  const posts = []
  for await (const post of ledger.posts()) posts.push(post)
  return { ...(await ledger.read()), waiting: await ledger.countTodo(), posts }
}

async function contentsNow(): Promise<readonly unknown[]> {
  const ledgers = openLedgerFile({ path, readOnly: true })
  try {
    return await Promise.all(parts.map(([table, name]) => contentOf(ledgers.open(table, name))))
  } finally {
    ledgers.close()
  }
}

const filesNow = async (): Promise<readonly string[]> =>
  (await readdir(join(home, '.levity'))).filter((name) => !/-(?:shm|wal)$/.test(name)).sort()

test('every record of every route and table, said in one sentence; the old one is kept under another name', async () => {
  const old = await writeOld()
  expect(await takeOverFolder(folder, path)).toBe(
    `The ledger of Levity 0.1.0 was taken over, and every record checked: it is ${path} now. The old one is kept in ${folder}-0.1.0.`,
  )
  expect(await contentsNow()).toEqual(old)
  expect(await filesNow()).toEqual(['ledger-0.1.0', 'ledger.db'])
  expect(await takeOverFolder(folder, path)).toBeUndefined()
})

test('a death half-way leaves the old one in force, and the next start does it again', async () => {
  const old = await writeOld()
  const kill = async (write: string) => {
    await writeFile(join(home, '.env'), 'TUMBLR_BLOG=moss\n')
    const { code } = await runCommand('ledger', [], {
      folder: home,
      env: {
        PATH: process.env['PATH'],
        NODE_OPTIONS: `--import ${new URL('../../support/kill-at-write.ts', import.meta.url)}`,
        KILL_AT_WRITE: write,
      },
    })
    expect(code).toBeNull()
    expect(existsSync(path)).toBe(false)
    expect(await filesNow()).toContain('ledger')
  }
  await kill('70 before')
  // The transaction's end: 1 of the schema, 133 records with the routes, 2 routes more.
  await kill('137 before')
  await kill('137 after')
  await takeOverFolder(folder, path)
  expect(await contentsNow()).toEqual(old)
  expect(await filesNow()).toEqual(['ledger-0.1.0', 'ledger.db'])
})

test('once the file is there, it alone is in force; the old one still goes to another name', async () => {
  await writeOld()
  await cp(folder, join(home, 'copy'), { recursive: true, filter: (file) => basename(file) !== 'LOCK' })
  await takeOverFolder(folder, path)
  const ledgers = openLedgerFile({ path, readOnly: false })
  await ledgers.open('levity', 'main').writePost(newRecord('999'))
  ledgers.close()
  const now = await contentsNow()
  // As after a death between the two names.
  await cp(join(home, 'copy'), folder, { recursive: true })
  await takeOverFolder(folder, path)
  expect(await contentsNow()).toEqual(now)
  expect(await filesNow()).toEqual(['ledger-0.1.0', 'ledger-0.1.0-2', 'ledger.db'])
})

test('while another command has the old one open: refused, and nothing is changed', async () => {
  const held = await startTable({ path: folder })
  onTestFinished(() => held.close())
  await expect(takeOverFolder(folder, path)).rejects.toMatchObject({
    exitCode: 2,
    message: `Another command works with the ledger in ${folder}: nothing was done`,
  })
  expect(await filesNow()).toEqual(['ledger'])
})

test('`npm run once` goes on where 0.1.0 stood: nothing comes twice, and what is new comes', async () => {
  const kept = join(home, 'sandbox')
  const driver = await startDriver({ ledger: { path: kept } })
  const here = await openLedgerFolder(driver.sandbox)
  // Without links nothing but the ledger tells what was posted.
  await here.settings('.env', { LEVITY_TEMPLATE: '{text}' })
  driver.env['LEVITY_TEMPLATE'] = '{text}'
  driver.publish({ text: 'One' })
  await driver.run()
  await cp(kept, join(here.path, '.levity/ledger'), {
    recursive: true,
    filter: (file) => basename(file) !== 'LOCK',
  })
  driver.publish({ text: 'Two' })
  const first = await here.once()
  expect(first).toMatchObject({ code: 0, out: '' })
  expect(first.err).toMatch(/^The ledger of Levity 0\.1\.0 was taken over, .*\n$/)
  expect(await here.once()).toEqual({ code: 0, out: '', err: '' })
  expect(firstLines(driver.texts())).toEqual(['One', 'Two'])
  expect((await here.ledger()).out).toContain('2 posted')
})

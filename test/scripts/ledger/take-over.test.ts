/** The folder ledger of Levity 0.1.0 becomes a file: once, completely, and never half. */
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { takeOverFolder } from '../../../scripts/ledger/take-over.ts'
import { sandboxAws, startTable } from '../../../scripts/sandbox/dynamodb/dynamodb.ts'
import { newRecord } from '../../../src/core/record/record.ts'
import { createLedger } from '../../../src/io/ledger/dynamodb.ts'
import type { Ledger } from '../../../src/io/ledger/ledger.ts'
import { openLedgerFile } from '../../../src/io/ledger/sqlite.ts'
import { readLedgerFile } from '../../../src/io/ledger/sqlite-file.ts'
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
    const client = clientOf(old.url)
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
  (await readdir(join(home, '.levity'))).filter((name) => !/-(?:shm|wal)$|\.lock/.test(name)).sort()

test('every record of every route and table, said in one sentence; the old one is kept under another name', async () => {
  const old = await writeOld()
  expect(await takeOverFolder(folder, path)).toBe(
    `The ledger of Levity 0.1.0 was taken over, and every record checked: it is ${path} now. The old one is kept in ${folder}-0.1.0.`,
  )
  expect(await contentsNow()).toEqual(old)
  expect(await filesNow()).toEqual(['ledger-0.1.0', 'ledger.db'])
  expect(existsSync(`${path}.lock`)).toBe(false)
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
  await kill('71 before')
  // The transaction's end: 1 of the lock, 1 of the schema, 133 records with the routes, 2 routes more.
  await kill('138 before')
  await kill('138 after')
  await takeOverFolder(folder, path)
  expect(await contentsNow()).toEqual(old)
  expect(await filesNow()).toEqual(['ledger-0.1.0', 'ledger.db'])
})

const copyLedger = (from: string, to: string): Promise<void> =>
  cp(from, to, { recursive: true, filter: (file) => basename(file) !== 'LOCK' })

const clientOf = (url: string): DynamoDBClient =>
  new DynamoDBClient({
    endpoint: url,
    region: sandboxAws.AWS_REGION,
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
  })

test('once the file is there, it alone is in force; the old one still goes to another name', async () => {
  await writeOld()
  await copyLedger(folder, join(home, 'copy'))
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

test('beside a file that lacks a record or has an older one: refused, both stay as they are, until one is moved away', async () => {
  await writeOld()
  const copy = join(home, 'copy')
  await copyLedger(folder, copy)
  await takeOverFolder(folder, path)
  const taken = await readFile(path)
  // 0.1.0 went on with a copy: one more version of a post that the file has, and one that it lacks.
  const old = await startTable({ path: copy, tableName: 'levity' })
  const client = clientOf(old.url)
  const ledger = createLedger({ table: 'levity', route: 'main', client })
  const [post] = await ledger.fetchPosts([{ id: '7', copy: 1 }])
  await ledger.writePost({ ...newRecord('7'), version: post?.version ?? 0 })
  await ledger.writePost(newRecord('998'))
  client.destroy()
  await old.close()
  await copyLedger(copy, folder)
  await expect(takeOverFolder(folder, path)).rejects.toMatchObject({
    name: 'Refusal',
    exitCode: 2,
    message: expect.stringMatching(
      /^There are two ledgers, .*\/ledger\.db and that of Levity 0\.1\.0 in .*\/ledger, and the folder has 2 records .*: nothing was done\. Move /,
    ),
  })
  expect(await readFile(path)).toEqual(taken)
  expect(await filesNow()).toEqual(['ledger', 'ledger-0.1.0', 'ledger.db'])
  await rm(path)
  expect(await takeOverFolder(folder, path)).toMatch(/ was taken over, /)
  expect(await filesNow()).toEqual(['ledger-0.1.0', 'ledger-0.1.0-2', 'ledger.db'])
})

test('beside a file that is empty: refused', async () => {
  await writeOld()
  await writeFile(path, '')
  await expect(takeOverFolder(folder, path)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/ \(it is empty or cut off: .*\): nothing was done$/),
  })
  expect(await filesNow()).toEqual(['ledger', 'ledger.db'])
})

test('an empty folder is no ledger', async () => {
  await mkdir(folder)
  expect(await takeOverFolder(folder, path)).toBeUndefined()
  expect(await filesNow()).toEqual(['ledger'])
})

test('every table is taken over, however many there are', async () => {
  const old = await startTable({ path: folder, create: false })
  const client = clientOf(old.url)
  // One page of ListTables has 100 names.
  const names = Array.from({ length: 101 }, (_, at) => `table${at}`)
  const make = async (TableName: string): Promise<void> => {
    await client.send(
      new CreateTableCommand({
        TableName,
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        BillingMode: 'PAY_PER_REQUEST',
      }),
    )
    await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 0.01 }, { TableName })
    await createLedger({ table: TableName, route: 'main', client }).writeRoute(route)
  }
  await Promise.all(names.map(make))
  client.destroy()
  await old.close()
  await takeOverFolder(folder, path)
  expect(new Set(readLedgerFile(path).map(({ ledger }) => ledger))).toEqual(new Set(names))
})

test('while another command takes it over: refused, and nothing is changed', async () => {
  await writeOld()
  const lock = new DatabaseSync(`${path}.lock`)
  lock.exec('BEGIN EXCLUSIVE')
  await expect(takeOverFolder(folder, path)).rejects.toMatchObject({
    exitCode: 2,
    message: 'Another command is taking over the ledger of Levity 0.1.0: try again',
  })
  expect(await filesNow()).toEqual(['ledger'])
  lock.close()
  expect(await takeOverFolder(folder, path)).toMatch(/ was taken over, /)
})

test('several at once: one takes it over, and each of the others is refused or finds nothing to do', async () => {
  const old = await writeOld()
  const all = await Promise.allSettled([1, 2, 3, 4].map(() => takeOverFolder(folder, path)))
  const answers = all.map((one) => (one.status === 'fulfilled' ? one.value : one.reason))
  expect(answers.filter((answer) => typeof answer === 'string')).toHaveLength(1)
  for (const answer of answers)
    if (typeof answer === 'object')
      expect(answer).toMatchObject({
        exitCode: 2,
        message: expect.stringMatching(/^Another command is taking/),
      })
  expect(await contentsNow()).toEqual(old)
  expect(await filesNow()).toEqual(['ledger-0.1.0', 'ledger.db'])
})

test.skipIf(process.platform === 'win32')(
  'on a full disk: one sentence, exit code 2, and nothing is left of the trial',
  async () => {
    const old = await writeOld()
    await writeFile(join(home, '.env'), 'TUMBLR_BLOG=moss\n')
    const env = { PATH: process.env['PATH'] }
    const full = await runCommand('ledger', [], { folder: home, env, fileBlocks: 200 })
    expect(full).toMatchObject({ code: 2, out: '' })
    expect(full.err).toMatch(/^Expected to take over the ledger of Levity 0\.1\.0 in .*: nothing was done\n$/)
    expect(await filesNow()).toEqual(['ledger'])
    await takeOverFolder(folder, path)
    expect(await contentsNow()).toEqual(old)
  },
)

test('where no file can be made: one sentence, exit code 2', async () => {
  await writeOld()
  await mkdir(`${path}.lock`)
  const refused = {
    name: 'Refusal',
    exitCode: 2,
    message: expect.stringMatching(/^Expected to take over .* could not \(.*\): nothing was done$/),
  }
  await expect(takeOverFolder(folder, path)).rejects.toMatchObject(refused)
  await rm(`${path}.lock`, { recursive: true })
  await mkdir(`${path}.new`)
  await expect(takeOverFolder(folder, path)).rejects.toMatchObject(refused)
  expect(existsSync(path)).toBe(false)
})

test('where the old one cannot be moved away: taken over, but refused until somebody moves it', async () => {
  // Its own name is as long as a name may be.
  folder = join(home, '.levity', 'l'.repeat(250))
  const old = await writeOld()
  for (let n = 0; n < 2; n++)
    await expect(takeOverFolder(folder, path)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(
        / is .*ledger\.db now\. But .* cannot be moved away \(ENAMETOOLONG: .*\): move /,
      ),
    })
  expect(await contentsNow()).toEqual(old)
  expect(await filesNow()).toEqual(['ledger.db', basename(folder)])
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
  await copyLedger(kept, join(here.path, '.levity/ledger'))
  driver.publish({ text: 'Two' })
  const first = await here.once()
  expect(first).toMatchObject({ code: 0, out: '' })
  expect(first.err).toMatch(/^The ledger of Levity 0\.1\.0 was taken over, .*\n$/)
  expect(await here.once()).toEqual({ code: 0, out: '', err: '' })
  expect(firstLines(driver.texts())).toEqual(['One', 'Two'])
  expect((await here.ledger()).out).toContain('2 posted')
})

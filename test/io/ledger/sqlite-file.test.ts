/** The ledger's file: whole from the first moment, and never taken for new where it is damaged. */
import { copyFile, mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { newRecord } from '../../../src/core/record/record.ts'
import { openLedgerFile } from '../../../src/io/ledger/sqlite.ts'
import { putInPlace, readLedgerFile, writeLedgerFile } from '../../../src/io/ledger/sqlite-file.ts'

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'levity-file-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  path = join(folder, 'deep/ledger.db')
})

async function readAt(file: string, readOnly: boolean): Promise<unknown> {
  const home = openLedgerFile({ path: file, readOnly })
  try {
    return await home.open('levity', 'main').read()
  } finally {
    home.close()
  }
}

const isDamaged = {
  name: 'ServiceError',
  message: expect.stringMatching(
    /^the ledger file could not be read \(.*\): it is empty or cut off: bring back a backup of it, together with its -wal and -shm files if there are any$/,
  ),
}

test('a new file is whole under its name: without its write-ahead log it is a ledger too', async () => {
  const home = openLedgerFile({ path, readOnly: false })
  onTestFinished(() => home.close())
  await home.open('levity', 'main').writePost(newRecord('1'))
  expect((await readdir(join(folder, 'deep'))).sort()).toEqual([
    'ledger.db',
    'ledger.db-shm',
    'ledger.db-wal',
  ])
  const copy = join(folder, 'copy.db')
  await copyFile(path, copy)
  expect(await readAt(copy, true)).toEqual({ route: undefined, todo: [] })
})

test.each([true, false])(
  'an empty file is no new ledger, and its log stays (read-only: %s)',
  async (readOnly) => {
    const home = openLedgerFile({ path, readOnly: false })
    await home.open('levity', 'main').writePost(newRecord('1'))
    const copy = join(folder, 'copy.db')
    await copyFile(path, copy)
    await copyFile(`${path}-wal`, `${copy}-wal`)
    home.close()
    await truncate(copy, 0)
    const log = await readFile(`${copy}-wal`)
    await expect(readAt(copy, readOnly)).rejects.toMatchObject(isDamaged)
    expect(await readFile(copy)).toHaveLength(0)
    expect(await readFile(`${copy}-wal`)).toEqual(log)
  },
)

test.each([true, false])('a file without a format is no new ledger (read-only: %s)', async (readOnly) => {
  const file = join(folder, 'ledger.db')
  const database = new DatabaseSync(file)
  database.exec('PRAGMA journal_mode = WAL')
  database.close()
  await expect(readAt(file, readOnly)).rejects.toMatchObject(isDamaged)
})

test('a file that another process has made meanwhile is not written over', async () => {
  const [first, second] = [join(folder, 'first'), join(folder, 'second')]
  const ledger = join(folder, 'ledger.db')
  writeLedgerFile(first, [{ ledger: 'levity', item: { pk: 'main', sk: 'route' } }])
  writeLedgerFile(second, [])
  putInPlace(first, ledger)
  putInPlace(second, ledger)
  expect(readLedgerFile(ledger)).toHaveLength(1)
  expect(await readdir(folder)).toEqual(['ledger.db'])
})

test('a file of a later version is left alone', async () => {
  const file = join(folder, 'ledger.db')
  writeLedgerFile(file, [])
  const database = new DatabaseSync(file)
  database.exec('PRAGMA user_version = 2')
  database.close()
  const before = await readFile(file)
  await expect(readAt(file, false)).rejects.toThrow(/: it was made by a later version of Levity$/)
  expect(await readFile(file)).toEqual(before)
})

test('beside the log of a file that is gone, no new one is made', async () => {
  const home = openLedgerFile({ path, readOnly: false })
  await home.open('levity', 'main').writePost(newRecord('1'))
  const copy = join(folder, 'copy.db')
  await copyFile(`${path}-wal`, `${copy}-wal`)
  home.close()
  await expect(readAt(copy, false)).rejects.toThrow(
    /: it is missing, but its -wal file is there: bring back /,
  )
  expect((await readdir(folder)).sort()).toEqual(['copy.db-wal', 'deep'])
  await rm(`${copy}-wal`)
  expect(await readAt(copy, false)).toEqual({ route: undefined, todo: [] })
})

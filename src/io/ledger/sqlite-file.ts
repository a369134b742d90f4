/** The file itself. It gets its name only when it is whole, so an empty one is always a damaged one. */
import { randomUUID } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Item } from './ledger.ts'
import { itemOf } from './sqlite-items.ts'

/** How long a process waits while another one writes, which takes milliseconds. */
const patienceMs = 5000

/** Kept in the file's header, where an empty file has 0. */
const formatVersion = 1

/** `item` holds every attribute, as an item of DynamoDB does. The other columns are read out of it. */
const schema = `
  CREATE TABLE items (
    ledger TEXT NOT NULL,
    pk TEXT NOT NULL,
    sk TEXT NOT NULL,
    item TEXT NOT NULL,
    todo TEXT AS (item ->> 'todo'),
    version INTEGER AS (item ->> 'version'),
    write TEXT AS (item ->> 'write'),
    PRIMARY KEY (ledger, pk, sk)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX todo ON items (ledger, pk, todo) WHERE todo IS NOT NULL;
  PRAGMA user_version = ${formatVersion};`

const damaged =
  'it is empty or cut off: bring back a backup of it, together with its -wal and -shm files if there are any'

/** Opens a file that is there. Throws what SQLite throws, and an Error where the file is no ledger of this version. */
export function openDatabase(path: string, readOnly: boolean): DatabaseSync {
  // SQLite deletes the write-ahead log of an empty file when it opens it.
  if (statSync(path).size === 0) throw new Error(damaged)
  const database = new DatabaseSync(path, { readOnly, timeout: patienceMs })
  try {
    const format = Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
    if (format === 0) throw new Error(damaged)
    if (format > formatVersion) throw new Error('it was made by a later version of Levity')
    // A record is on the disk when its write returns: https://www.sqlite.org/pragma.html#pragma_synchronous
    if (!readOnly) database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

export function openEmpty(): DatabaseSync {
  const database = new DatabaseSync(':memory:')
  database.exec(schema)
  return database
}

/** Makes an empty ledger where there is no file. Another process may do the same at the same time. */
export function makeIfMissing(path: string): void {
  if (existsSync(path)) return
  mkdirSync(dirname(path), { recursive: true })
  const made = `${path}.${randomUUID()}`
  try {
    writeLedgerFile(made, [])
    putInPlace(made, path)
  } finally {
    rmSync(made, { force: true })
  }
}

/** Gives a whole file its name, and leaves a file alone that has the name already. Once it returns, the name is on the disk. */
export function putInPlace(made: string, path: string): void {
  // SQLite would write the old log into the new file.
  if (existsSync(`${path}-wal`) && !existsSync(path))
    throw new Error(
      'it is missing, but its -wal file is there: bring back the file, or move the -wal and -shm files away',
    )
  try {
    // A rename would overwrite a file that another process has made meanwhile.
    linkSync(made, path)
  } catch {
    // Some file systems have no hard links.
    if (!existsSync(path)) renameSync(made, path)
  }
  rmSync(made, { force: true })
  syncFolder(dirname(path))
}

function syncFolder(folder: string): void {
  // Windows opens no folder.
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** An item, and the table it is of. */
export type StoredItem = { readonly ledger: string; readonly item: Item }

/**
 * Makes a new file that holds these items, all in one transaction and without a write-ahead log: it is on the disk when this
 * returns. Throws what SQLite throws.
 */
export function writeLedgerFile(path: string, items: readonly StoredItem[]): void {
  const database = new DatabaseSync(path)
  try {
    database.exec(`PRAGMA synchronous = FULL; BEGIN; ${schema}`)
    const insert = database.prepare('INSERT INTO items (ledger, pk, sk, item) VALUES (?, ?, ?, ?)')
    for (const { ledger, item } of items)
      insert.run(ledger, String(item['pk']), String(item['sk']), JSON.stringify(item))
    database.exec('COMMIT')
  } finally {
    database.close()
  }
}

/** Every item in a file. Throws as `openDatabase` does. */
export function readLedgerFile(path: string): readonly StoredItem[] {
  const database = openDatabase(path, true)
  try {
    const rows = database.prepare('SELECT ledger, item FROM items').all()
    return rows.map((row) => ({ ledger: String(row['ledger']), item: itemOf(row) }))
  } finally {
    database.close()
  }
}

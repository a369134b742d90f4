/** The ledger in a file of this machine (SQLite), which `npm run once` keeps. Several processes may use it at once. */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ServiceError } from '../../core/failure/failure.ts'
import type { Item, LedgerHomeWithItems } from './ledger.ts'
import { createItems, createLedger, itemOf, type Statements } from './sqlite-items.ts'

/** Reading never makes a file and never changes one. `memory` is empty at first, and nothing of it is kept. */
export type LedgerFile = { readonly path: string; readonly readOnly: boolean } | 'memory'

/** How long a process waits while another one writes, which takes milliseconds. */
const patienceMs = 5000

/** Kept in the file's header; 0 in a file that is being made. */
const formatVersion = 1

/** `item` holds every attribute, as an item of DynamoDB does. The other columns are read out of it. */
const schema = `
  CREATE TABLE IF NOT EXISTS items (
    ledger TEXT NOT NULL,
    pk TEXT NOT NULL,
    sk TEXT NOT NULL,
    item TEXT NOT NULL,
    todo TEXT AS (item ->> 'todo'),
    version INTEGER AS (item ->> 'version'),
    write TEXT AS (item ->> 'write'),
    PRIMARY KEY (ledger, pk, sk)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS todo ON items (ledger, pk, todo) WHERE todo IS NOT NULL;
  PRAGMA user_version = ${formatVersion};`

/** The file is opened by the first call, so that whatever is wrong with it is a ServiceError of that call. */
export function openLedgerFile(file: LedgerFile): LedgerHomeWithItems {
  let database: DatabaseSync | undefined
  const attempt = async <T>(doing: string, call: (database: DatabaseSync) => T): Promise<T> => {
    try {
      database ??= open(file)
      return call(database)
    } catch (error) {
      throw fileFailure(error, `${doing} (${file === 'memory' ? 'in memory' : file.path})`)
    }
  }
  const statements = (table: string, route: string): Statements => {
    const at = { ':ledger': table, ':pk': route }
    return {
      select: (sql, values) => attempt('be read', (db) => db.prepare(sql).all({ ...at, ...values })),
      change: (sql, values) =>
        attempt('be written', (db) => db.prepare(sql).run({ ...at, ...values }).changes === 1),
    }
  }
  return {
    service: 'the ledger file',
    open: (table, route) => createLedger(statements(table, route), route),
    openItems: (table, route) => createItems(statements(table, route), route),
    close() {
      database?.close()
      database = undefined
    },
  }
}

function open(file: LedgerFile): DatabaseSync {
  if (file === 'memory') return openEmpty()
  const { path, readOnly } = file
  if (!readOnly) mkdirSync(dirname(path), { recursive: true })
  const database = new DatabaseSync(path, { readOnly, timeout: patienceMs })
  try {
    const format = Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
    if (format > formatVersion) throw new Error('it was made by a later version of Levity')
    if (!readOnly) {
      // A record is on the disk when its write returns: https://www.sqlite.org/pragma.html#pragma_synchronous
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
      if (format === 0) database.exec(`BEGIN IMMEDIATE; ${schema} COMMIT`)
    }
    if (!readOnly || format > 0) return database
  } catch (error) {
    database.close()
    throw error
  }
  // The first run of all is just making it.
  database.close()
  return openEmpty()
}

function openEmpty(): DatabaseSync {
  const database = new DatabaseSync(':memory:')
  database.exec(schema)
  return database
}

const fileFailure = (error: unknown, doing: string): ServiceError =>
  new ServiceError(
    {
      service: 'the ledger file',
      doing,
      answer: 'other',
      reason: error instanceof Error ? error.message : String(error),
    },
    error,
  )

/** An item, and the table it is of. */
export type StoredItem = { readonly ledger: string; readonly item: Item }

/** Makes a new file that holds these items, all in one transaction. Throws what SQLite throws. */
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

/** Every item in a file. */
export function readLedgerFile(path: string): readonly StoredItem[] {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    const rows = database.prepare('SELECT ledger, item FROM items').all()
    return rows.map((row) => ({ ledger: String(row['ledger']), item: itemOf(row) }))
  } finally {
    database.close()
  }
}

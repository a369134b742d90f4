/** The ledger in a file of this machine (SQLite), which `npm run once` keeps. Several processes may use it at once. */
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import * as v from 'valibot'
import { ServiceError } from '../../core/failure/failure.ts'
import {
  batchSize,
  type Item,
  type Ledger,
  type LedgerHomeWithItems,
  type LedgerItems,
  parsePage,
  parsePost,
  postSort,
  postSorts,
  postTodo,
  routeSort,
  routeTodo,
  todoPage,
} from './ledger.ts'

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

type Values = Readonly<Record<string, string | number>>
type Row = Record<string, SQLOutputValue>
/** One route's part of a file, by SQL. Both are given `:ledger` and `:pk` beside their own values. */
type Statements = {
  select(sql: string, values?: Values): Promise<readonly Row[]>
  /** Whether a row was written. */
  change(sql: string, values: Values): Promise<boolean>
}

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

const where = 'WHERE ledger = :ledger AND pk = :pk'

const ItemSchema = v.record(v.string(), v.unknown())
const itemOf = ({ item }: Row): Item => v.parse(ItemSchema, JSON.parse(String(item)))

/** Every item whose sort key lies between the two, in the order of keys. */
async function* itemsBetween({ select }: Statements, first: string, end: string): AsyncGenerator<Item> {
  const sql = `SELECT sk, item FROM items ${where} AND sk > :after AND sk < :end ORDER BY sk LIMIT ${batchSize}`
  for (let after = first; ; ) {
    const rows = await select(sql, { ':after': after, ':end': end })
    yield* rows.map(itemOf)
    const last = rows.at(-1)
    if (last === undefined) return
    after = String(last['sk'])
  }
}

/** E2, as one sentence: nobody has written since I read, or it was I. */
function put(
  { change }: Statements,
  route: string,
  item: Item & { readonly sk: string },
  over: number | undefined,
): Promise<boolean> {
  const token = randomUUID()
  const values = {
    ':sk': item.sk,
    ':token': token,
    ':item': JSON.stringify({ ...item, pk: route, write: token }),
  }
  if (over === undefined)
    return change(
      `INSERT INTO items (ledger, pk, sk, item) VALUES (:ledger, :pk, :sk, :item)
       ON CONFLICT DO UPDATE SET item = :item WHERE write = :token`,
      values,
    )
  return change(
    `UPDATE items SET item = :item ${where} AND sk = :sk AND (version = :version OR write = :token)`,
    { ...values, ':version': over },
  )
}

function createItems(statements: Statements, route: string): LedgerItems {
  const { select, change } = statements
  const fetch = async (sort: string): Promise<Item | undefined> => {
    const [row] = await select(`SELECT item FROM items ${where} AND sk = :sk`, { ':sk': sort })
    return row && itemOf(row)
  }
  return {
    all: () => itemsBetween(statements, '', '~'),
    fetch,
    put: (item, over) => put(statements, route, item, over),
    async remove(sort, version) {
      const sql = `DELETE FROM items ${where} AND sk = :sk AND version = :version`
      return (await change(sql, { ':sk': sort, ':version': version })) || (await fetch(sort)) === undefined
    },
  }
}

function createLedger(statements: Statements, route: string): Ledger {
  const { select } = statements
  const write = async <T extends { version: number }>(
    key: { readonly sk: string; readonly todo: string | undefined },
    record: T,
  ): Promise<T | undefined> => {
    const { version } = record
    const stored = { ...record, version: version + 1 }
    const done = await put(statements, route, { ...stored, ...key }, version === 0 ? undefined : version)
    return done ? stored : undefined
  }
  const todo = `FROM items ${where} AND todo IS NOT NULL`
  return {
    async read() {
      const rows = await select(`SELECT item ${todo} ORDER BY todo LIMIT ${todoPage}`)
      return parsePage(rows.map(itemOf))
    },
    async countTodo() {
      const [row] = await select(`SELECT count(*) AS posts ${todo} AND todo > '${routeTodo}'`)
      return Number(row?.['posts'])
    },
    async fetchPosts(keys) {
      const rows = await select(
        `SELECT item FROM items ${where} AND sk IN (SELECT value FROM json_each(:sorts))`,
        { ':sorts': JSON.stringify(keys.map(postSort)) },
      )
      return rows.map((row) => parsePost(itemOf(row)))
    },
    writePost: (record) => write({ sk: postSort(record), todo: postTodo(record) }, record),
    writeRoute: (record) => write({ sk: routeSort, todo: routeTodo }, record),
    async *posts() {
      for await (const item of itemsBetween(statements, postSorts.first, postSorts.end)) yield parsePost(item)
    },
  }
}

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

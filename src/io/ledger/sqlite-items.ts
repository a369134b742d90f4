/** The ledger and its items by SQL, over the one table of the file. */
import { randomUUID } from 'node:crypto'
import type { SQLOutputValue } from 'node:sqlite'
import * as v from 'valibot'
import {
  batchSize,
  type Item,
  type Ledger,
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

type Values = Readonly<Record<string, string | number>>
type Row = Record<string, SQLOutputValue>
/** One route's part of a file, by SQL. Both are given `:ledger` and `:pk` beside their own values. */
export type Statements = {
  select(sql: string, values?: Values): Promise<readonly Row[]>
  /** Whether a row was written. */
  change(sql: string, values: Values): Promise<boolean>
}

const where = 'WHERE ledger = :ledger AND pk = :pk'

const ItemSchema = v.record(v.string(), v.unknown())
export const itemOf = ({ item }: Row): Item => v.parse(ItemSchema, JSON.parse(String(item)))

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

export function createItems(statements: Statements, route: string): LedgerItems {
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

export function createLedger(statements: Statements, route: string): Ledger {
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

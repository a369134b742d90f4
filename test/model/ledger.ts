/** The ledger in memory, with the conditions of the real ones: `test/io/ledger/ledger.test.ts` is the suite for all. */
import { randomUUID } from 'node:crypto'
import type { PostRecord } from '../../src/core/record/record.ts'
import type { RouteRecord } from '../../src/core/record/route.ts'
import type { Ledger, PostKey } from '../../src/io/ledger/ledger.ts'

/** What a write asks of the item it replaces; `versions` is the ledger's rule (E2). */
export type Condition = 'versions' | 'owner alone' | 'nothing'

type Stored<T> = { readonly record: T; readonly write: string }
/** How a call reaches the table: at once, or as a simulation has it. A write of `sending` has its own name; the SDK repeats every write. */
export type Through = <T>(name: string, land: () => T, repeats?: boolean) => Promise<T>

const sortOf = ({ id, copy }: PostKey): string => `${id.padStart(20, '0')}${copy > 1 ? `#${copy}` : ''}`
const isOpen = ({ state }: PostRecord): boolean => state !== 'settled' && state !== 'parked'
/** As DynamoDB keeps it: a copy, without what is undefined. */
const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value))

export class Table {
  route: Stored<RouteRecord> | undefined
  readonly posts = new Map<string, Stored<PostRecord>>()
  readonly #condition: Condition

  constructor(condition: Condition = 'versions') {
    this.#condition = condition
  }

  todo(): PostRecord[] {
    const rank = (record: PostRecord): string => `${record.archive ? 2 : 1}#${sortOf(record)}`
    return [...this.posts.values()]
      .map(({ record }) => record)
      .filter(isOpen)
      .sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
      .map(copyOf)
  }

  /** Whether a write may replace what is there. */
  admits(there: Stored<PostRecord | RouteRecord> | undefined, version: number, write: string): boolean {
    if (there?.write === write) return true
    return version === 0 ? there === undefined : there?.record.version === version
  }

  writePost(record: PostRecord, write: string, owner: string): PostRecord | undefined {
    const key = sortOf(record)
    const there = this.posts.get(key)
    const claim = there?.record.claim
    const admitted =
      this.#condition === 'versions'
        ? this.admits(there, record.version, write)
        : this.#condition === 'nothing' || claim === undefined || claim.owner === owner
    if (!admitted) return undefined
    const stored = copyOf({ ...record, version: record.version + 1 })
    this.posts.set(key, { record: stored, write })
    return copyOf(stored)
  }

  writeRoute(record: RouteRecord, write: string): RouteRecord | undefined {
    if (!this.admits(this.route, record.version, write)) return undefined
    const stored = copyOf({ ...record, version: record.version + 1 })
    this.route = { record: stored, write }
    return copyOf(stored)
  }
}

export function createMemoryLedger(table: Table, through: Through, owner = ''): Ledger {
  return {
    read: () =>
      through('read', () => {
        const route = table.route && copyOf(table.route.record)
        return { route, todo: table.todo().slice(0, route ? 4 : 5) }
      }),
    countTodo: () => through('countTodo', () => table.todo().length),
    fetchPosts: (keys) =>
      through('fetchPosts', () =>
        [...new Set(keys.map(sortOf))].flatMap((sort) => {
          const found = table.posts.get(sort)
          return found ? [copyOf(found.record)] : []
        }),
      ),
    writePost(record) {
      const write = randomUUID()
      const sent = copyOf(record)
      const sending = record.state === 'sending'
      return through(sending ? 'sending' : 'writePost', () => table.writePost(sent, write, owner), true)
    },
    writeRoute(record) {
      const write = randomUUID()
      const sent = copyOf(record)
      return through('writeRoute', () => table.writeRoute(sent, write), true)
    },
    async *posts() {
      const keys = [...table.posts.keys()].sort()
      for (const key of keys) {
        const found = table.posts.get(key)
        if (found) yield copyOf(found.record)
      }
    },
  }
}

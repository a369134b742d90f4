/** The ledger: what Levity knows of each post. The interface, and what its two homes share: DynamoDB, and a file (SQLite). */
import { parse } from 'valibot'
import type { Listener } from '../../core/clock/server-time.ts'
import type { Service } from '../../core/failure/failure.ts'
import { type PostRecord, PostRecordSchema } from '../../core/record/record.ts'
import { type RouteRecord, RouteRecordSchema } from '../../core/record/route.ts'

/** The key of a post's record: its id, and which copy. */
export type PostKey = { readonly id: string; readonly copy: number }

/** One route's part of the ledger. Every method throws ServiceError when the ledger cannot be used. */
export interface Ledger {
  /** The route item and its four oldest unsettled posts, in one consistent read. */
  read(): Promise<LedgerPage>
  /** How many posts are unsettled; asked only where there is work. */
  countTodo(): Promise<number>
  /** Those of the posts that have a record. */
  fetchPosts(keys: readonly PostKey[]): Promise<readonly PostRecord[]>
  /**
   * Stores a record whose `version` is the one that was read (0: there was none) and returns it with its new version;
   * undefined when another run has written it since (E2).
   */
  writePost(record: PostRecord): Promise<PostRecord | undefined>
  writeRoute(record: RouteRecord): Promise<RouteRecord | undefined>
  /** Every record of a post, in the order of ids. */
  posts(): AsyncGenerator<PostRecord>
}

export type LedgerPage = {
  readonly route: RouteRecord | undefined
  readonly todo: readonly PostRecord[]
}

/** One item as it is stored, with the attributes too that this version of Levity does not know. */
export type Item = Readonly<Record<string, unknown>>

/**
 * The items of one route, for what a run never does: taking away, bringing back, exporting. Every method throws ServiceError
 * when the ledger cannot be used.
 */
export interface LedgerItems {
  /** In the order of keys, posts before the route; consistent reads. */
  all(): AsyncGenerator<Item>
  fetch(sort: string): Promise<Item | undefined>
  /** Puts an item where there is none (`over` undefined), or over that version of it; false where it is otherwise (E2). */
  put(item: Item & { readonly sk: string }, over: number | undefined): Promise<boolean>
  /** Takes away that version of an item; false where a run has written another since (E2). */
  remove(sort: string, version: number): Promise<boolean>
}

/** Where ledgers are kept. */
export interface LedgerHome {
  /** What its failures name. */
  readonly service: Service
  /** `listener` is told the time that the answers to reads say, where the home has a clock of its own. */
  open(table: string, route: string, listener?: Listener): Ledger
  close(): void
}

/** The same, for the commands that a person changes the ledger with. */
export interface LedgerHomeWithItems extends LedgerHome {
  openItems(table: string, route: string): LedgerItems
}

/** How many items one `read` takes: the route and four posts. */
export const todoPage = 5
/** How many records are asked for at once. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
export const batchSize = 100

/** The sort key of the route item. */
export const routeSort = 'route'
/** The route item is the first of what is to be done. */
export const routeTodo = '0'
/** All sort keys of posts lie between these two. */
export const postSorts = { first: 'post#', end: 'post$' } as const

/** Zero-padded, so that string order is the order of ids (L1). */
export const postSort = ({ id, copy }: PostKey): string =>
  `post#${id.padStart(20, '0')}${copy > 1 ? `#${copy}` : ''}`

const isOpen = (record: PostRecord): boolean => record.state !== 'settled' && record.state !== 'parked'
/** The place in the index of what is to be done; undefined for what is settled or parked. */
export const postTodo = (record: PostRecord): string | undefined =>
  isOpen(record) ? `${record.archive ? 2 : 1}#${postSort(record).slice('post#'.length)}` : undefined

export const parsePost = (item: unknown): PostRecord => parse(PostRecordSchema, item)

/** What is to be done first: the items with the smallest `todo`, in that order. */
export function parsePage(items: readonly Item[]): LedgerPage {
  const route = items.find((item) => item['sk'] === routeSort)
  return {
    route: route && parse(RouteRecordSchema, route),
    todo: items.filter((item) => item !== route).map(parsePost),
  }
}

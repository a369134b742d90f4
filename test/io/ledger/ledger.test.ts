/** One suite for every ledger: DynamoDB, the file, and the one in memory that the model uses. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type LedgerSandbox, sandboxAws, startTable } from '../../../scripts/sandbox/dynamodb/dynamodb.ts'
import { newRecord, type PostRecord } from '../../../src/core/record/record.ts'
import type { RouteRecord } from '../../../src/core/record/route.ts'
import { createLedger } from '../../../src/io/ledger/dynamodb.ts'
import { createItems } from '../../../src/io/ledger/dynamodb-items.ts'
import type { Item, Ledger, LedgerHomeWithItems, LedgerItems } from '../../../src/io/ledger/ledger.ts'
import { openLedgerFile } from '../../../src/io/ledger/sqlite.ts'
import { createMemoryLedger, Table } from '../../model/ledger.ts'

let sandbox: LedgerSandbox
let client: DynamoDBClient
let folder: string
let file: LedgerHomeWithItems

beforeAll(async () => {
  sandbox = await startTable()
  client = new DynamoDBClient({
    endpoint: sandbox.url,
    region: sandboxAws.AWS_REGION,
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
  })
  folder = await mkdtemp(join(tmpdir(), 'levity-ledger-'))
  file = openLedgerFile({ path: join(folder, 'ledger.db'), readOnly: false })
})
afterAll(async () => {
  file?.close()
  client?.destroy()
  await sandbox?.close()
  await rm(folder, { recursive: true })
})

type Opened = { readonly ledger: Ledger; readonly items: LedgerItems }
const inDynamoDb = (route: string): Opened => {
  const at = { table: sandbox.tableName, route, client }
  return { ledger: createLedger(at), items: createItems(at) }
}
const inFile = (route: string): Opened => ({
  ledger: file.open('levity', route),
  items: file.openItems('levity', route),
})
const memories = new Map<string, Table>()
const inMemory = (route: string): Pick<Opened, 'ledger'> => {
  const table = memories.get(route) ?? new Table()
  memories.set(route, table)
  return { ledger: createMemoryLedger(table, async (_, land) => land()) }
}

/** Each test has a route of its own, so that they share a ledger as routes do. */
let routes = 0
const nextRoute = (): string => `route${++routes}`

const routeRecord: RouteRecord = {
  version: 0,
  blog: { name: 'moss', uuid: 't:abc' },
  start: '700000000000000000',
  startAs: 'now',
  mark: 1_790_000_000,
  page: [{ id: '7', digest: '0f' }],
}

const [older, newer, newest] = ['99999999999', '766512345678901248', '766512345678901249'] as const

describe.each([
  ['DynamoDB', inDynamoDb],
  ['a file', inFile],
  ["the model's memory", inMemory],
])('the ledger in %s', (_, open) => {
  let ledger: Ledger
  beforeEach(() => {
    ledger = open(nextRoute()).ledger
  })

  async function write(record: PostRecord): Promise<PostRecord> {
    const stored = await ledger.writePost(record)
    if (stored === undefined) throw new Error(`Expected post ${record.id} to be stored`)
    return stored
  }

  test('an empty route is read as such', async () => {
    expect(await ledger.read()).toEqual({ route: undefined, todo: [] })
    expect(await ledger.countTodo()).toBe(0)
    expect(await ledger.fetchPosts([{ id: '1', copy: 1 }])).toEqual([])
  })

  test('one call reads the route and its four oldest posts, in the order of ids, the archive last (L1)', async () => {
    await ledger.writeRoute(routeRecord)
    await write(newRecord('5', { archive: true }))
    await write(newRecord('4', { archive: true }))
    for (const id of [newest, older, newer]) await write(newRecord(id))
    const { route, todo } = await ledger.read()
    expect(route).toEqual({ ...routeRecord, version: 1 })
    expect(todo.map((post) => post.id)).toEqual([older, newer, newest, '4'])
    expect(await ledger.countTodo()).toBe(5)
  })

  test('a record comes back as it was written', async () => {
    const full = newRecord(newer, {
      state: 'sending',
      notBefore: 5,
      claim: { owner: 'me', until: 10 },
      thread: [
        {
          text: 'Ünïcode 🌿',
          sensitive: true,
          visibility: 'unlisted',
          images: [
            { variants: [{ url: 'https://64.media.tumblr.com/a.jpg', width: 3, height: 4 }], altText: '' },
          ],
        },
      ],
      media: { ids: ['1', '2'], uploadedAt: 3 },
      statuses: [{ id: '9', url: 'https://x.example/9', mediaIds: [] }],
      reason: 'why',
    })
    const stored = await write(full)
    expect(stored).toEqual({ ...full, version: 1 })
    expect(await ledger.fetchPosts([{ id: newer, copy: 1 }])).toEqual([stored])
    const twice = [newer, newer].map((id) => ({ id, copy: 1 }))
    expect(await ledger.fetchPosts(twice)).toEqual([stored])
  })

  test('a new record is put only where there is none (E2)', async () => {
    await write(newRecord(newer, { reason: 'first' }))
    expect(await ledger.writePost(newRecord(newer, { reason: 'second' }))).toBeUndefined()
    expect(await ledger.writePost(newRecord(newest, { version: 1 }))).toBeUndefined()
    expect(await ledger.fetchPosts([{ id: newest, copy: 1 }])).toEqual([])
    expect(await ledger.fetchPosts([{ id: newer, copy: 1 }])).toMatchObject([{ version: 1, reason: 'first' }])
  })

  test('a stale version is refused, of posts and of the route (E2)', async () => {
    const first = await write(newRecord(newer))
    const second = await write({ ...first, reason: 'second' })
    expect(second.version).toBe(2)
    expect(await ledger.writePost({ ...first, reason: 'stale' })).toBeUndefined()
    expect(await ledger.fetchPosts([{ id: newer, copy: 1 }])).toMatchObject([
      { version: 2, reason: 'second' },
    ])

    const route = await ledger.writeRoute(routeRecord)
    expect(route?.version).toBe(1)
    expect(await ledger.writeRoute(routeRecord)).toBeUndefined()
    expect(await ledger.writeRoute({ ...routeRecord, version: 1, mark: 2 })).toMatchObject({
      version: 2,
      mark: 2,
    })
  })

  test('of two runs that write at once, one is told that the other has it', async () => {
    const read = await write(newRecord(newer))
    const answers = await Promise.all(['a', 'b'].map((reason) => ledger.writePost({ ...read, reason })))
    const kept = answers.filter((answer) => answer !== undefined)
    expect(kept).toHaveLength(1)
    expect(await ledger.fetchPosts([{ id: newer, copy: 1 }])).toEqual(kept)
  })

  test.each(['settled', 'parked'] as const)(
    'a %s post leaves the index, and stays in the table',
    async (state) => {
      const record = await write(newRecord(newer))
      await write(newRecord(newest))
      await write({ ...record, state })
      expect((await ledger.read()).todo.map((post) => post.id)).toEqual([newest])
      expect(await ledger.countTodo()).toBe(1)
      expect(await ledger.fetchPosts([{ id: newer, copy: 1 }])).toMatchObject([{ state }])
    },
  )

  test('posts() gives every record in the order of ids, copies after their post, over many pages', async () => {
    const ids = Array.from({ length: 230 }, (_, index) => String(766_512_345_678 + index))
    // The 100th record in order: its copies are the first of the next page.
    const onBoundary = '766512345776'
    await ledger.writeRoute(routeRecord)
    for (const id of ids.toReversed()) await write(newRecord(id, { state: 'settled' }))
    await write(newRecord(older))
    for (const copy of [2, 3]) await write(newRecord(onBoundary, { copy }))
    const found: string[] = []
    for await (const { id, copy } of ledger.posts()) found.push(copy > 1 ? `${id}#${copy}` : id)
    expect(found).toEqual([
      older,
      ...ids.flatMap((id) => (id === onBoundary ? [id, `${id}#2`, `${id}#3`] : [id])),
    ])

    const keys = [...ids.map((id) => ({ id, copy: 1 })), { id: onBoundary, copy: 3 }, { id: '1', copy: 1 }]
    expect(await ledger.fetchPosts(keys)).toHaveLength(231)
  })

  test('routes do not see each other', async () => {
    await write(newRecord(newer))
    const other = open(nextRoute()).ledger
    expect(await other.read()).toEqual({ route: undefined, todo: [] })
    expect(await other.fetchPosts([{ id: newer, copy: 1 }])).toEqual([])
    for await (const post of other.posts()) expect.unreachable(`found ${post.id}`)
  })

  test('hands out copies', async () => {
    const written = await write(newRecord('1'))
    written.statuses.push({ id: 'x', url: 'x', mediaIds: [] })
    expect((await ledger.read()).todo[0]?.statuses).toEqual([])
  })
})

describe.each([
  ['DynamoDB', inDynamoDb],
  ['a file', inFile],
])('the items in %s', (_, open) => {
  let ledger: Ledger
  let items: LedgerItems
  let route: string
  beforeEach(() => {
    route = nextRoute()
    ;({ ledger, items } = open(route))
  })

  const all = async (): Promise<readonly Item[]> => {
    const found: Item[] = []
    for await (const item of items.all()) found.push(item)
    return found
  }
  const post = {
    sk: 'post#00000000000000000007',
    todo: '1#00000000000000000007',
    strange: [1, { two: null }],
  }
  const item = { ...newRecord('7', { version: 4 }), ...post }

  test('come whole, in the order of keys, the route last', async () => {
    await ledger.writeRoute(routeRecord)
    for (let id = 1; id <= 120; id++) await ledger.writePost(newRecord(String(id)))
    const found = await all()
    expect(found.map(({ sk }) => sk)).toEqual([
      ...Array.from({ length: 120 }, (_, at) => `post#${String(at + 1).padStart(20, '0')}`),
      'route',
    ])
    const { version, write, ...rest } = found.at(-1) ?? {}
    expect({ version, write: typeof write }).toEqual({ version: 1, write: 'string' })
    const { version: _version, ...record } = routeRecord
    expect(rest).toEqual({ ...record, pk: route, sk: 'route', todo: '0' })
    expect(await items.fetch('route')).toEqual(found.at(-1))
    expect(await items.fetch('rout')).toBeUndefined()
  })

  test('an item is put where there is none, with what no version of Levity knows', async () => {
    expect(await items.put(item, undefined)).toBe(true)
    expect(await items.put({ ...item, version: 9 }, undefined)).toBe(false)
    expect(await items.fetch(post.sk)).toEqual({ ...item, pk: route, write: expect.any(String) })
    expect((await ledger.read()).todo).toEqual([newRecord('7', { version: 4 })])
  })

  test('an item is put over the version that was read, and over no other (E2)', async () => {
    expect(await items.put(item, 4)).toBe(false)
    await items.put(item, undefined)
    expect(await items.put({ ...item, version: 5 }, 3)).toBe(false)
    expect(await items.put({ ...item, version: 5 }, 4)).toBe(true)
    expect(await ledger.writePost(newRecord('7', { version: 5 }))).toMatchObject({ version: 6 })
  })

  test('an item goes in the version that was read, and in no other; one that is gone is gone (E2)', async () => {
    await items.put(item, undefined)
    expect(await items.remove(post.sk, 3)).toBe(false)
    expect(await all()).toHaveLength(1)
    expect(await items.remove(post.sk, 4)).toBe(true)
    expect(await items.remove(post.sk, 4)).toBe(true)
    expect(await all()).toEqual([])
    expect(await ledger.read()).toEqual({ route: undefined, todo: [] })
  })

  test('of another route are not touched', async () => {
    await items.put(item, undefined)
    const other = open(nextRoute()).items
    expect(await other.fetch(post.sk)).toBeUndefined()
    await other.remove(post.sk, 4)
    expect(await all()).toHaveLength(1)
  })
})

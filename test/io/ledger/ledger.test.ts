import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type LedgerSandbox, sandboxAws, startLedger } from '../../../scripts/sandbox/dynamodb/dynamodb.ts'
import { Switchboard } from '../../../scripts/sandbox/switchboard.ts'
import { ServiceError } from '../../../src/core/failure/failure.ts'
import { newRecord, type PostRecord } from '../../../src/core/record/record.ts'
import type { RouteRecord } from '../../../src/core/record/route.ts'
import { createLedger, type Ledger } from '../../../src/io/ledger/ledger.ts'

const switchboard = new Switchboard()
let sandbox: LedgerSandbox
let client: DynamoDBClient
let ledger: Ledger
let routes = 0

beforeAll(async () => {
  sandbox = await startLedger(switchboard)
  client = new DynamoDBClient({
    endpoint: sandbox.url,
    region: sandboxAws.AWS_REGION,
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
    maxAttempts: 4,
  })
})
afterAll(async () => {
  client?.destroy()
  await sandbox?.close()
})

const open = (route: string): Ledger => createLedger({ table: sandbox.tableName, route, client })

/** Each test has a route of its own, so that they share a table as routes do. */
beforeEach(() => {
  switchboard.playNothing()
  routes += 1
  ledger = open(`route${routes}`)
})

const routeRecord: RouteRecord = {
  version: 0,
  blog: { name: 'moss', uuid: 't:abc' },
  start: '700000000000000000',
  startAs: 'now',
  mark: 1_790_000_000,
  page: [{ id: '7', digest: '0f' }],
}

const [older, newer, newest] = ['99999999999', '766512345678901248', '766512345678901249'] as const

async function write(record: PostRecord): Promise<PostRecord> {
  const stored = await ledger.writePost(record)
  if (stored === undefined) throw new Error(`Expected post ${record.id} to be stored`)
  return stored
}

const callsOf = (name: string): number => switchboard.calls.filter((call) => call.name === name).length

test('an empty route is read as such', async () => {
  expect(await ledger.read()).toEqual({ route: undefined, todo: [] })
  expect(await ledger.countTodo()).toBe(0)
  expect(await ledger.fetchPosts([{ id: '1', copy: 1 }])).toEqual([])
})

test('one query reads the route and its four oldest posts, in the order of ids, the archive last (L1)', async () => {
  await ledger.writeRoute(routeRecord)
  await write(newRecord('5', { archive: true }))
  await write(newRecord('4', { archive: true }))
  for (const id of [newest, older, newer]) await write(newRecord(id))
  const before = switchboard.calls.length
  const { route, todo } = await ledger.read()
  expect(switchboard.calls.slice(before).map((call) => call.name)).toEqual(['Query'])
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
  expect(await ledger.fetchPosts([{ id: newer, copy: 1 }])).toMatchObject([{ version: 1, reason: 'first' }])
})

test('a stale version is refused, of posts and of the route (E2)', async () => {
  const first = await write(newRecord(newer))
  const second = await write({ ...first, reason: 'second' })
  expect(second.version).toBe(2)
  expect(await ledger.writePost({ ...first, reason: 'stale' })).toBeUndefined()
  expect(await ledger.fetchPosts([{ id: newer, copy: 1 }])).toMatchObject([{ version: 2, reason: 'second' }])

  const route = await ledger.writeRoute(routeRecord)
  expect(route?.version).toBe(1)
  expect(await ledger.writeRoute(routeRecord)).toBeUndefined()
  expect(await ledger.writeRoute({ ...routeRecord, version: 1, mark: 2 })).toMatchObject({
    version: 2,
    mark: 2,
  })
})

test.each(['drop', 'cut'] as const)(
  'a write whose answer was lost (%s) is not refused by itself (E2)',
  async (play) => {
    for (const version of [0, 1]) {
      const before = callsOf('PutItem')
      switchboard.play({ name: 'PutItem', when: 'after', play })
      const stored = await ledger.writePost(newRecord(newer, { version, reason: `write ${version}` }))
      expect(callsOf('PutItem') - before).toBe(2)
      expect(stored?.version).toBe(version + 1)
      expect(await ledger.fetchPosts([{ id: newer, copy: 1 }])).toEqual([stored])
    }
  },
)

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
  const other = open(`route${routes}b`)
  expect(await other.read()).toEqual({ route: undefined, todo: [] })
  expect(await other.fetchPosts([{ id: newer, copy: 1 }])).toEqual([])
  for await (const post of other.posts()) expect.unreachable(`found ${post.id}`)
})

test('a table that cannot be used is said as such', async () => {
  const missing = createLedger({ table: 'not-there', route: 'main', client })
  const refused = expect.objectContaining({
    message: expect.stringContaining('not-there'),
    facts: expect.objectContaining({ service: 'DynamoDB', status: 400 }),
  })
  await expect(missing.read()).rejects.toEqual(refused)
  await expect(missing.writePost(newRecord('1'))).rejects.toEqual(refused)

  const nobody = new DynamoDBClient({
    endpoint: 'http://127.0.0.1:9',
    region: 'eu-central-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    maxAttempts: 1,
  })
  const error = await createLedger({ table: 'levity', route: 'main', client: nobody })
    .read()
    .catch((e: unknown) => e)
  expect(error).toBeInstanceOf(ServiceError)
  expect(error).toMatchObject({ facts: { service: 'DynamoDB', answer: 'nothing' } })
})

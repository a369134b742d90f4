/** The model's ledger and the real one keep the same conditions. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LedgerSandbox, sandboxAws, startTable } from '../../scripts/sandbox/dynamodb/dynamodb.ts'
import { newRecord } from '../../src/core/record/record.ts'
import type { RouteRecord } from '../../src/core/record/route.ts'
import { createLedger, type Ledger } from '../../src/io/ledger/ledger.ts'
import { createMemoryLedger, Table } from './ledger.ts'

let sandbox: LedgerSandbox
let client: DynamoDBClient
beforeAll(async () => {
  sandbox = await startTable()
  client = new DynamoDBClient({
    endpoint: sandbox.url,
    region: sandboxAws.AWS_REGION,
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
  })
})
afterAll(async () => {
  client?.destroy()
  await sandbox?.close()
})

const kinds: readonly (readonly [string, (route: string) => Ledger])[] = [
  ['DynamoDB', (route) => createLedger({ table: sandbox.tableName, route, client })],
  ['memory', () => createMemoryLedger(new Table(), async (_, land) => land())],
]

const route: RouteRecord = {
  version: 0,
  blog: { name: 'moss' },
  start: '7',
  startAs: 'now',
  mark: 5,
  page: [],
}

describe.each(kinds)('the ledger in %s', (_, open) => {
  test('is empty at first', async () => {
    const ledger = open('a')
    expect(await ledger.read()).toEqual({ route: undefined, todo: [] })
    expect(await ledger.countTodo()).toBe(0)
  })

  test('puts a record only where there is none, and replaces only the version that was read (E2)', async () => {
    const ledger = open('b')
    const first = await ledger.writePost(newRecord('1', { reason: undefined }))
    expect(first).toMatchObject({ id: '1', version: 1 })
    expect(await ledger.writePost(newRecord('1'))).toBeUndefined()
    const second = await ledger.writePost({ ...newRecord('1'), version: 1, reason: 'second' })
    expect(second?.version).toBe(2)
    expect(await ledger.writePost({ ...newRecord('1'), version: 1, reason: 'stale' })).toBeUndefined()
    expect(await ledger.writePost({ ...newRecord('2'), version: 1 })).toBeUndefined()
    expect(await ledger.fetchPosts([{ id: '1', copy: 1 }])).toEqual([second])
    expect(
      await ledger.fetchPosts([
        { id: '2', copy: 1 },
        { id: '1', copy: 2 },
      ]),
    ).toEqual([])
  })

  test('holds the route item to the same condition (E2)', async () => {
    const ledger = open('c')
    expect((await ledger.writeRoute(route))?.version).toBe(1)
    expect(await ledger.writeRoute(route)).toBeUndefined()
    expect(await ledger.writeRoute({ ...route, version: 1, mark: 6 })).toMatchObject({ version: 2, mark: 6 })
    expect((await ledger.read()).route).toEqual({ ...route, version: 2, mark: 6 })
  })

  test('reads the route and the four oldest that are open, the archive last (L1)', async () => {
    const ledger = open('d')
    await ledger.writeRoute(route)
    await ledger.writePost(newRecord('9', { archive: true }))
    for (const id of ['766512345678901248', '99999999999', '1']) await ledger.writePost(newRecord(id))
    for (const state of ['settled', 'parked'] as const)
      await ledger.writePost(newRecord(state === 'settled' ? '2' : '3', { state }))
    await ledger.writePost(newRecord('766512345678901249'))
    const ids = (await ledger.read()).todo.map(({ id }) => id)
    expect(ids).toEqual(['1', '99999999999', '766512345678901248', '766512345678901249'])
    expect(await ledger.countTodo()).toBe(5)
    const all: string[] = []
    for await (const { id } of ledger.posts()) all.push(id)
    expect(all).toEqual(['1', '2', '3', '9', '99999999999', '766512345678901248', '766512345678901249'])
  })

  test('hands out copies', async () => {
    const ledger = open('e')
    const written = await ledger.writePost(newRecord('1', { statuses: [] }))
    written?.statuses.push({ id: 'x', url: 'x', mediaIds: [] })
    expect((await ledger.read()).todo[0]?.statuses).toEqual([])
  })
})

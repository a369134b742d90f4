/** What the ledger asks of DynamoDB, and what becomes of an answer that is lost or none. */
import { BatchGetItemCommand, DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import * as v from 'valibot'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { StaleReads } from '../../../scripts/campaign/stale-reads.ts'
import { type LedgerSandbox, sandboxAws, startLedger } from '../../../scripts/sandbox/dynamodb/dynamodb.ts'
import { Switchboard } from '../../../scripts/sandbox/switchboard.ts'
import { ServiceError } from '../../../src/core/failure/failure.ts'
import { newRecord } from '../../../src/core/record/record.ts'
import { createLedger } from '../../../src/io/ledger/dynamodb.ts'
import type { Ledger } from '../../../src/io/ledger/ledger.ts'

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
beforeEach(() => {
  switchboard.playNothing()
  routes += 1
  ledger = createLedger({ table: sandbox.tableName, route: `route${routes}`, client })
})

const newer = '766512345678901248'
const callsOf = (name: string): number => switchboard.calls.filter((call) => call.name === name).length

test('a page is one query (L1)', async () => {
  await ledger.writePost(newRecord(newer))
  const before = switchboard.calls.length
  await ledger.read()
  expect(switchboard.calls.slice(before).map((call) => call.name)).toEqual(['Query'])
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

test('what cannot be stored is no failure of DynamoDB, which is not asked', async () => {
  const before = switchboard.calls.length
  const error = await ledger
    .writePost(newRecord(newer, { notBefore: 2 ** 53 }))
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(Error)
  expect(error).not.toBeInstanceOf(ServiceError)
  expect(switchboard.calls).toHaveLength(before)
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

/** A replica that lags answers whoever does not ask for consistency. */
function lag(): void {
  const stale = new StaleReads()
  switchboard.weather = async (call, c) => stale.meet(call, await c.req.json())
  onTestFinished(() => {
    switchboard.weather = async () => undefined
  })
}

test('what was written is read, where the table has a replica that lags (L3)', async () => {
  lag()
  for (const id of ['1', '2']) await ledger.writePost(newRecord(id))
  const [first] = await ledger.fetchPosts([{ id: '1', copy: 1 }])
  const written = first && (await ledger.writePost({ ...first, reason: 'newer' }))
  expect(written?.version).toBe(2)
  expect((await ledger.read()).todo).toEqual([written, newRecord('2', { version: 1 })])
  expect(await ledger.fetchPosts([{ id: '1', copy: 1 }])).toEqual([written])
})

test('a replica that lags shows what is no more to a read that does not ask for consistency', async () => {
  lag()
  await ledger.writePost(newRecord('1'))
  const key = marshall({ pk: `route${routes}`, sk: 'post#00000000000000000001' })
  const batch = async (ConsistentRead: boolean): Promise<number | undefined> => {
    const RequestItems = { [sandbox.tableName]: { Keys: [key], ConsistentRead } }
    const { Responses } = await client.send(new BatchGetItemCommand({ RequestItems }))
    return Responses?.[sandbox.tableName]?.length
  }
  expect([await batch(true), await batch(false)]).toEqual([1, 0])
  const query = async (ConsistentRead: boolean): Promise<number | undefined> => {
    const { Items } = await client.send(
      new QueryCommand({
        TableName: sandbox.tableName,
        IndexName: 'todo',
        KeyConditionExpression: 'pk = :route',
        ExpressionAttributeValues: marshall({ ':route': `route${routes}` }),
        ConsistentRead,
      }),
    )
    return Items?.length
  }
  expect([await query(true), await query(false)]).toEqual([1, 0])
})

const Keys = v.array(v.looseObject({ sk: v.object({ S: v.string() }) }))
const Batch = v.object({ RequestItems: v.record(v.string(), v.object({ Keys })) })
const Read = v.object({ Responses: v.record(v.string(), Keys) })

/** Of each of the next batches DynamoDB reads so many items, and says that it left the rest. */
function leaveUndone(read: number, times: number): void {
  let left = times
  const { tableName: table } = sandbox
  switchboard.weather = async (call, c) => {
    if (call.name !== 'BatchGetItem' || left-- <= 0) return undefined
    const asked = v.parse(Batch, await c.req.json()).RequestItems[table]?.Keys ?? []
    const change = async (answer: Response): Promise<Response> => {
      const items = (v.parse(Read, await answer.json()).Responses[table] ?? []).slice(0, read)
      const done = items.map(({ sk }) => sk.S)
      const rest = asked.filter(({ sk }) => !done.includes(sk.S))
      const body = { Responses: { [table]: items }, UnprocessedKeys: { [table]: { Keys: rest } } }
      return Response.json(body, { headers: { 'content-type': 'application/x-amz-json-1.0' } })
    }
    return { when: 'after', play: { change } }
  }
  onTestFinished(() => {
    switchboard.weather = async () => undefined
  })
}

test('keys of a batch that DynamoDB left undone are asked for again', async () => {
  const ids = ['1', '2', '3', '4', '5']
  for (const id of ids) await ledger.writePost(newRecord(id))
  leaveUndone(2, 2)
  const before = callsOf('BatchGetItem')
  const found = await ledger.fetchPosts(ids.map((id) => ({ id, copy: 1 })))
  expect(found.map(({ id }) => id).toSorted()).toEqual(ids)
  expect(callsOf('BatchGetItem') - before).toBe(3)
})

test('keys that DynamoDB leaves undone eight times are a failure', async () => {
  await ledger.writePost(newRecord('1'))
  leaveUndone(0, 100)
  const before = callsOf('BatchGetItem')
  await expect(ledger.fetchPosts([{ id: '1', copy: 1 }])).rejects.toMatchObject({
    message: expect.stringContaining('1 keys of a batch stayed unprocessed'),
    facts: { service: 'DynamoDB' },
  })
  expect(callsOf('BatchGetItem') - before).toBe(8)
})

/** What the ledger asks of DynamoDB, and what becomes of an answer that is lost or none. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
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

/** The ledgers that a scene may be played on; `kinds` is the one place to add another. */
import {
  DeleteItemCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  QueryCommand,
} from '@aws-sdk/client-dynamodb'
import type { Listener } from '../../src/core/clock/server-time.ts'
import type { Ledger, LedgerHome } from '../../src/io/ledger/ledger.ts'
import { type LedgerSandbox, sandboxAws, startLedger, startTable } from '../sandbox/dynamodb/dynamodb.ts'
import type { Switchboard } from '../sandbox/switchboard.ts'
import type { Levity } from './levity.ts'
import type { LedgerKind } from './scene.ts'

/** Which of a scene's routes. */
export type RouteOf = { readonly other?: true }

export interface SceneLedger {
  /** What a run is given. */
  open(levity: Levity, route?: RouteOf, listener?: Listener): Ledger
  /** Whether it answers in this very process: then its calls pass no server's door. */
  readonly local: boolean
  /** The same for the built function: where the ledger is, and as which route. */
  readonly variables: Readonly<Record<string, string>>
  /** Takes every record away. */
  empty(): Promise<void>
  close(): Promise<void>
}

type Open = (switchboard: Switchboard) => Promise<SceneLedger>

const kinds: Readonly<Record<LedgerKind, Open>> = { dynamodb: openDynamoDB, sqlite: openFile }

export const openLedger = (kind: LedgerKind, switchboard: Switchboard): Promise<SceneLedger> =>
  kinds[kind](switchboard)

/** One table for all scenes of this process: each has a route of its own. */
let table: Promise<LedgerSandbox> | undefined
let scenes = 0

export async function closeLedgers(): Promise<void> {
  await (await table)?.close()
  table = undefined
}

async function openDynamoDB(switchboard: Switchboard): Promise<SceneLedger> {
  table ??= startTable()
  const served = await startLedger(switchboard, { table: await table })
  const route = `scene${++scenes}`
  const client = new DynamoDBClient({
    endpoint: served.url,
    region: sandboxAws.AWS_REGION,
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
    retryStrategy: atOnce(4),
  })
  return {
    variables: {
      ...sandboxAws,
      AWS_ENDPOINT_URL_DYNAMODB: served.url,
      LEVITY_TABLE: served.tableName,
      LEVITY_ROUTES: route,
    },
    local: false,
    open: ({ openDynamoDb }, { other } = {}, listener) =>
      openDynamoDb(client).open(served.tableName, other ? `${route}other` : route, listener),
    empty: async () => {
      for (const one of [route, `${route}other`]) await emptyTable(client, served.tableName, one)
    },
    close: async () => {
      client.destroy()
      await served.close()
    },
  }
}

async function emptyTable(client: DynamoDBClient, TableName: string, route: string): Promise<void> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :route',
      ExpressionAttributeValues: { ':route': { S: route } },
      ProjectionExpression: 'pk, sk',
    }),
  )
  for (const Key of Items) await client.send(new DeleteItemCommand({ TableName, Key }))
}

/** As often as Levity's own client tries, without waiting: time is the scene's. */
function atOnce(attempts: number): NonNullable<DynamoDBClientConfig['retryStrategy']> {
  const token = (count: number) => ({ getRetryCount: () => count, getRetryDelay: () => 0 })
  return {
    mode: 'standard',
    acquireInitialRetryToken: async () => token(0),
    refreshRetryTokenForRetry: async (last, { errorType }) => {
      const count = last.getRetryCount() + 1
      if (errorType === 'CLIENT_ERROR' || count >= attempts) throw new Error('No more tries')
      return token(count)
    },
    recordSuccess: () => {},
  }
}

/** The ledger file of `npm run once`, in memory: one for all runs of a scene. */
async function openFile(): Promise<SceneLedger> {
  let home: LedgerHome | undefined
  return {
    local: true,
    variables: {},
    open: ({ openLedgerFile }, { other } = {}) => {
      home ??= openLedgerFile('memory')
      return home.open('levity', other ? 'other' : 'main')
    },
    // The next call opens another one.
    empty: async () => home?.close(),
    close: async () => home?.close(),
  }
}

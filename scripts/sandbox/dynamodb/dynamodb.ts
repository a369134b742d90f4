/** DynamoDB on this machine: dynalite, with the table of `infra/template.yaml`, behind the switchboard. */
import {
  CreateTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import dynalite from 'dynalite'
import { Hono } from 'hono'
import { Level } from 'level'
import { readTableDefinition } from '../../cloud/infra.ts'
import { type HonoEnv, listen } from '../server.ts'
import type { Switchboard } from '../switchboard.ts'

export type LedgerOptions = {
  /** A folder that keeps the table; in memory where absent. One process at a time. */
  readonly path?: string
  readonly tableName?: string
  readonly port?: number
  /** `false`: no table is created where the folder has none. */
  readonly create?: false
  /** A table that is there already, and stays open when this ledger closes. */
  readonly table?: LedgerSandbox
}

export type LedgerSandbox = { readonly url: string; readonly tableName: string; close(): Promise<void> }

/** What the SDK needs before it sends anything. dynalite accepts any values. */
export const sandboxAws = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'sandbox',
  AWS_SECRET_ACCESS_KEY: 'sandbox',
} as const

/** Points this process's AWS SDK at a DynamoDB on this machine, whatever AWS account the shell is set up for. */
export function useLedgerAt(url: string): void {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name]
  Object.assign(process.env, sandboxAws, { AWS_ENDPOINT_URL_DYNAMODB: url })
}

/** DynamoDB alone, with its table, which is created unless the folder has it. Throws where another process holds the folder. */
export async function startTable(options: LedgerOptions = {}): Promise<LedgerSandbox> {
  const { path, tableName = 'levity', port = 0, create = true } = options
  if (path !== undefined) await expectFreeFolder(path)
  const server = dynalite({ ...(path !== undefined && { path }), createTableMs: 0 })
  await new Promise<void>((done, fail) => {
    server.once('error', fail)
    server.listen(port, '127.0.0.1', done)
  })
  const address = server.address()
  if (typeof address !== 'object' || !address)
    throw new Error(`Expected a port for the ledger but received ${address}`)
  const table = {
    url: `http://127.0.0.1:${address.port}`,
    tableName,
    close: () => new Promise<void>((done, fail) => server.close((error) => (error ? fail(error) : done()))),
  }
  try {
    if (create) await createTable(table)
  } catch (error) {
    await table.close().catch(() => {})
    throw error
  }
  return table
}

/** Where dynalite cannot open its folder, it ends the process or waits for ever. So the folder is tried before. */
async function expectFreeFolder(path: string): Promise<void> {
  const folder = new Level(path)
  try {
    await folder.open()
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error
    const held =
      typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'LEVEL_LOCKED'
    throw new Error(
      `Expected a folder for the ledger but received ${path}, ${held ? 'which another process is using' : `which cannot be opened: ${cause}`}`,
      { cause },
    )
  }
  await folder.close()
}

async function createTable({ url, tableName }: { url: string; tableName: string }): Promise<void> {
  const client = new DynamoDBClient({
    endpoint: url,
    region: sandboxAws.AWS_REGION,
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
    maxAttempts: 1,
  })
  try {
    await client
      .send(new CreateTableCommand({ TableName: tableName, ...(await readTableDefinition()) }))
      .catch((error: unknown) => {
        if (!(error instanceof ResourceInUseException)) throw error
      })
    await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 0.01 }, { TableName: tableName })
  } finally {
    client.destroy()
  }
}

/** The same behind the switchboard: the service is `dynamodb`, and a call is named by its operation (`PutItem`, `Query`, …). */
export async function startLedger(
  switchboard: Switchboard,
  options: LedgerOptions = {},
): Promise<LedgerSandbox> {
  const { port, table: given, ...rest } = options
  const table = given ?? (await startTable(rest))
  const app = new Hono<HonoEnv>()
  app.use(
    '*',
    switchboard.watch('dynamodb', (c) => c.req.header('x-amz-target')?.split('.').at(-1) ?? 'unknown'),
  )
  app.all('*', async (c) => {
    const headers = new Headers(c.req.raw.headers)
    for (const hop of ['connection', 'content-length', 'expect', 'host', 'transfer-encoding'])
      headers.delete(hop)
    const answer = await fetch(table.url, { method: 'POST', headers, body: await c.req.arrayBuffer() })
    return new Response(await answer.arrayBuffer(), {
      status: answer.status,
      headers: ['content-type', 'x-amz-crc32', 'x-amzn-requestid'].flatMap((name): [string, string][] => {
        const value = answer.headers.get(name)
        return value === null ? [] : [[name, value]]
      }),
    })
  })
  const server = await listen(app, { ...(port !== undefined && { port }) })
  return {
    url: server.url,
    tableName: table.tableName,
    close: async () => {
      await server.close()
      if (given === undefined) await table.close()
    },
  }
}

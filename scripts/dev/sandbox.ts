/** The sandbox that `npm run dev` runs in, and its ledger to read from. */
import { createHash } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createLedger } from '../../src/io/ledger/dynamodb.ts'
import type { Ledger } from '../../src/io/ledger/ledger.ts'
import type { Software } from '../sandbox/mastodon/mastodon.ts'
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts'

export type SandboxWishes = {
  /** The ledger's folder; in memory if absent. With a folder, the server always has the same port. */
  readonly ledger?: string | undefined
  readonly server?: Software | undefined
  /** The blog begins without posts. */
  readonly empty?: boolean | undefined
}

/** Always the same for one folder. It is below the ports that systems give out by themselves. */
const portFor = (folder: string): number =>
  10_000 + (createHash('sha256').update(folder).digest().readUInt16BE() % 20_000)

export const openSandbox = ({ empty, ledger, server }: SandboxWishes): Promise<Sandbox> =>
  startSandbox({
    content: empty ? 'empty' : 'pretty',
    ...(ledger !== undefined && { ledger: { path: ledger } }),
    mastodon: {
      ...(server !== undefined && { software: server }),
      // A kept ledger knows its account by the server's address.
      ...(ledger !== undefined && { port: portFor(ledger) }),
    },
  })

/** The part of the ledger that belongs to the one route. */
export function openLedger(sandbox: Sandbox): { readonly main: Ledger; close(): void } {
  const { ledger, env } = sandbox
  const client = new DynamoDBClient({
    endpoint: ledger.url,
    region: env['AWS_REGION'] ?? '',
    credentials: {
      accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  })
  return {
    main: createLedger({ table: ledger.tableName, route: 'main', client }),
    close: () => client.destroy(),
  }
}

/** How many calls began or were answered. Calls that only read the ledger do not count, because the pages make them too. */
export const countChanges = ({ switchboard }: Sandbox): number =>
  switchboard.calls
    .filter(({ service, name }) => service !== 'dynamodb' || name === 'PutItem')
    .reduce((count, { status }) => count + (status === undefined ? 1 : 2), 0)

/** The sandbox as the desk wants it, and a look into its ledger. */
import { createHash } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createLedger, type Ledger } from '../../src/io/ledger/ledger.ts'
import type { Software } from '../sandbox/mastodon/mastodon.ts'
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts'

export type SandboxWishes = {
  /** The ledger's folder; in memory where absent. With one, the server is always on the same port. */
  readonly ledger?: string | undefined
  readonly server?: Software | undefined
  /** The blog begins without posts. */
  readonly empty?: boolean | undefined
}

/** Always the same for a folder, below the ports that systems give out by themselves. */
const portFor = (folder: string): number =>
  10_000 + (createHash('sha256').update(folder).digest().readUInt16BE() % 20_000)

export const openSandbox = ({ empty, ledger, server }: SandboxWishes): Promise<Sandbox> =>
  startSandbox({
    content: empty ? 'empty' : 'pretty',
    ...(ledger !== undefined && { ledger: { path: ledger } }),
    mastodon: {
      ...(server !== undefined && { software: server }),
      // A ledger that is kept knows its account by the server's address.
      ...(ledger !== undefined && { port: portFor(ledger) }),
    },
  })

/** The one route's part of the ledger, for whoever looks. */
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

/** Calls that began, and calls that were answered, but for those that only read the ledger: a page makes such calls itself. */
export const countChanges = ({ switchboard }: Sandbox): number =>
  switchboard.calls
    .filter(({ service, name }) => service !== 'dynamodb' || name === 'PutItem')
    .reduce((count, { status }) => count + (status === undefined ? 1 : 2), 0)

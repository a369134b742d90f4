/**
 * Takes over the ledger of Levity 0.1.0, a folder that dynalite kept. The new file gets its name only when it holds everything;
 * until then the folder is in force, and the next start begins anew. Once the file is there, it alone is in force.
 */
import { closeSync, existsSync, fsyncSync, openSync } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import {
  DynamoDBClient,
  ListTablesCommand,
  ScanCommand,
  type ScanCommandInput,
} from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import type { Item } from '../../src/io/ledger/ledger.ts'
import { readLedgerFile, type StoredItem, writeLedgerFile } from '../../src/io/ledger/sqlite-file.ts'
// biome-ignore lint/style/noRestrictedImports: 0.1.0 kept its ledger in this emulator, and nothing else reads it.
import { startTable } from '../sandbox/dynamodb/dynamodb.ts'
import { Refusal } from '../terminal/refusal.ts'

/**
 * Resolves with what to say, or undefined where there was nothing to do. Throws Refusal where the folder cannot be read, or a
 * command of 0.1.0 works with it.
 */
export async function takeOverFolder(folder: string, path: string): Promise<string | undefined> {
  if (!(await isFolder(folder))) return undefined
  if (!existsSync(path)) await copyToFile(folder, path)
  const kept = await freeName(`${folder}-0.1.0`)
  const moved = await rename(folder, kept).then(
    () => true,
    // Another command is taking it over too, or the next start will move it.
    () => false,
  )
  return moved
    ? `The ledger of Levity 0.1.0 was taken over, and every record checked: it is ${path} now. The old one is kept in ${kept}.`
    : undefined
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )

async function freeName(name: string): Promise<string> {
  for (let n = 1; ; n++) {
    const free = n === 1 ? name : `${name}-${n}`
    if (!(await stat(free).catch(() => undefined))) return free
  }
}

async function copyToFile(folder: string, path: string): Promise<void> {
  // While it is open, no other process can open it.
  const old = await startTable({ path: folder, create: false }).catch(
    ({ cause }: Error & { cause?: { code?: unknown } }) => {
      throw new Refusal(
        cause?.code === 'LEVEL_LOCKED'
          ? `Another command works with the ledger in ${folder}: nothing was done`
          : `Expected to take over the ledger of Levity 0.1.0 in ${folder} but it cannot be opened (${cause}): nothing was done`,
        2,
      )
    },
  )
  try {
    if (existsSync(path)) return
    const items = await readAll(old.url)
    const made = `${path}.new`
    await rm(made, { force: true })
    writeLedgerFile(made, items)
    expectSameItems(readLedgerFile(made), items)
    await rename(made, path)
    syncFolder(dirname(path))
  } finally {
    await old.close()
  }
}

/** Every item of every table. */
async function readAll(url: string): Promise<readonly StoredItem[]> {
  const client = new DynamoDBClient({
    endpoint: url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
  })
  try {
    const { TableNames = [] } = await client.send(new ListTablesCommand())
    const all = TableNames.map(async (ledger) =>
      (await scan(client, ledger)).map((item): StoredItem => ({ ledger, item })),
    )
    return (await Promise.all(all)).flat()
  } finally {
    client.destroy()
  }
}

async function scan(client: DynamoDBClient, table: string): Promise<readonly Item[]> {
  const items: Item[] = []
  let from: ScanCommandInput['ExclusiveStartKey']
  do {
    const answer = await client.send(new ScanCommand({ TableName: table, ExclusiveStartKey: from }))
    items.push(...(answer.Items ?? []).map((item) => unmarshall(item)))
    from = answer.LastEvaluatedKey
  } while (from)
  return items
}

const keyOf = ({ ledger, item }: StoredItem): string => JSON.stringify([ledger, item['pk'], item['sk']])
const sorted = (items: readonly StoredItem[]): readonly StoredItem[] =>
  items.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))

function expectSameItems(copied: readonly StoredItem[], items: readonly StoredItem[]): void {
  if (isDeepStrictEqual(sorted(copied), sorted(items))) return
  throw new Error(
    `Expected the ${items.length} records of the old ledger but ${copied.length} came out of the new one, or other ones`,
  )
}

/** The new name is on the disk before the old ledger is moved away. */
function syncFolder(folder: string): void {
  // Windows opens no folder.
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  fsyncSync(handle)
  closeSync(handle)
}

/** The ledger of Levity 0.1.0: a folder that dynalite kept. */
import { readdir } from 'node:fs/promises'
import { DynamoDBClient, paginateListTables, paginateScan } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import type { StoredItem } from '../../src/io/ledger/sqlite-file.ts'
// biome-ignore lint/style/noRestrictedImports: 0.1.0 kept its ledger in this emulator, and nothing else reads it.
import { sandboxAws, startTable } from '../sandbox/dynamodb/dynamodb.ts'
import { Refusal } from '../terminal/refusal.ts'

export type OldFolder = {
  readonly items: readonly StoredItem[]
  /** May be called again. */
  close(): Promise<void>
}

/** Whether the folder is there and has something in it. */
export async function hasOldLedger(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length > 0
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return false
    throw cannotBeOpened(folder, error)
  }
}

/** Until it is closed, no other process can open it. Throws Refusal where it cannot be opened. */
export async function openOldFolder(folder: string): Promise<OldFolder> {
  const old = await startTable({ path: folder, create: false }).catch(
    ({ cause }: Error & { cause?: { code?: unknown } }) => {
      throw cause?.code === 'LEVEL_LOCKED'
        ? new Refusal(`Another command works with the ledger in ${folder}: nothing was done`, 2)
        : cannotBeOpened(folder, cause)
    },
  )
  try {
    let closing: Promise<void> | undefined
    return {
      items: await readAll(old.url),
      close: () => {
        closing ??= old.close()
        return closing
      },
    }
  } catch (error) {
    await old.close()
    throw error
  }
}

const cannotBeOpened = (folder: string, cause: unknown): Refusal =>
  new Refusal(
    `Expected to take over the ledger of Levity 0.1.0 in ${folder} but it cannot be opened (${cause}): nothing was done`,
    2,
  )

/** Every item of every table. */
async function readAll(url: string): Promise<readonly StoredItem[]> {
  const client = new DynamoDBClient({
    endpoint: url,
    region: sandboxAws.AWS_REGION,
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
  })
  try {
    const all: StoredItem[] = []
    for await (const { TableNames = [] } of paginateListTables({ client }, {}))
      for (const ledger of TableNames)
        for await (const { Items = [] } of paginateScan({ client }, { TableName: ledger }))
          all.push(...Items.map((item): StoredItem => ({ ledger, item: unmarshall(item) })))
    return all
  } finally {
    client.destroy()
  }
}

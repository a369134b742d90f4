/** The folder ledger, for whoever only reads: a copy of it, so that nothing of it changes while a run may work with it. */
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { type LedgerSandbox, startTable, useLedgerAt } from '../sandbox/dynamodb/dynamodb.ts'
import { Refusal } from '../terminal/refusal.ts'
import { hasLedger, ledgerFolder } from './folder.ts'

/** A run that writes meanwhile may tear the copy; it is made again then. */
const mostCopies = 3

/**
 * Points this process's AWS SDK at the copy; where no run has written a ledger yet, at an empty one in memory. Throws
 * Refusal where none can be made.
 */
export async function openLedgerToRead(tableName: string): Promise<{ close(): Promise<void> }> {
  const table = (await hasLedger())
    ? await openCopy(ledgerFolder(), tableName)
    : await startTable({ tableName })
  useLedgerAt(table.url)
  return table
}

async function openCopy(path: string, tableName: string): Promise<LedgerSandbox> {
  const copy = await mkdtemp(join(tmpdir(), 'levity-ledger-'))
  const remove = (): Promise<void> => rm(copy, { recursive: true, force: true })
  let trouble: unknown
  for (let tries = 0; tries < mostCopies; tries++) {
    try {
      const folder = join(copy, String(tries))
      await cp(path, folder, { recursive: true, filter: (file) => basename(file) !== 'LOCK' })
      const table = await startTable({ path: folder, tableName })
      return {
        ...table,
        close: async () => {
          await table.close()
          await remove()
        },
      }
    } catch (error) {
      trouble = error
    }
  }
  await remove()
  const reason = trouble instanceof Error ? trouble.message : String(trouble)
  throw new Refusal(`Expected to read the ledger in ${path}, but it could not be copied: ${reason}`, 2)
}

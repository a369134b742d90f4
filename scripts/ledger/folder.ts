/** The ledger that `npm run once` keeps in the folder it is started in. */
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type LedgerSandbox, startTable, useLedgerAt } from '../sandbox/dynamodb/dynamodb.ts'
import { Refusal } from '../terminal/refusal.ts'

export const ledgerFolder = (): string => resolve('.levity', 'ledger')

/** Whether a run has written it yet. */
export const hasLedger = (): Promise<boolean> =>
  stat(ledgerFolder()).then(
    (found) => found.isDirectory(),
    () => false,
  )

/** Points this process's AWS SDK at it. `create`: makes it where there is none. Throws Refusal where another process has it. */
export async function openLedgerHere(tableName: string, create: boolean): Promise<LedgerSandbox> {
  const path = ledgerFolder()
  const table = await startTable({ path, tableName, ...(!create && { create }) }).catch(
    (error: Error & { cause?: { code?: unknown } }) => {
      if (error.cause?.code !== 'LEVEL_LOCKED') throw error
      throw new Refusal(`Another command works with the ledger in ${path}: nothing was done`, 2)
    },
  )
  useLedgerAt(table.url)
  return table
}

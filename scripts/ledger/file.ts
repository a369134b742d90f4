/** The ledger that `npm run once` keeps in the folder it is started in. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { LedgerHomeWithItems } from '../../src/io/ledger/ledger.ts'
import { openLedgerFile } from '../../src/io/ledger/sqlite.ts'
import type { Surroundings } from '../terminal/command.ts'
import { takeOverFolder } from './take-over.ts'

export const ledgerPath = (folder: string): string => resolve(folder, '.levity', 'ledger.db')

/** Whether a run has written it yet. */
export const hasLedger = (folder: string): boolean => existsSync(ledgerPath(folder))

/**
 * Finds the ledger of this folder and returns what opens it. A ledger of Levity 0.1.0 is taken over first. `readOnly` makes
 * none and changes none: where no run has written a ledger yet, an empty one is read. Throws Refusal where the old one
 * cannot be taken over.
 */
export async function findLedgerHere(
  { readOnly }: { readonly readOnly: boolean },
  { folder, errors }: Pick<Surroundings, 'folder' | 'errors'>,
): Promise<() => LedgerHomeWithItems> {
  const path = ledgerPath(folder)
  const sentence = await takeOverFolder(resolve(folder, '.levity', 'ledger'), path)
  if (sentence !== undefined) errors.write(`${sentence}\n`)
  return () => openLedgerFile(readOnly && !hasLedger(folder) ? 'memory' : { path, readOnly })
}

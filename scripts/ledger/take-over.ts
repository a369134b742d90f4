/**
 * Takes over the ledger of Levity 0.1.0, a folder that dynalite kept. The new file gets its name only when it holds everything;
 * until then the folder is in force, and the next start begins anew. Once the file is there, it alone is in force, and the
 * folder is moved away only if the file has every record of it.
 */
import { existsSync } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { isDeepStrictEqual } from 'node:util'
import {
  putInPlace,
  readLedgerFile,
  type StoredItem,
  writeLedgerFile,
} from '../../src/io/ledger/sqlite-file.ts'
import { Refusal } from '../terminal/refusal.ts'
import { hasOldLedger, openOldFolder } from './old-folder.ts'

/**
 * Resolves with what to say, or undefined where there was nothing to do. Throws Refusal where the folder cannot be taken over,
 * or another command works with it.
 */
export async function takeOverFolder(folder: string, path: string): Promise<string | undefined> {
  if (!(await hasOldLedger(folder))) return undefined
  try {
    return await takeOverAlone(folder, path)
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw new Refusal(
      `Expected to take over the ledger of Levity 0.1.0 in ${folder} but could not (${messageOf(error)}): nothing was done`,
      2,
    )
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

async function takeOverAlone(folder: string, path: string): Promise<string | undefined> {
  const lock = takeLock(path)
  let said: string | undefined
  try {
    // Another command may have taken it over since.
    if (await hasOldLedger(folder)) said = await takeOver(folder, path)
  } finally {
    lock.close()
  }
  // With the folder gone, nobody needs the lock: whoever takes it now has nothing to do.
  await rm(lockPath(path), { force: true }).catch(() => undefined)
  return said
}

const lockPath = (path: string): string => `${path}.lock`

/** The lock of the folder itself is not enough, because dynalite opens the folder only after a first trial has closed it. */
function takeLock(path: string): DatabaseSync {
  const lock = new DatabaseSync(lockPath(path), { timeout: 0 })
  try {
    // Nothing is ever written to it, so it needs no journal on the disk.
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock.close()
    const busy = 5
    if (error instanceof Error && 'errcode' in error && error.errcode === busy)
      throw new Refusal('Another command is taking over the ledger of Levity 0.1.0: try again', 2)
    throw error
  }
}

async function takeOver(folder: string, path: string): Promise<string | undefined> {
  const old = await openOldFolder(folder)
  try {
    if (existsSync(path)) expectAllIn(path, old.items, folder)
    else await copyToFile(old.items, path)
    // Windows moves no folder that is open. Elsewhere 0.1.0 must not get hold of it before it is moved.
    if (process.platform === 'win32') await old.close()
    return await moveAway(folder, path)
  } finally {
    await old.close()
  }
}

async function moveAway(folder: string, path: string): Promise<string | undefined> {
  const kept = await freeName(`${folder}-0.1.0`)
  try {
    await rename(folder, kept)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new Refusal(
      `The ledger of Levity 0.1.0 was taken over, and every record checked: it is ${path} now. But ${folder} cannot be moved away (${messageOf(error)}): move it to another place`,
      2,
    )
  }
  return `The ledger of Levity 0.1.0 was taken over, and every record checked: it is ${path} now. The old one is kept in ${kept}.`
}

async function freeName(name: string): Promise<string> {
  for (let n = 1; ; n++) {
    const free = n === 1 ? name : `${name}-${n}`
    if (!(await stat(free).catch(() => undefined))) return free
  }
}

async function copyToFile(items: readonly StoredItem[], path: string): Promise<void> {
  const made = `${path}.new`
  await rm(made, { force: true })
  try {
    writeLedgerFile(made, items)
    expectSameItems(readLedgerFile(made), items)
    putInPlace(made, path)
  } finally {
    await rm(made, { force: true })
    await rm(`${made}-journal`, { force: true })
  }
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

/** Each at the version that the folder has, or at a newer one. */
function expectAllIn(path: string, items: readonly StoredItem[], folder: string): void {
  const inFile = new Map(readLedgerFile(path).map((stored) => [keyOf(stored), stored.item]))
  const isIn = (stored: StoredItem): boolean => {
    const there = inFile.get(keyOf(stored))
    const [has, needs] = [Number(there?.['version']), Number(stored.item['version'])]
    return has > needs || (has === needs && isDeepStrictEqual(there, stored.item))
  }
  const missing = items.filter((stored) => !isIn(stored)).length
  if (missing === 0) return
  throw new Refusal(
    `There are two ledgers, ${path} and that of Levity 0.1.0 in ${folder}, and the folder has ${missing} records that the file lacks or has only older or other ones of: nothing was done. Move the older one to another place. To keep the records of both, move the folder away, \`npm run ledger -- export FILE\`, move the file away and the folder back, \`npm run ledger -- import FILE\``,
    2,
  )
}

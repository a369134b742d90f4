/** Files with secrets in them: readable by this user alone, and never half-written. */
import { randomUUID } from 'node:crypto'
import { mkdir, open, realpath, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Refusal } from './refusal.ts'

/** Writes beside the file and puts it in its place in one step, with mode 600. A link stays a link. Throws Refusal where it cannot. */
export async function replacePrivately(path: string, text: string): Promise<void> {
  const target = await realpath(path).catch(() => path)
  const beside = `${target}.${randomUUID()}`
  try {
    await mkdir(dirname(target), { recursive: true })
    const file = await open(beside, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(beside, target)
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined)
    throw new Refusal(
      `Expected to write ${path} but could not: ${error instanceof Error ? error.message : error}`,
    )
  }
}

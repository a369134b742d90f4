/** Files of settings: read as text, and written for this user alone, never half. */
import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, realpath, rename, rm } from 'node:fs/promises'
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

/** Undefined where there is no such file. Throws Refusal, with this exit code, where it cannot be read. */
export async function readEnvText(path: string, exitCode: 1 | 2 = 1): Promise<string | undefined> {
  try {
    // Some editors begin a file with a byte order mark; the first name would not be known by it.
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new Refusal(`Expected the settings in ${path} but it cannot be read: ${message}`, exitCode)
  }
}

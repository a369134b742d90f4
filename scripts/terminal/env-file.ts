/** A file of settings, as its text. */
import { readFile } from 'node:fs/promises'
import { Refusal } from './refusal.ts'

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

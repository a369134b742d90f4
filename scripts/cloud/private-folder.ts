/** Passes secrets to a child process by a short-lived file that only this user can read: arguments show in every list of processes. */
import { rmSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const open = new Set<string>()
let watching = false

/** Removes the files when the process is stopped, too. */
function removeWhenStopped(): void {
  if (watching) return
  watching = true
  const removeAll = (): void => {
    for (const folder of open) rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', removeAll)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      removeAll()
      process.kill(process.pid, signal)
    })
}

/** Calls `use` with the path of an empty folder (mode 700), and removes the folder afterwards. */
export async function withPrivateFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  removeWhenStopped()
  const folder = await mkdtemp(join(tmpdir(), 'levity-aws-'))
  open.add(folder)
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
    open.delete(folder)
  }
}

export async function writePrivately(path: string, text: string): Promise<string> {
  await writeFile(path, text, { mode: 0o600, flag: 'wx' })
  return path
}

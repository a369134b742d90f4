/** The project in another folder, as a clone of it would be, and its own build there. */
import { execFile } from 'node:child_process'
import { cp, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export type Clone = {
  readonly folder: string
  /** `npm run build -- …args`; what it printed. Rejects with `stderr` where it ends with another code than 0. */
  build(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<string>
  read(path: string): Promise<Buffer>
}

const root = fileURLToPath(new URL('../../', import.meta.url))
const copied = ['src', 'scripts', 'package.json', 'package-lock.json', 'tsconfig.json']

/**
 * node_modules is a link: what npm installs is pinned by package-lock.json, so that two clones differ in their folder
 * alone, and the build sees it by its path in the clone.
 */
export async function cloneTo(folder: string): Promise<Clone> {
  for (const name of copied) await cp(join(root, name), join(folder, name), { recursive: true })
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  return {
    folder,
    async build(args, env = {}) {
      const script = join(folder, 'scripts/build.ts')
      const { stdout } = await promisify(execFile)(process.execPath, [script, ...args], {
        cwd: folder,
        env: { ...process.env, ...env },
      })
      return stdout
    },
    read: (path) => readFile(join(folder, path)),
  }
}

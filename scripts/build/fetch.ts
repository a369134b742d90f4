/** Packages of another platform, by npm itself, kept for the next build. */
import { exec } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Version and integrity by name, as package-lock.json has them. */
export type Pinned = Readonly<Record<string, { readonly version: string; readonly integrity: string }>>

/**
 * A folder under node_modules/.cache whose node_modules has the packages. It is renamed when it is complete, so a folder that
 * is there is complete. Throws a sentence where npm cannot fetch them, or gets other bytes.
 */
export async function fetchOnce(root: string, label: string, pinned: Pinned): Promise<string> {
  const cache = join(root, 'node_modules/.cache/levity')
  const key = createHash('sha256').update(JSON.stringify(pinned)).digest('hex').slice(0, 16)
  const folder = join(cache, `${label}-${key}`)
  if (await exists(folder)) return folder
  await mkdir(cache, { recursive: true })
  const draft = await mkdtemp(join(cache, 'fetch-'))
  try {
    await install(draft, pinned)
    await rename(draft, folder).catch(async (error: unknown) => {
      // Another build was quicker.
      if (!(await exists(folder))) throw error
    })
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  return folder
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/**
 * By npm itself: it knows the registry, the proxy and the keys of this machine, and checks every file's integrity. What
 * the packages say of their platform is left out of the lock file, so that npm installs them on any.
 */
async function install(folder: string, pinned: Pinned): Promise<void> {
  const dependencies = Object.fromEntries(
    Object.entries(pinned).map(([name, { version }]) => [name, version]),
  )
  const entries = Object.entries(pinned).map(([name, entry]) => [`node_modules/${name}`, entry])
  const packages = { '': { dependencies }, ...Object.fromEntries(entries) }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }))
  await writeFile(
    join(folder, 'package-lock.json'),
    JSON.stringify({ lockfileVersion: 3, requires: true, packages }),
  )
  const command =
    'npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --fetch-retries=1 --fetch-timeout=120000'
  await promisify(exec)(command, { cwd: folder }).catch((error: unknown) => {
    const wanted = Object.entries(dependencies).map(([name, version]) => `${name} ${version}`)
    throw new Error(`Expected ${wanted.join(' and ')} from npm's registry but ${whyFailed(error)}`, {
      cause: error,
    })
  })
}

/** By npm's own code, where it gives one: the rest of what it says has addresses in it, and those may have passwords. */
function whyFailed(error: unknown): string {
  const { stderr = '', code } = error as { readonly stderr?: string; readonly code?: unknown }
  const told = /^npm (?:error|ERR!) code (\S+)/m.exec(stderr)?.[1]
  if (told === 'EINTEGRITY')
    return 'npm received other bytes than package-lock.json names (EINTEGRITY): do not trust that registry'
  return `npm ci ended with ${told ?? `exit code ${code}`}: the registry must be within reach for the first build (npm ping)`
}

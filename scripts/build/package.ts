/** `npm run build`: the package that Lambda runs, as the folder `dist/lambda` and as `dist/lambda.zip`. */
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CommandLine, type Given, mistake } from '../terminal/arguments.ts'
import type { Surroundings } from '../terminal/command.ts'
import { Refusal } from '../terminal/refusal.ts'
import { bundle, type Files } from './bundle.ts'
import { describeLoads, type Loads } from './loads.ts'
import { type Arch, readNative } from './native.ts'
import { zip } from './zip.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const home = join(root, 'dist')

/** `dist`: where it goes, if not to `dist`. */
type Destination = { readonly dist?: string }

/** `report`: the lines for a person. */
export type BuiltBundle = { readonly loads: Loads; readonly report: string }
export type BuiltPackage = BuiltBundle & { readonly zip: string; readonly sha256: string }

/**
 * Only the JavaScript, into `dist/lambda`: it takes sharp's binary from the project's node_modules, on whatever machine this
 * is. No network. A zip of an earlier build is removed, because it would not match the folder.
 */
export async function buildBundle({ dist = home }: Destination = {}): Promise<BuiltBundle> {
  const { code, maps, loads } = await bundle()
  await place(dist, code, maps)
  return { loads, report: describeLoads(loads) }
}

/** All that Lambda needs, into `dist/lambda` and `dist/lambda.zip`. Throws a sentence where npm must fetch and cannot. */
export async function buildPackage({
  arch,
  dist = home,
}: Destination & { readonly arch: Arch }): Promise<BuiltPackage> {
  const [{ code, maps, loads }, native] = await Promise.all([bundle(), readNative({ root, arch })])
  const files = new Map([...code, ...native])
  const zipped = zip(files)
  await place(dist, files, maps, zipped)
  const path = join(dist, 'lambda.zip')
  const sha256 = createHash('sha256').update(zipped).digest('hex')
  const report = `${describeLoads(loads)}\nlambda.zip for ${arch}: ${(zipped.length / 1e6).toFixed(2)} MB, sha256 ${sha256}`
  return { loads, zip: path, sha256, report }
}

/** Replaces an earlier build as a whole, so that no reader finds it half-written. */
async function place(dist: string, lambda: Files, maps: Files, zipped?: Uint8Array): Promise<void> {
  await mkdir(dist, { recursive: true })
  const draft = await mkdtemp(join(dist, 'new-'))
  try {
    for (const [folder, files] of Object.entries({ lambda, maps })) {
      for (const [name, bytes] of files) {
        const path = join(draft, folder, name)
        await mkdir(dirname(path), { recursive: true })
        await writeFile(path, bytes)
      }
    }
    if (zipped !== undefined) await writeFile(join(draft, 'lambda.zip'), zipped)
    const made = await readdir(draft)
    for (const old of new Set([...made, 'lambda.zip']))
      await rm(join(dist, old), { recursive: true, force: true })
    for (const name of made) await rename(join(draft, name), join(dist, name))
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

export const command = {
  name: 'build',
  says: 'The package that Lambda runs, as the folder dist/lambda and as dist/lambda.zip, for arm64.',
  options: {
    x64: { says: 'for x64' },
    bundle: { says: 'only the folder, and only the JavaScript, for this machine' },
  },
  exits: { 0: 'it is built', 1: 'it is not' },
} as const satisfies CommandLine

/** Throws Refusal with the reason where it cannot be built. */
export async function build({ values }: Given<typeof command>, { output }: Surroundings): Promise<void> {
  const { x64, bundle: only } = values
  if (x64 && only) throw mistake(command, '--x64 or --bundle', 'both')
  const built = only ? buildBundle() : buildPackage({ arch: x64 ? 'x64' : 'arm64' })
  const { report } = await built.catch((error: unknown) => {
    throw error instanceof Error ? new Refusal(error.message) : error
  })
  output.write(`${report}\n`)
}

/** sharp's binary and libvips for the machines that Lambda runs on, whatever machine this is. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import type { Files } from './bundle.ts'
import { fetchOnce, type Pinned } from './fetch.ts'

export type Arch = 'arm64' | 'x64'

/** `root`: the folder of package-lock.json and node_modules. */
export type NativeOptions = { readonly root: string; readonly arch: Arch }

const LockSchema = v.object({
  packages: v.record(
    v.string(),
    v.looseObject({ version: v.optional(v.string()), integrity: v.optional(v.string()) }),
  ),
})
const PackageSchema = v.object({ version: v.string() })

/** What a run needs of each package; the rest is for people and compilers. */
const needed = /^(package\.json|index\.cjs|lib\/[^/]+\.node|lib\/[^/]+\.so[.\d]*)$/

/**
 * The files by their paths in the package, `node_modules/@img/…`: from this folder's node_modules where they are, else
 * fetched by npm, once, in the versions of package-lock.json and checked against it. Throws a sentence where that fails.
 */
export async function readNative({ root, arch }: NativeOptions): Promise<Files> {
  const lock = v.parse(LockSchema, JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')))
  const pin = (name: string): Pinned[string] => {
    const { version, integrity } = lock.packages[`node_modules/${name}`] ?? {}
    if (version !== undefined && integrity !== undefined) return { version, integrity }
    throw new Error(`Expected ${name} with its integrity in package-lock.json but received ${version}`)
  }
  const names = [`@img/sharp-linux-${arch}`, `@img/sharp-libvips-linux-${arch}`]
  const pinned = Object.fromEntries(names.map((name) => [name, pin(name)]))
  const { version } = pin('sharp')
  const installed = await versionIn(root, 'sharp')
  if (installed !== version)
    throw new Error(`Expected sharp ${version}, of package-lock.json, but received ${installed}: run npm ci`)
  const from = (await holds(root, pinned)) ? root : await fetchOnce(root, `sharp-linux-${arch}`, pinned)
  const files = await Promise.all(names.map((name) => readNeeded(from, name)))
  return new Map(files.flat())
}

async function versionIn(root: string, name: string): Promise<string | undefined> {
  const text = await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : v.parse(PackageSchema, JSON.parse(text)).version
}

async function holds(root: string, pinned: Pinned): Promise<boolean> {
  const same = Object.entries(pinned).map(
    async ([name, { version }]) => (await versionIn(root, name)) === version,
  )
  return (await Promise.all(same)).every(Boolean)
}

async function readNeeded(root: string, name: string): Promise<(readonly [string, Uint8Array])[]> {
  const folder = join(root, 'node_modules', name)
  const paths = (await readdir(folder, { recursive: true })).map((path) => path.replaceAll('\\', '/'))
  const wanted = paths.filter((path) => needed.test(path))
  if (wanted.filter((path) => path.startsWith('lib/')).length !== 1)
    throw new Error(`Expected one library in ${name} but received ${wanted.join(', ')}`)
  return Promise.all(
    wanted.map(async (path) => [`node_modules/${name}/${path}`, await readFile(join(folder, path))] as const),
  )
}

import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { fetchOnce } from '../../../scripts/build/fetch.ts'
import { type Answering, answeringServer, answerJson } from '../../support/answering-server.ts'

const name = '@img/sharp-plan9-vax'
const version = '1.2.3'

let folder: string
let registry: Answering
let tarball: Buffer

/** A registry with one package, for a platform that this machine is not; npm asks it and finds nothing in its cache. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'levity-fetch-'))
  tarball = await pack()
  registry = await answeringServer(({ path }, response) => {
    if (path.endsWith('.tgz')) response.end(tarball)
    else answerJson(response, 200, { name, versions: { [version]: described() } })
  })
  vi.stubEnv('npm_config_registry', registry.origin)
  vi.stubEnv('npm_config_cache', join(folder, 'npm-cache'))
  vi.stubEnv('npm_config_fetch_retry_mintimeout', '1')
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await registry.close()
  await rm(folder, { recursive: true, force: true })
})

const platform = { name, version, os: ['plan9'], cpu: ['vax'] }
const integrityOf = (bytes: Uint8Array): string =>
  `sha512-${createHash('sha512').update(bytes).digest('base64')}`
const described = () => ({
  ...platform,
  dist: { tarball: `${registry.origin}/one.tgz`, integrity: integrityOf(tarball) },
})
const pinned = () => ({ [name]: { version, integrity: integrityOf(tarball) } })

async function pack(): Promise<Buffer> {
  const from = join(folder, 'package')
  await mkdir(from)
  await writeFile(join(from, 'package.json'), JSON.stringify(platform))
  await writeFile(join(from, 'index.cjs'), 'module.exports = 1')
  const to = join(folder, 'one.tgz')
  await promisify(execFile)('tar', ['-czf', to, '-C', folder, 'package'])
  return readFile(to)
}

const cached = (): Promise<string[]> => readdir(join(folder, 'node_modules/.cache/levity'))

test('a package of another platform is fetched once, and stays for builds without a network', async () => {
  const kept = await fetchOnce(folder, 'sharp', pinned())
  expect(await readFile(join(kept, 'node_modules', name, 'index.cjs'), 'utf8')).toBe('module.exports = 1')
  await registry.close()
  await rm(join(folder, 'npm-cache'), { recursive: true })
  expect(await fetchOnce(folder, 'sharp', pinned())).toBe(kept)
  expect(await cached()).toHaveLength(1)
})

test('other bytes than package-lock.json names are refused, and none are kept', async () => {
  const wanted = pinned()
  tarball = Buffer.from('something else')
  await expect(fetchOnce(folder, 'sharp', wanted)).rejects.toThrow(
    `Expected ${name} ${version} from npm's registry but npm received other bytes than package-lock.json names (EINTEGRITY)`,
  )
  expect(await cached()).toEqual([])
})

test('no registry: a sentence that says what is missing and what to do, without its address', async () => {
  await registry.close()
  const failed = fetchOnce(folder, 'sharp', pinned())
  await expect(failed).rejects.toThrow(
    `Expected ${name} ${version} from npm's registry but npm ci ended with ECONNREFUSED: the registry must be within reach for the first build (npm ping)`,
  )
  await expect(failed).rejects.not.toThrow(registry.origin)
  expect(await cached()).toEqual([])
})

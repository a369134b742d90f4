import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import pack from '../../../package.json' with { type: 'json' }
import { findNode } from '../../../scripts/terminal/on-node-24.mjs'

const launcher = fileURLToPath(new URL('../../../scripts/terminal/on-node-24.mjs', import.meta.url))
const { platform, arch } = process

/** A script of a line, started through the launcher. */
function start(code: string, ...args: readonly string[]): ChildProcess {
  const folder = mkdtempSync(join(tmpdir(), 'levity-launch-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'script.mjs'), code)
  // No other Node is to be found on the path.
  const env = { ...process.env, PATH: folder }
  return spawn(process.execPath, [launcher, join(folder, 'script.mjs'), ...args], { env })
}

async function ended(child: ChildProcess): Promise<{ readonly code: unknown; readonly out: string }> {
  const parts: string[] = []
  child.stdout?.setEncoding('utf8').on('data', (part: string) => parts.push(part))
  const [code] = await once(child, 'close')
  return { code, out: parts.join('') }
}

test('a new Node runs itself', () => {
  expect(findNode({ version: 'v24.0.0', platform, arch })).toBe(process.execPath)
  expect(findNode({ version: 'v26.1.0', platform, arch })).toBe(process.execPath)
})

test('an old Node finds the one that npm ci brought', () => {
  const node = findNode({ version: 'v20.20.2', platform, arch })
  const { stdout } = spawnSync(String(node), ['--version'], { encoding: 'utf8' })
  expect(stdout).toMatch(/^v24\./)
})

test('a platform without one has none', () => {
  expect(findNode({ version: 'v20.20.2', platform: 'sunos', arch })).toBeUndefined()
})

test('arguments and the exit code pass through, and the same Node is found by what the script starts', async () => {
  const child = start(
    `import { execFileSync } from 'node:child_process'
     console.log(JSON.stringify([process.argv.slice(2), process.version, String(execFileSync('node', ['--version'])).trim()]))
     process.exitCode = 7`,
    '--flag',
    'two words',
  )
  const { code, out } = await ended(child)
  expect(code).toBe(7)
  expect(JSON.parse(out)).toEqual([['--flag', 'two words'], process.version, process.version])
})

test.skipIf(platform === 'win32')('a signal reaches the script, which ends as it wishes', async () => {
  const child = start(
    `process.on('SIGTERM', () => process.exit(5))
     setInterval(() => {}, 1000)
     console.log('ready')`,
  )
  const end = ended(child)
  await once(child.stdout ?? child, 'data')
  child.kill('SIGTERM')
  expect((await end).code).toBe(5)
})

test.each(Object.entries(pack.scripts))('npm run %s needs no newer Node than npm itself', (_, script) => {
  for (const command of script.split('&&').map((part) => part.trim()))
    expect(command).toMatch(/^(node scripts\/terminal\/on-node-24\.mjs \S+|npm run |biome |tsc$)/)
})

test('no script leans on one before it: with ignore-scripts npm runs neither pre nor post', () => {
  const names = Object.keys(pack.scripts)
  expect(
    names.filter((name) => names.some((other) => [`pre${other}`, `post${other}`].includes(name))),
  ).toEqual([])
})

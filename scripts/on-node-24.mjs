/**
 * `node scripts/on-node-24.mjs FILE ...`: runs FILE on Node 24, whichever Node this is. Plain JavaScript, for Node 20 reads no
 * other. `npm ci` brings a Node 24 as a package of the platform, but npm 10, which comes with Node 20, does not link it.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const packages = fileURLToPath(new URL('../node_modules/', import.meta.url))
const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
const isNew = Number(process.versions.node.split('.')[0]) >= 24

function findNode() {
  if (isNew) return process.execPath
  const file = join('bin', process.platform === 'win32' ? 'node.exe' : 'node')
  return ['node', 'node-bin'].map((name) => join(packages, `${name}-${platform}`, file)).find(existsSync)
}

const node = findNode()
if (node === undefined) {
  console.error(
    `Expected Node 24 for Levity's scripts but received ${process.version}, and there is none for ${platform} in node_modules: run npm ci, or install Node 24`,
  )
  process.exit(1)
}

// Windows writes it Path.
const path = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
const child = spawn(node, process.argv.slice(2), {
  stdio: 'inherit',
  // What the script starts in its turn finds the same Node.
  env: { ...process.env, [path]: `${dirname(node)}${delimiter}${process.env[path] ?? ''}` },
})
// The terminal sends Ctrl-C to both: the script ends as it wishes, and this one with it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => signal !== 'SIGINT' && child.kill(signal))
child.on('error', (error) => {
  console.error(`Expected Node 24 at ${node} to start but received ${error.message}`)
  process.exitCode = 1
})
child.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0)
})

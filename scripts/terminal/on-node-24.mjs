/**
 * `node scripts/terminal/on-node-24.mjs FILE ...`: runs FILE on Node 24, whichever Node this is. Plain JavaScript, for Node 20 reads no
 * other. `npm ci` brings a Node as a package of the platform (24; to Apple silicon 26, for lack of a later 24 than 24.0), but
 * npm 10, which comes with Node 20, does not link it.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const packages = fileURLToPath(new URL('../../node_modules/', import.meta.url))
const here = { version: process.version, platform: process.platform, arch: process.arch }

/** A Node's file: this very one where it is new enough, else the one that `npm ci` brought; undefined where there is none. */
export function findNode({ version, platform, arch } = here) {
  if (Number.parseInt(version.slice(1), 10) >= 24) return process.execPath
  const [system, file] = platform === 'win32' ? ['win', 'node.exe'] : [platform, 'node']
  return ['node', 'node-bin']
    .map((name) => join(packages, `${name}-${system}-${arch}`, 'bin', file))
    .find((path) => existsSync(path))
}

function run(node, args) {
  // Windows writes it Path.
  const path = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
  // The first versions of Node 24 warn at every start that they read TypeScript.
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', ...args], {
    stdio: 'inherit',
    // What the script starts in its turn finds the same Node.
    env: { ...process.env, [path]: `${dirname(node)}${delimiter}${process.env[path] ?? ''}` },
  })
  // The terminal sends Ctrl-C to both: the script ends as it wishes, and this one with it.
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`Expected Node 24 at ${node} to start but received ${error.message}`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0)
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const node = findNode()
  if (node) run(node, process.argv.slice(2))
  else {
    console.error(
      `Expected Node 24 for Levity's scripts but received ${here.version}, and node_modules has none for ${here.platform} ${here.arch}: run npm ci, or install Node 24`,
    )
    process.exitCode = 1
  }
}

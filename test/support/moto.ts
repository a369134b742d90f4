/** A stand-in for AWS on this machine: moto, where it is installed (`pip install moto[server] awscli`). */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const run = promisify(execFile)

async function onPath(name: string): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, name)
    const found = await access(path, constants.X_OK).then(
      () => path,
      () => undefined,
    )
    if (found !== undefined) return found
  }
  return undefined
}

/** A shim of pyenv's takes longer than many a call. */
async function behindShim(path: string, name: string): Promise<string> {
  if (!path.includes(join('shims', name))) return path
  const { stdout } = await run('pyenv', ['which', name])
  return stdout.trim()
}

async function find(name: string): Promise<string | undefined> {
  const path = await onPath(name)
  return path === undefined ? undefined : behindShim(path, name)
}

const [aws, motoServer] = await Promise.all([find('aws'), find('moto_server')])

/** Why these tests cannot be run here; undefined where they can. In CI nothing may be left out. */
export const missing: string | undefined =
  aws === undefined || motoServer === undefined
    ? 'needs the AWS CLI and moto on the PATH: pip install "moto[server]" awscli'
    : undefined
if (missing !== undefined) {
  if (process.env['CI']) throw new Error(`The cloud's tests ${missing}`)
  console.warn(`The cloud's tests are left out: it ${missing}`)
}

/** The real one. */
export const awsPath: string = aws ?? ''

export type Moto = { readonly url: string; close(): Promise<void> }

/** On a free port. */
export async function startMoto(): Promise<Moto> {
  const child = spawn(motoServer ?? '', ['-p', '0'], { stdio: ['ignore', 'ignore', 'pipe'] })
  const gone = once(child, 'exit')
  const url = await new Promise<string>((done, fail) => {
    gone.then(() => fail(new Error('Expected moto to start but it ended')), fail)
    createInterface(child.stderr).on('line', (line) => {
      const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? []
      if (found !== undefined) done(found)
    })
  })
  return {
    url,
    async close() {
      child.kill()
      await gone
    },
  }
}

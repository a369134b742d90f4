/** The real AWS CLI for tests that call it often: kept warm where it can be. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { awsPath } from './moto.ts'

export type AwsCli = {
  /** A folder for the PATH, in which it is `aws`. */
  readonly bin: string
  close(): Promise<void>
}

const script = fileURLToPath(new URL('warm-aws.py', import.meta.url))

/** The Python that runs it; undefined where it is a program of another kind (version 2). */
async function findPython(): Promise<string | undefined> {
  const start = (await readFile(awsPath)).subarray(0, 200).toString('latin1')
  return /^#!(\/\S*python[\d.]*)\n/.exec(start)?.[1]
}

/** `before`: lines of shell that are run before each call. */
export async function startAwsCli(before = ''): Promise<AwsCli> {
  const bin = await mkdtemp(join(tmpdir(), 'levity-bin-'))
  const python = await findPython()
  const socket = join(bin, 'socket')
  const server =
    python === undefined
      ? undefined
      : spawn(python, [script, 'serve', socket], { stdio: ['ignore', 'pipe', 'inherit'] })
  if (server) await Promise.race([once(server.stdout, 'data'), once(server, 'exit').then(failed)])
  const call =
    python === undefined ? `'${awsPath}' "$@"` : `'${python}' -S -I '${script}' call '${socket}' "$@"`
  await writeFile(join(bin, 'aws'), `#!/bin/sh\n${before}exec ${call}\n`)
  await chmod(join(bin, 'aws'), 0o755)
  return {
    bin,
    async close() {
      const gone = server && once(server, 'exit')
      server?.kill()
      await gone
      await rm(bin, { recursive: true, force: true })
    },
  }
}

function failed(): never {
  throw new Error('Expected the AWS CLI to start but it ended')
}

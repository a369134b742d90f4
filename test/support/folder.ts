/** A person's folder, in which the commands that only look are started as in life: as processes, without a terminal. */
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { clockShift, type Sandbox } from '../../scripts/sandbox/sandbox.ts'
import { type Changes, settingsText } from './settings.ts'
import { type Ended, runCommand } from './shell.ts'

export interface Folder {
  readonly path: string
  /** What the commands' shell has; a test may add to it. */
  readonly env: Record<string, string>
  /** `npm run <command> -- <args>` */
  run(command: string, ...args: readonly string[]): Promise<Ended>
  /** Writes a file of settings: the sandbox's accounts, and these; undefined leaves a line out. */
  settings(file: string, changes?: Changes): Promise<void>
  /** What the commands have left in their own place for temporary files. */
  leftovers(): Promise<readonly string[]>
  /** Every file in the folder, with a digest of its bytes. */
  files(): Promise<Readonly<Record<string, string>>>
}

/** An empty one, for one test. */
export async function openFolder(sandbox: Sandbox): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'levity-look-'))
  const temporary = await mkdtemp(join(tmpdir(), 'levity-look-'))
  onTestFinished(async () => {
    for (const one of [path, temporary]) await rm(one, { recursive: true, force: true })
  })
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: path,
    TMPDIR: temporary,
    NODE_OPTIONS: `--import ${clockShift}`,
    NODE_EXTRA_CA_CERTS: sandbox.env['NODE_EXTRA_CA_CERTS'] ?? '',
  }
  return {
    path,
    env,
    run: (command, ...args) =>
      runCommand(command, args, {
        folder: path,
        // The command lives in the sandbox's time, unless a test has it otherwise.
        env: { SANDBOX_SKEW_MS: String(sandbox.switchboard.skew), ...env },
      }),
    settings: (file, changes) => writeFile(join(path, file), settingsText(sandbox, changes)),
    leftovers: () => readdir(temporary),
    async files() {
      const found = await readdir(path, { recursive: true, withFileTypes: true })
      const digests = found
        .filter((entry) => entry.isFile())
        .map(async ({ parentPath, name }) => {
          const file = join(parentPath, name)
          const bytes = await readFile(file)
          return [file, createHash('sha256').update(bytes).digest('hex')] as const
        })
      return Object.fromEntries(await Promise.all(digests))
    },
  }
}

/** Calls from then on that change something. */
export const changesSince = ({ switchboard }: Sandbox, from: number): readonly string[] =>
  switchboard.calls
    .slice(from)
    .filter(({ service, name, method }) =>
      service === 'dynamodb' ? !/^(?:Query|BatchGetItem)$/.test(name) : method !== 'GET',
    )
    .map(({ service, name }) => `${service} ${name}`)

/** A person's folder, and the commands that are started in it without a terminal. */
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import { doctor, command as doctorCommand } from '../../scripts/doctor/doctor.ts'
import { once, command as onceCommand } from '../../scripts/once/once.ts'
import { plan } from '../../scripts/plan/plan.ts'
import { clockShift, type Sandbox } from '../../scripts/sandbox/sandbox.ts'
import { run, type Surroundings } from '../../scripts/terminal/command.ts'
import { callCommand } from './command.ts'
import { type Changes, settingsText } from './settings.ts'
import { type Ended, runCommand } from './shell.ts'

export interface Folder {
  readonly path: string
  /** What the commands' shell has; a test may add to it. */
  readonly env: Record<string, string>
  /** What `npm run <command> -- <args>` does, in this process. */
  run(command: keyof typeof commands, ...args: readonly string[]): Promise<Ended>
  /** The same as a process of its own, in the sandbox's time. */
  start(command: string, ...args: readonly string[]): Promise<Ended>
  /** Moves the clock of everything, the sandbox's too, in ms. */
  later(ms: number): void
  /** Writes a file of settings: the sandbox's accounts, and these; undefined leaves a line out. */
  settings(file: string, changes?: Changes): Promise<void>
  /** What the commands have left in their own place for temporary files. */
  leftovers(): Promise<readonly string[]>
  /** Every file in the folder, with a digest of its bytes; of the ledger the file itself. */
  files(): Promise<Readonly<Record<string, string>>>
}

const commands = {
  doctor: (around: Surroundings) => run(doctorCommand, doctor, around),
  once: (around: Surroundings) => run(onceCommand, once, around),
  plan,
} as const

const realNow = Date.now.bind(Date)

/** SQLite keeps these while the ledger is open, and a reader leaves them: https://www.sqlite.org/tempfiles.html */
const isBesideLedger = /\.db-(?:shm|wal)$/

/** An empty one, for one test. */
export async function openFolder(sandbox: Sandbox): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'levity-look-'))
  const temporary = await mkdtemp(join(tmpdir(), 'levity-look-'))
  onTestFinished(async () => {
    for (const one of [path, temporary]) await rm(one, { recursive: true, force: true })
  })
  let shift = 0
  vi.spyOn(Date, 'now').mockImplementation(() => realNow() + shift)
  onTestFinished(() => void vi.restoreAllMocks())
  sandbox.trust()
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: path,
    TMPDIR: temporary,
    NODE_EXTRA_CA_CERTS: sandbox.env['NODE_EXTRA_CA_CERTS'] ?? '',
  }
  return {
    path,
    env,
    run: (command, ...args) => callCommand(commands[command], args, { folder: path, env }),
    start: (command, ...args) =>
      runCommand(command, args, {
        folder: path,
        env: { ...env, NODE_OPTIONS: `--import ${clockShift}`, SANDBOX_SKEW_MS: String(shift) },
      }),
    later: (ms) => {
      shift += ms
    },
    settings: (file, changes) => writeFile(join(path, file), settingsText(sandbox, changes)),
    leftovers: () => readdir(temporary),
    async files() {
      const found = await readdir(path, { recursive: true, withFileTypes: true })
      const digests = found
        .filter((entry) => entry.isFile() && !isBesideLedger.test(entry.name))
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

/** `npm run once` that is killed in the middle, and the runs after it: what becomes of three posts. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'
import { command, once } from '../../scripts/once/once.ts'
import { clockShift } from '../../scripts/sandbox/sandbox.ts'
import { run } from '../../scripts/terminal/command.ts'
import type { PostRecord } from '../../src/core/record/record.ts'
import { openLedgerFile } from '../../src/io/ledger/sqlite.ts'
import { callCommand } from './command.ts'
import { setScene } from './crash-scene.ts'
import { settingsText } from './settings.ts'

/** At the n-th write, from 1; or so many ms after the first call of the run. */
export type Kill =
  | { readonly write: number; readonly when: 'before' | 'after' }
  | { readonly afterMs: number }
  | 'never'

export type OnceAftermath = {
  /** False where the run was over before. */
  readonly killed: boolean
  /** How many writes the run has done. */
  readonly writes: number
  /** From the first call to the end, in ms. */
  readonly ms: number
  /** Sentences; empty where all is well. */
  readonly wrong: readonly string[]
}

const minute = 60_000
const mostRuns = 12
const script = fileURLToPath(new URL('../../scripts/once.ts', import.meta.url))
const hook = new URL('./kill-at-write.ts', import.meta.url).href
const realNow = Date.now.bind(Date)

/** `shell` starts the run in another way than as a plain process; it is given the command and its arguments. */
export async function crashOnce(
  kill: Kill,
  shell: (command: readonly string[]) => readonly string[] = (command) => command,
): Promise<OnceAftermath & { readonly err: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'levity-crash-'))
  const path = join(folder, '.levity/ledger.db')
  let shift = 0
  const now = vi.spyOn(Date, 'now').mockImplementation(() => realNow() + shift)
  const scene = await setScene({}, () => recordsIn(path))
  const { sandbox } = scene
  const runQuietly = () =>
    callCommand((around) => run(command, once, around), [], { folder, env: process.env })
  try {
    sandbox.trust()
    await writeFile(join(folder, '.env'), settingsText(sandbox, { LEVITY_TAG_RULES: 'nsfw=cw:Nudity' }))
    await runQuietly()
    scene.publish()
    const started = await start(kill, shell, { folder, calls: sandbox.switchboard.calls, env: sandbox.env })
    const wrong = [...(await forgottenWrites(path, started.wrote))]
    for (let run = 0; run < mostRuns; run++) {
      // Longer than QUIET, then longer than a claim.
      shift += (run === 0 ? 11 : 16) * minute
      await runQuietly()
    }
    wrong.push(...(await scene.judge()))
    const { killed, wrote, ms, err } = started
    return { killed, writes: wrote.length, ms, wrong, err }
  } finally {
    now.mockRestore()
    await scene.close()
    await rm(folder, { recursive: true, force: true })
  }
}

type Started = {
  readonly killed: boolean
  readonly wrote: readonly string[]
  readonly ms: number
  readonly err: string
}

async function start(
  kill: Kill,
  shell: (command: readonly string[]) => readonly string[],
  {
    folder,
    calls,
    env,
  }: {
    readonly folder: string
    readonly calls: readonly unknown[]
    readonly env: Readonly<Record<string, string>>
  },
): Promise<Started> {
  const [command = '', ...args] = shell([
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    ...['--import', clockShift, '--import', hook, script],
  ])
  const before = calls.length
  const child = spawn(command, args, {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      NODE_EXTRA_CA_CERTS: env['NODE_EXTRA_CA_CERTS'],
      SANDBOX_SKEW_MS: '0',
      ...(typeof kill === 'object' && 'write' in kill && { KILL_AT_WRITE: `${kill.write} ${kill.when}` }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let err = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  const closed = new Promise<NodeJS.Signals | null>((done) => child.on('close', (_, signal) => done(signal)))
  let first: number | undefined
  const watch = setInterval(() => {
    if (first !== undefined || calls.length === before) return
    first = performance.now()
    if (typeof kill === 'object' && 'afterMs' in kill) setTimeout(() => child.kill('SIGKILL'), kill.afterMs)
  }, 1)
  const signal = await closed
  clearInterval(watch)
  const wrote = [...err.matchAll(/^wrote (.*)$/gm)].map(([, what = '']) => what)
  const ms = performance.now() - (first ?? performance.now())
  return { killed: signal === 'SIGKILL', wrote, ms, err: err.replace(/^wrote .*\n/gm, '') }
}

/** Writes that returned, and that the ledger does not have. */
async function forgottenWrites(path: string, wrote: readonly string[]): Promise<readonly string[]> {
  const home = openLedgerFile({ path, readOnly: true })
  try {
    const items = home.openItems('levity', 'main')
    const wrong: string[] = []
    for (const what of wrote) {
      const [sk = '', version] = what.split(' ')
      if (what === 'schema') continue
      const item = await items.fetch(sk)
      if (!(Number(item?.['version']) >= Number(version))) wrong.push(`the write ${what} is forgotten`)
    }
    return wrong
  } finally {
    home.close()
  }
}

async function recordsIn(path: string): Promise<readonly PostRecord[]> {
  const home = openLedgerFile({ path, readOnly: true })
  try {
    const records: PostRecord[] = []
    for await (const record of home.open('levity', 'main').posts()) records.push(record)
    return records
  } finally {
    home.close()
  }
}

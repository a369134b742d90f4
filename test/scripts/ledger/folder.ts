/** `npm run ledger` and `npm run once` in a folder of their own, and in this process: with its clock and its AWS settings. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { command as ledgerCommand } from '../../../scripts/ledger/arguments.ts'
import { runLedger } from '../../../scripts/ledger/run.ts'
import { once, command as onceCommand } from '../../../scripts/once/once.ts'
import type { Sandbox } from '../../../scripts/sandbox/sandbox.ts'
import { run } from '../../../scripts/terminal/command.ts'
import { callCommand } from '../../support/command.ts'
import { type Changes, settingsText } from '../../support/settings.ts'
import type { Ended } from '../../support/shell.ts'

export interface LedgerFolder {
  readonly path: string
  /** What the commands' shell has; a test may change it. */
  readonly env: Record<string, string | undefined>
  /** `npm run ledger -- …` */
  ledger(...args: readonly string[]): Promise<Ended>
  /** The same, its stdout read as JSON. */
  ledgerJson(...args: readonly string[]): Promise<unknown>
  /** `npm run once`, as cron starts it. */
  once(): Promise<Ended>
  /** Writes a file of settings; those of the sandbox, and these. */
  settings(file: string, changes?: Changes): Promise<void>
}

/** An empty folder, for one test. */
export async function openLedgerFolder(sandbox: Sandbox): Promise<LedgerFolder> {
  const path = await mkdtemp(join(tmpdir(), 'levity-ledger-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  const ofAws = Object.entries(sandbox.env).filter(([name]) => name.startsWith('AWS_'))
  const env: Record<string, string | undefined> = {
    PATH: process.env['PATH'],
    // No AWS account of whoever runs the tests.
    HOME: path,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...Object.fromEntries(ofAws),
  }
  const shell = { folder: path, env }
  const ledger = (...args: readonly string[]): Promise<Ended> =>
    callCommand((around) => run(ledgerCommand, runLedger, around), args, shell)
  return {
    path,
    env,
    ledger,
    ledgerJson: async (...args) => JSON.parse((await ledger(...args, '--json')).out),
    once: () => callCommand((around) => run(onceCommand, once, around), [], shell),
    settings: (file, changes) => writeFile(join(path, file), settingsText(sandbox, changes)),
  }
}

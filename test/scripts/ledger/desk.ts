/** `npm run ledger` and `npm run once` as a person starts them: child processes in a folder of their own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { clockShift, type Sandbox } from '../../../scripts/sandbox/sandbox.ts'
import type { PostDraft } from '../../../scripts/sandbox/tumblr/post.ts'
import { type Changes, settingsText } from '../../support/settings.ts'
import { type Ended, runCommand } from '../../support/shell.ts'

export interface Desk {
  readonly folder: string
  /** `npm run ledger -- …` */
  ledger(...args: readonly string[]): Promise<Ended>
  /** The same, its stdout read as JSON. */
  ledgerJson(...args: readonly string[]): Promise<unknown>
  /** `npm run once`, as cron starts it. */
  once(...args: readonly string[]): Promise<Ended>
  /** Writes a file of settings; those of the sandbox, and these. */
  settings(file: string, changes?: Changes): Promise<void>
}

/** An empty folder, for one test. `env` reaches the commands beside what any process has. */
export async function openDesk(
  sandbox: Sandbox,
  env: () => Readonly<Record<string, string>> = () => ({}),
): Promise<Desk> {
  const folder = await mkdtemp(join(tmpdir(), 'levity-ledger-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const start = (name: string, args: readonly string[]): Promise<Ended> => {
    const { NODE_EXTRA_CA_CERTS, SANDBOX_SKEW_MS } = sandbox.env
    return runCommand(name, args, {
      folder,
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        TZ: 'UTC',
        NODE_OPTIONS: `--import ${clockShift}`,
        NODE_EXTRA_CA_CERTS,
        SANDBOX_SKEW_MS,
        ...env(),
      },
    })
  }
  return {
    folder,
    ledger: (...args) => start('ledger', args),
    ledgerJson: async (...args) => JSON.parse((await start('ledger', [...args, '--json'])).out),
    once: (...args) => start('once', args),
    settings: (file, changes) => writeFile(join(folder, file), settingsText(sandbox, changes)),
  }
}

let published = 0
/** A post with one small picture unless said; its id. */
export const publish = (sandbox: Sandbox, blog: string, draft: PostDraft = {}): string =>
  sandbox.tumblr.publish(blog, {
    text: `Post ${++published}`,
    images: [{ width: 60, height: 40, altText: 'Hills.' }],
    ...draft,
  }).id

/** First lines of what stands on Mastodon now, oldest first. */
export const textsOf = (sandbox: Sandbox): readonly string[] =>
  sandbox.mastodon.statuses.filter(({ deleted }) => !deleted).map(({ text }) => text.split('\n')[0] ?? '')

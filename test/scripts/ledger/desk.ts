/** `npm run ledger` and `npm run once` as a person starts them: child processes in a folder of their own. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { clockShift, type Sandbox } from '../../../scripts/sandbox/index.ts'
import type { PostDraft } from '../../../scripts/sandbox/tumblr-post.ts'

export type Ended = { readonly code: number | null; readonly out: string; readonly err: string }

export interface Desk {
  readonly folder: string
  /** `npm run ledger -- …` */
  ledger(...args: readonly string[]): Promise<Ended>
  /** The same, its stdout read as JSON. */
  ledgerJson(...args: readonly string[]): Promise<unknown>
  /** `npm run once`, as cron starts it. */
  once(...args: readonly string[]): Promise<Ended>
  /** Writes a file of settings; those of the sandbox, and these. */
  settings(file: string, changes?: Readonly<Record<string, string | undefined>>): Promise<void>
}

const script = (name: string): string =>
  fileURLToPath(new URL(`../../../scripts/${name}.ts`, import.meta.url))

/** An empty folder, for one test. `env` reaches the commands beside what any process has. */
export async function openDesk(
  sandbox: Sandbox,
  env: () => Readonly<Record<string, string>> = () => ({}),
): Promise<Desk> {
  const folder = await mkdtemp(join(tmpdir(), 'levity-ledger-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const start = (name: string, args: readonly string[]): Promise<Ended> => {
    const { NODE_EXTRA_CA_CERTS = '', SANDBOX_SKEW_MS = '0' } = sandbox.env
    const child = spawn(process.execPath, ['--import', clockShift, script(name), ...args], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        TZ: 'UTC',
        NODE_EXTRA_CA_CERTS,
        SANDBOX_SKEW_MS,
        ...env(),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [out, err] = ['', '']
    child.stdout.on('data', (chunk) => {
      out += chunk
    })
    child.stderr.on('data', (chunk) => {
      err += chunk
    })
    return new Promise((done) => child.on('close', (code) => done({ code, out, err })))
  }
  return {
    folder,
    ledger: (...args) => start('ledger', args),
    ledgerJson: async (...args) => JSON.parse((await start('ledger', [...args, '--json'])).out),
    once: (...args) => start('once', args),
    async settings(file, changes = {}) {
      const { TUMBLR_BLOG, TUMBLR_CONSUMER_KEY, TUMBLR_API_URL, MASTODON_URL, MASTODON_ACCESS_TOKEN } =
        sandbox.env
      const all = {
        TUMBLR_BLOG,
        TUMBLR_CONSUMER_KEY,
        TUMBLR_API_URL,
        MASTODON_URL,
        MASTODON_ACCESS_TOKEN,
        LEVITY_DELAY: '0',
        ...changes,
      }
      const lines = Object.entries(all).flatMap(([name, value]) =>
        value === undefined ? [] : [`${name}=${value}`],
      )
      await writeFile(join(folder, file), `${lines.join('\n')}\n`)
    },
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

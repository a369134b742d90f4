/** A file of settings, as a test writes it. */
import type { Sandbox } from '../../scripts/sandbox/sandbox.ts'

export type Changes = Readonly<Record<string, string | undefined>>

const accounts = [
  'TUMBLR_BLOG',
  'TUMBLR_CONSUMER_KEY',
  'TUMBLR_API_URL',
  'MASTODON_URL',
  'MASTODON_ACCESS_TOKEN',
] as const

/** The accounts of the sandbox, posts without delay, and these; undefined leaves a line out. */
export function settingsText({ env }: Sandbox, changes: Changes = {}): string {
  const known = Object.fromEntries(accounts.map((name) => [name, env[name]]))
  return Object.entries({ ...known, LEVITY_DELAY: '0', ...changes })
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}\n`]))
    .join('')
}

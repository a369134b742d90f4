/** The arguments of `npm run dev`. */
import { resolve } from 'node:path'
import { isSoftware, softwareNames } from '../sandbox/mastodon/families.ts'
import { type CommandLine, type Given, mistake } from '../terminal/arguments.ts'
import { firstSettings, readSettings } from './settings.ts'
import type { DevOptions } from './start.ts'

const wholeTo = (most: number) => ({ pattern: /^\d{1,9}$/, words: `a whole number from 0 to ${most}` })

export const command = {
  name: 'dev',
  says: 'The whole world on this machine until Ctrl-C: a Tumblr, a Mastodon, a DynamoDB, a Lambda, a schedule, and pages to see and change it all.',
  positionals: {
    form: '[LEVITY_…=VALUE…]',
    words: 'settings',
    most: Number.POSITIVE_INFINITY,
  },
  options: {
    port: { takes: 'N', says: 'the port of the pages; a free one unless given', expects: wholeTo(65_535) },
    every: {
      takes: 'SECONDS',
      says: 'between runs; 0: none by itself',
      default: '20',
      expects: wholeTo(3600),
    },
    ledger: { takes: 'FOLDER', says: 'keeps the ledger there; in memory unless given' },
    server: { takes: 'FAMILY', says: softwareNames.join(', '), default: 'mastodon' },
    empty: { says: 'a blog without posts' },
  },
  exits: { 0: 'ended by Ctrl-C', 1: 'it could not begin', 130: 'a second Ctrl-C' },
} as const satisfies CommandLine

/** Throws Refusal with one sentence. */
export function readOptions({ values, positionals }: Given<typeof command>): DevOptions {
  const { port, every, ledger, server, empty } = values
  if (!isSoftware(server)) throw mistake(command, `one of ${softwareNames.join(', ')} for --server`, server)
  return {
    everyMs: readNumber('every', every, 3600) * 1000,
    ...(port !== undefined && { port: readNumber('port', port, 65_535) }),
    ...(ledger !== undefined && { ledger: resolve(ledger) }),
    ...{ server, empty, settings: { ...firstSettings, ...readSettings(positionals) } },
  }
}

function readNumber(name: 'every' | 'port', text: string, most: number): number {
  if (Number(text) <= most) return Number(text)
  throw mistake(command, `${command.options[name].expects.words} for --${name}`, text)
}

/** What stands behind `npm run dev --`. */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { isSoftware, softwareNames } from '../sandbox/mastodon/families.ts'
import { Refusal } from '../terminal/refusal.ts'
import { firstSettings, readSettings } from './settings.ts'
import type { DevOptions } from './start.ts'

const argumentOptions = {
  port: { type: 'string' },
  every: { type: 'string', default: '20' },
  ledger: { type: 'string' },
  server: { type: 'string', default: 'mastodon' },
  empty: { type: 'boolean', default: false },
} as const

/** Throws Refusal with one sentence. */
export function readOptions(args: readonly string[]): DevOptions {
  const { values, positionals } = readArguments(args)
  const { port, every, ledger, server, empty } = values
  if (!isSoftware(server))
    throw new Refusal(`Expected one of ${softwareNames.join(', ')} for --server but received ${server}`)
  return {
    everyMs: readNumber('--every', every, 3600) * 1000,
    ...(port !== undefined && { port: readNumber('--port', port, 65_535) }),
    ...(ledger !== undefined && { ledger: resolve(ledger) }),
    ...{ server, empty, settings: { ...firstSettings, ...readSettings(positionals) } },
  }
}

const parse = (args: readonly string[]) =>
  parseArgs({ args: [...args], options: argumentOptions, allowPositionals: true })

function readArguments(args: readonly string[]): ReturnType<typeof parse> {
  try {
    return parse(args)
  } catch (error) {
    throw new Refusal(error instanceof Error ? error.message : String(error))
  }
}

function readNumber(name: string, text: string, most: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value <= most) return value
  throw new Refusal(`Expected a whole number from 0 to ${most} for ${name} but received ${text}`)
}

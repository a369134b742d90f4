/**
 * `npm run dev`: the whole world on this machine until Ctrl-C: a Tumblr, a Mastodon, a DynamoDB, a Lambda, a schedule, and
 * pages on 127.0.0.1 to see and move it all. After `--`: `--port N`, `--every SECONDS` (0: none), `--ledger FOLDER` (kept;
 * else in memory), `--server FAMILY`, `--empty` (a blog without posts), and settings such as LEVITY_REBLOGS=all.
 * Exit code 0: ended by Ctrl-C. 1: it could not begin. 130: a second Ctrl-C.
 */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ConfigError } from '../src/core/config.ts'
import { isIdle } from './dev/runs.ts'
import { type Dev, type DevOptions, startDev } from './dev/start.ts'
import { describeLine, greet } from './dev/words.ts'
import { Refusal } from './refusal.ts'
import type { Software } from './sandbox/mastodon.ts'

const families: readonly Software[] = ['mastodon', 'gotosocial', 'hollo', 'snac', 'pleroma']

const argumentOptions = {
  port: { type: 'string' },
  every: { type: 'string', default: '20' },
  ledger: { type: 'string' },
  server: { type: 'string', default: 'mastodon' },
  empty: { type: 'boolean', default: false },
} as const

function readOptions(args: string[]): DevOptions {
  const { values, positionals } = readArguments(args)
  const { port, every, ledger, server, empty } = values
  const family = families.find((one) => one === server)
  if (family === undefined)
    throw new Refusal(`Expected one of ${families.join(', ')} for --server but received ${server}`)
  return {
    everyMs: readNumber('--every', every, 3600) * 1000,
    ...(port !== undefined && { port: readNumber('--port', port, 65_535) }),
    ...(ledger !== undefined && { ledger: resolve(ledger) }),
    ...{ server: family, empty, settings: readSettings(positionals) },
  }
}

function readArguments(args: string[]): ReturnType<typeof parseDevArguments> {
  try {
    return parseDevArguments(args)
  } catch (error) {
    throw new Refusal(error instanceof Error ? error.message : String(error))
  }
}

const parseDevArguments = (args: string[]) =>
  parseArgs({ args, options: argumentOptions, allowPositionals: true })

function readNumber(name: string, text: string, most: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value <= most) return value
  throw new Refusal(`Expected a whole number from 0 to ${most} for ${name} but received ${text}`)
}

/** The accounts and addresses are the sandbox's; only what Levity does with them is open. */
function readSettings(settings: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    settings.map((setting) => {
      const [, name, value] = /^(LEVITY_[A-Z_]+)=(.*)$/s.exec(setting) ?? []
      if (name !== undefined && value !== undefined && name !== 'LEVITY_TABLE' && name !== 'LEVITY_ROUTES')
        return [name, value]
      throw new Refusal(`Expected a setting such as LEVITY_REBLOGS=all but received ${setting}`)
    }),
  )
}

/** Resolves with the first signal to end; the second one ends at once. */
const untilEnd = (): Promise<void> =>
  new Promise((done) => {
    const end = (): void => {
      for (const signal of signals) process.on(signal, () => process.exit(130))
      done()
    }
    for (const signal of signals) process.once(signal, end)
  })
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

async function dev(): Promise<void> {
  const ended = untilEnd()
  const running: Dev = await startDev({
    ...readOptions(process.argv.slice(2)),
    onRun: (run) => {
      if (!isIdle(run.invocation)) console.log(describeLine(run))
    },
    onBuild: (trouble) =>
      console.log(trouble === undefined ? 'The function was built anew.' : `The build failed: ${trouble}`),
  })
  // However this process ends, the function's processes end first.
  process.once('exit', () => void running.world.lambda.close())
  try {
    console.log(greet(running))
    await ended
  } finally {
    await running.close()
  }
}

try {
  await dev()
} catch (error) {
  const known = error instanceof Refusal || error instanceof ConfigError
  console.error(known ? error.message : error)
  process.exitCode = 1
}

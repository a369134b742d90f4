/** What the commands share: their flags, and how they end. */
import { ConfigError } from '../../src/core/config/config.ts'
import { redact } from '../../src/core/config/secrets.ts'
import { EventError } from '../../src/core/event/event.ts'
import { Refusal } from './refusal.ts'
import { isStageName } from './stage-name.ts'

/** Flags that every command takes. */
export const commonFlags = {
  stage: { type: 'string', default: 'prod' },
  profile: { type: 'string' },
  region: { type: 'string' },
} as const

export type CommonFlags = { readonly stage: string; readonly profile?: string; readonly region?: string }

/** What `read` gives (by parseArgs), or Refusal with the sentence of what was expected. */
export function readFlags<T extends { readonly values: CommonFlags }>(expected: string, read: () => T): T {
  const flags = ((): T => {
    try {
      return read()
    } catch {
      throw new Refusal(
        `Expected ${expected}, --stage NAME, --profile NAME, --region NAME or nothing but received ${process.argv.slice(2).join(' ')}`,
      )
    }
  })()
  if (!isStageName(flags.values.stage))
    throw new Refusal(
      `Expected a name of small letters, digits and hyphens (at most 20) for --stage but received ${JSON.stringify(flags.values.stage)}`,
    )
  return flags
}

/** Runs it to its end: exit code 0, or 1 with the reason on stderr. */
export async function run(command: () => Promise<void>): Promise<void> {
  try {
    await command()
  } catch (error) {
    const known = error instanceof Refusal || error instanceof ConfigError || error instanceof EventError
    console.error(
      known ? error.message : `This should not happen: ${error instanceof Error ? error.stack : error}`,
    )
    process.exitCode = error instanceof Refusal ? error.exitCode : 1
  }
}

/** Prints lines, without the secrets. */
export const createTell =
  (secrets: readonly string[] = []) =>
  (line: string): void =>
    console.log(redact(line, secrets))

/** Whether somebody is there to answer a question. */
export const isWatched = (): boolean =>
  process.stdin.isTTY === true && process.stdout.isTTY === true && !process.env['CI']

/** `npm run x -- --stage dev`, as somebody writes it who means this stage. */
export const commandFor = (name: string, stage: string, rest = ''): string => {
  const flags = [...(stage === 'prod' ? [] : [`--stage ${stage}`]), ...(rest === '' ? [] : [rest])]
  return `npm run ${name}${flags.length === 0 ? '' : ` -- ${flags.join(' ')}`}`
}

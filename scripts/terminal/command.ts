/** How a command runs: its arguments are read, its work is done, and its end becomes an exit code. */
import type { Readable, Writable } from 'node:stream'
import { ConfigError } from '../../src/core/config/config.ts'
import { redact } from '../../src/core/config/secrets.ts'
import { EventError } from '../../src/core/event/event.ts'
import { type CommandLine, describeCommand, type Given, readArguments } from './arguments.ts'
import { Refusal } from './refusal.ts'

/** All that a command uses of the process in which it runs; a test gives its own. */
export type Surroundings = {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where the settings and `.levity` are. */
  readonly folder: string
  readonly input: Readable
  readonly output: Writable
  readonly errors: Writable
  /** Whether somebody is there to answer a question. */
  readonly terminal: boolean
}

/** Those of this process. */
export const surroundings = (): Surroundings => ({
  args: process.argv.slice(2),
  env: process.env,
  folder: process.cwd(),
  input: process.stdin,
  output: process.stdout,
  errors: process.stderr,
  terminal: isWatched(),
})

/**
 * Reads the arguments, does the work and resolves with the exit code: what `work` gives or 0, and for a failure its own code
 * or 1, with the reason on stderr. `--help` prints the help and does nothing.
 */
export async function run<const C extends CommandLine>(
  command: C,
  work: (given: Given<C>, around: Surroundings) => Promise<void> | Promise<number>,
  around: Surroundings = surroundings(),
): Promise<number> {
  try {
    const given = readArguments(command, around.args)
    if (given === undefined) {
      around.output.write(`${describeCommand(command)}\n`)
      return 0
    }
    const code = await work(given, around)
    return typeof code === 'number' ? code : 0
  } catch (error) {
    const known = error instanceof Refusal || error instanceof ConfigError || error instanceof EventError
    around.errors.write(
      `${known ? error.message : `This should not happen: ${error instanceof Error ? error.stack : error}`}\n`,
    )
    return error instanceof Refusal ? error.exitCode : 1
  }
}

/** Prints a line. */
export type Tell = (line: string) => void

/** Prints lines, without the secrets. */
export const createTell =
  (output: Writable, secrets: readonly string[] = []): Tell =>
  (line) =>
    void output.write(`${redact(line, secrets)}\n`)

/** Whether somebody is there to answer a question. */
const isWatched = (): boolean =>
  process.stdin.isTTY === true && process.stdout.isTTY === true && !process.env['CI']

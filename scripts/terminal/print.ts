/** How a command prints: results on stdout, failures on stderr, and a question before something is lost. */
import type { Writable } from 'node:stream'
import { confirm, isCancel, text } from '@clack/prompts'
import { redacting } from '../../src/core/config/secrets.ts'
import type { Surroundings } from './command.ts'
import { Refusal } from './refusal.ts'

export const print = (out: Writable, line: string): void => void out.write(`${line}\n`)
export const printJson = (out: Writable, value: unknown, secrets: readonly string[] = []): void =>
  print(out, JSON.stringify(value, redacting(secrets), 2))

/** Forgetting can post again: on a terminal the command asks first, elsewhere `--yes` is needed. A `name` must be typed. */
export async function expectYes(
  { terminal }: Pick<Surroundings, 'terminal'>,
  what: string,
  warning: string,
  name?: string,
): Promise<void> {
  if (!terminal) throw new Refusal(`Expected --yes to forget ${what} but received none. ${warning}`)
  const answer =
    name === undefined
      ? await confirm({ message: `Forget ${what}? ${warning}`, initialValue: false })
      : await text({ message: `Forget ${what}? ${warning} Type ${name} to go on.` })
  if (isCancel(answer) || answer !== (name ?? true)) throw new Refusal('Nothing was forgotten')
}

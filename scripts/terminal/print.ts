/** How a command speaks: what was done on stdout, what was not on stderr, and whether questions can be asked. */
import { confirm, isCancel, text } from '@clack/prompts'
import { redacting } from '../../src/core/config/secrets.ts'
import { isWatched } from './command.ts'
import { Refusal } from './refusal.ts'

export const print = (line: string): void => void process.stdout.write(`${line}\n`)
export const printJson = (value: unknown, secrets: readonly string[] = []): void =>
  print(JSON.stringify(value, redacting(secrets), 2))

/** Forgetting can post again: on a terminal it is asked for twice, elsewhere `--yes` says so. A `name` must be typed. */
export async function expectYes(what: string, warning: string, name?: string): Promise<void> {
  if (!isWatched()) throw new Refusal(`Expected --yes to forget ${what} but received none. ${warning}`)
  const answer =
    name === undefined
      ? await confirm({ message: `Forget ${what}? ${warning}`, initialValue: false })
      : await text({ message: `Forget ${what}? ${warning} Type ${name} to go on.` })
  if (isCancel(answer) || answer !== (name ?? true)) throw new Refusal('Nothing was forgotten')
}

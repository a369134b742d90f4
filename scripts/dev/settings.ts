/** What Levity does with the sandbox's accounts: the `LEVITY_…` variables, which a person may change while it runs. */
import { Refusal } from '../terminal/refusal.ts'

export type DevSettings = Readonly<Record<string, string>>

/** Every post at once, so that there is something to see. */
export const firstSettings: DevSettings = { LEVITY_START: 'all', LEVITY_DELAY: '0' }

/** These belong to the sandbox and cannot be changed. */
const fixed = ['LEVITY_TABLE', 'LEVITY_ROUTES']

/** Reads lines such as `NAME=VALUE`. Throws Refusal where a name cannot be set. The values are checked by `parseConfig`. */
export function readSettings(lines: readonly string[]): DevSettings {
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^\s*(LEVITY_[A-Z_]+)=(.*)$/s.exec(line) ?? []
      if (name !== undefined && value !== undefined && !fixed.includes(name)) return [name, value.trim()]
      throw new Refusal(`Expected a setting such as LEVITY_REBLOGS=all but received ${line}`)
    }),
  )
}

export const writeSettings = (settings: DevSettings): readonly string[] =>
  Object.entries(settings).map(([name, value]) => `${name}=${value}`)

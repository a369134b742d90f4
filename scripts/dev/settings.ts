/** What Levity does with the sandbox's accounts: the `LEVITY_…` variables, which a person may change while it runs. */
import { Refusal } from '../terminal/refusal.ts'

export type DevSettings = Readonly<Record<string, string>>

/** Every post there is, at once: so that there is something to see. */
export const firstSettings: DevSettings = { LEVITY_START: 'all', LEVITY_DELAY: '0' }

/** The sandbox's own. */
const fixed = ['LEVITY_TABLE', 'LEVITY_ROUTES']

/** From `NAME=VALUE`. Throws Refusal where it is none, or none that can be changed; the values are looked at elsewhere. */
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

/** The rules that keep a post from appearing twice, late or never, each with the way it is taken out. */
import type { Change } from '../../scripts/campaign/changed-source.ts'
import type { Without } from './world.ts'

type Breakage = 'double' | 'order' | 'lost' | 'torn'

export type Rule = Without & {
  readonly rule: string
  readonly breaks: readonly Breakage[]
  readonly changes?: readonly Change[]
}

const guard = 'if (clock.now() - sentAt > guardMs) {'

export const rules: readonly Rule[] = [
  {
    rule: 'noting the oldest first (L2)',
    breaks: ['order', 'lost'],
    changes: [
      {
        from: '].sort((a, b) =>\n    compareIds(a.id, b.id)',
        to: '].sort((a, b) =>\n    compareIds(b.id, a.id)',
      },
    ],
  },
  { rule: 'stopping at a claimed post (E1)', breaks: ['order'], passesOverClaimed: true },
  {
    rule: 'QUIET (E4)',
    breaks: ['double'],
    changes: [{ from: 'export const quietMs = 10 * minutes', to: 'export const quietMs = 0' }],
  },
  {
    rule: 'a new sentAt for what is sent again (E2)',
    breaks: ['double'],
    changes: [
      { from: "state: 'sending',\n  sentAt,", to: "state: 'sending',\n  sentAt: record.sentAt ?? sentAt," },
    ],
  },
  { rule: 'the guard (E3)', breaks: ['double'], changes: [{ from: guard, to: 'if (sentAt < 0) {' }] },
  {
    rule: 'holding back what others noted first (E1)',
    breaks: ['order'],
    changes: [{ from: " && known.every(({ state }) => state === 'settled')", to: '' }],
  },
  {
    rule: 'a clock that follows the wall clock (E3)',
    breaks: ['double'],
    changes: [{ from: 'at: Math.max(wall, ', to: 'at: Math.max(0, ' }],
  },
  {
    rule: 'a clock that is not set back (E3, V5)',
    breaks: ['double'],
    changes: [{ from: 'at: Math.max(wall, last.at + monotonic - last.monotonic)', to: 'at: wall' }],
  },
  { rule: 'versions, by owner alone (E2)', breaks: ['double'], condition: 'owner alone' },
  { rule: 'any condition on a write (E2)', breaks: ['double'], condition: 'nothing' },
  {
    rule: 'the freezing of a thread (E7)',
    breaks: ['torn'],
    changes: [{ from: 'if (isFrozen(record) || record.media !== undefined) return record', to: '' }],
  },
  {
    rule: 'the look-up before what is sent again',
    breaks: ['double'],
    changes: [
      {
        from: "=== 'sending') return { do: 'look up' }",
        to: "=== 'sending') return { do: 'send' }",
      },
    ],
  },
  {
    rule: 'doubt about a create call without an answer (E5)',
    breaks: ['double'],
    changes: [{ from: 'if (!isDefiniteRefusal(error)) return', to: 'if (!error) return' }],
  },
  {
    rule: 'waiting for the end of a listing (F1)',
    breaks: ['order'],
    changes: [{ from: "  if (listing?.kind === 'new') return []\n", to: '' }],
  },
]

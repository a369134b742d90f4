/** Compares this machine's clock with those of the servers. */

import { guardMs } from '../record/record.ts'
import type { Check } from '../report/report.ts'
import { describeSpan } from '../report/when.ts'

/** The `Date` header of an answer, and when this machine asked and got the answer; ms since 1970. */
export type ServerTime = { readonly there: number; readonly asked: number; readonly answered: number }

/** The header has whole seconds, rounded down: on average half a second is missing. */
const halfSecond = 500

/** How many ms this machine is ahead of a server (negative: behind), less what the time of the call leaves uncertain. */
function aheadOf({ there, asked, answered }: ServerTime): number {
  const ahead = (asked + answered) / 2 - (there + halfSecond)
  const doubt = halfSecond + (answered - asked) / 2
  return Math.sign(ahead) * Math.max(0, Math.abs(ahead) - doubt)
}

/** E3 and E4 need clocks that differ by a few seconds at most. */
export function judgeClock(
  heard: readonly (readonly [server: string, time: ServerTime | undefined])[],
): Check {
  const check = 'clock'
  const known = heard.flatMap(([server, time]) => (time ? [{ server, ahead: aheadOf(time) }] : []))
  if (known.length === 0) return { check, ok: false, says: 'it is not known: no server has sent its time' }
  const wrong = known.filter(({ ahead }) => Math.abs(ahead) >= guardMs)
  const names = known.map(({ server }) => server).join(' and ')
  if (wrong.length === 0) return { check, ok: true, says: `this machine's agrees with ${names}` }
  return {
    check,
    ok: false,
    says: `this machine's is ${wrong
      .map(({ server, ahead }) => `${describeSpan(ahead)} ${ahead > 0 ? 'ahead of' : 'behind'} ${server}`)
      .join(' and ')}`,
    todo:
      wrong.length === known.length
        ? "let this machine's clock be set by the network (NTP)"
        : 'the other server agrees with this machine, so the wrong clock is theirs: tell those who run it',
  }
}

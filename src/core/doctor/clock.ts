/** Compares this machine's clock with those of the servers. */

import { type ClockVerdict, judgeHeard } from '../clock/judge.ts'
import { aheadOf, type ServerTime } from '../clock/server-time.ts'
import { guardMs } from '../record/record.ts'
import type { Check } from '../report/report.ts'
import { describeSpan, listOf } from '../report/when.ts'

/** E3 and E4 need clocks that differ by a few seconds at most. */
export function judgeClock(
  heard: readonly (readonly [server: string, time: ServerTime | undefined])[],
): Check {
  const check = 'clock'
  const known = heard.flatMap(([server, time]) => (time ? [{ server, time, ahead: aheadOf(time) }] : []))
  if (known.length === 0) return { check, ok: false, says: 'it is not known: no server has sent its time' }
  const wrong = known.filter(({ ahead }) => Math.abs(ahead) >= guardMs)
  if (wrong.length === 0) {
    return {
      check,
      ok: true,
      says: `this machine's agrees with ${listOf(known.map(({ server }) => server))}`,
    }
  }
  const off = wrong.map(
    ({ server, ahead }) => `${describeSpan(ahead)} ${ahead > 0 ? 'ahead of' : 'behind'} ${server}`,
  )
  const byNetwork = "let this machine's clock be set by the network (NTP)"
  return {
    check,
    ok: false,
    says: `this machine's is ${listOf(off)}${effectOn(judgeHeard(known))}`,
    todo:
      wrong.length === known.length
        ? byNetwork
        : 'the other server agrees with this machine, so the wrong clock is theirs: tell those who run it',
  }
}

/** V5: what a run does about it. */
function effectOn(verdict: ClockVerdict): string {
  if (verdict.do === 'correct') return '; every run corrects it'
  return verdict.do === 'stop' ? '; that is too far to correct, so no run does anything' : ''
}

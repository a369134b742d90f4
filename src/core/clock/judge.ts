/** V5: compares this machine's clock with what the servers said, and decides what the run does about it. */
import { describeSpan, describeTime, listOf } from '../report/when.ts'
import { aheadOf, type ServerTime } from './server-time.ts'

/** What one server said last. */
export type Heard = { readonly server: string; readonly time: ServerTime }

/** Ms. Clocks that are this close agree. QUIET has room for the difference (E4). */
export const clocksAgreeMs = 2 * 60_000
/** Ms. A clock that is further off is not corrected: something is wrong that a person must see. */
const mostCorrectedMs = 24 * 60 * 60_000
/** Ms. An answer that took longer does not tell when on its way it was dated. */
const longestCallMs = 30_000

export type ClockVerdict =
  /** Nobody has told the time, or those who did disagree with each other. */
  | { readonly do: 'keep' }
  /** Another clock agrees with this machine's. */
  | { readonly do: 'trust' }
  /** One server alone disagrees: a second one must be heard. */
  | { readonly do: 'ask' }
  /** Take so many ms off (negative: add them). */
  | { readonly do: 'correct'; readonly ahead: number }
  | { readonly do: 'stop'; readonly reason: string }

/** Two servers that agree with each other decide against this machine's clock, unless another one agrees with it. */
export function judgeHeard(heard: readonly Heard[]): ClockVerdict {
  const told = heard
    .filter(({ time }) => time.answered - time.asked <= longestCallMs)
    .map(({ server, time }) => ({ server, time, ahead: aheadOf(time) }))
  if (told.some(({ ahead }) => isClose(ahead, 0))) return { do: 'trust' }
  const [first, ...others] = told
  if (first === undefined) return { do: 'keep' }
  if (others.length === 0) return { do: 'ask' }
  if (!others.every(({ ahead }) => isClose(ahead, first.ahead))) return { do: 'keep' }
  const ahead = told.reduce((sum, one) => sum + one.ahead, 0) / told.length
  if (Math.abs(ahead) <= mostCorrectedMs) return { do: 'correct', ahead }
  const { answered } = first.time
  const servers = listOf(told.map(({ server }) => server))
  return {
    do: 'stop',
    reason:
      `Expected this machine's clock to show ${describeTime(answered - ahead)}, as ${servers} say, but it shows ` +
      `${describeTime(answered)}, which is ${describeSpan(ahead)} ${ahead > 0 ? 'ahead' : 'behind'}. ` +
      "Nothing was written. Let this machine's clock be set by the network (NTP)",
  }
}

const isClose = (a: number, b: number): boolean => Math.abs(a - b) <= clocksAgreeMs

/** What time a server says it is, and how far this machine is from it. */

/** The `Date` header of an answer, and when this machine asked and got the answer; ms since 1970. */
export type ServerTime = { readonly there: number; readonly asked: number; readonly answered: number }

/** Is told the times of a server's answers. `now` is this machine's, ms since 1970. */
export type Listener = { now(): number; onTime(time: ServerTime): void }

/** `date`: the header. Undefined where it is missing or no date. */
export function readServerTime(
  date: string | null | undefined,
  asked: number,
  answered: number,
): ServerTime | undefined {
  const there = Date.parse(date ?? '')
  return Number.isNaN(there) ? undefined : { there, asked, answered }
}

/** The header has whole seconds, rounded down: on average half a second is missing. */
const halfSecond = 500

/** How many ms this machine is ahead of a server (negative: behind), less what the time of the call leaves uncertain. */
export function aheadOf({ there, asked, answered }: ServerTime): number {
  const ahead = (asked + answered) / 2 - (there + halfSecond)
  const doubt = halfSecond + (answered - asked) / 2
  return Math.sign(ahead) * Math.max(0, Math.abs(ahead) - doubt)
}

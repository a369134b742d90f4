/** The clock of one run (V5): this machine's, never set back, and corrected by what servers say. */
import type { Heard } from '../core/clock/judge.ts'
import type { Listener, ServerTime } from '../core/clock/server-time.ts'
import { nextReading } from '../core/clock/steady.ts'

export interface Clock {
  /** Ms since 1970. It is not set back, but by `correct`. */
  now(): number
  /** What each server said last. */
  heard(): readonly Heard[]
  /** Another clock agrees with this one once so many ms are taken off (negative: added). */
  correct(ahead: number): void
  /** Whether another clock agrees with this one. */
  isSure(): boolean
}

/** What the edges of one server are given, so that their answers are heard. */
export interface ListeningClock extends Clock {
  listenTo(server: string): Listener
}

/** `wall`: ms since 1970. `monotonic`: ms since some fixed moment; never set back. */
export function createClock(
  wall = (): number => Date.now(),
  monotonic = (): number => performance.now(),
): ListeningClock {
  const times = new Map<string, ServerTime>()
  let last = { at: wall(), monotonic: monotonic() }
  let ahead: number | undefined
  const now = (): number => {
    last = nextReading(last, wall(), monotonic())
    return last.at - (ahead ?? 0)
  }
  return {
    now,
    heard: () => [...times].map(([server, time]) => ({ server, time })),
    correct(more) {
      ahead = (ahead ?? 0) + more
    },
    isSure: () => ahead !== undefined,
    listenTo: (server) => ({
      now,
      onTime(time) {
        times.set(server, time)
      },
    }),
  }
}

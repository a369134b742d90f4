/** V5: a clock that is never set back while a run goes on. */

/** One reading of this machine's two clocks (ms): `at` is the time that counts, since 1970. */
export type Reading = { readonly at: number; readonly monotonic: number }

/**
 * The next reading. A wall clock that was set back does not take it back, because a `sentAt` that is too early would end QUIET
 * too early (E4). It follows the wall clock forward, because the monotonic clock of a frozen machine stands still.
 */
export const nextReading = (last: Reading, wall: number, monotonic: number): Reading => ({
  at: Math.max(wall, last.at + monotonic - last.monotonic),
  monotonic,
})

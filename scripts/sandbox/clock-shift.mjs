/**
 * Preloaded (`node --import`) into a process that is to live in the sandbox's time:
 * `Date` runs `SANDBOX_SKEW_MS` ahead. Timers and `performance.now()` stay as they are.
 */
let skew = 0

/** Sets the clock anew in a process that goes on. */
export function shiftClock(ms) {
  if (!Number.isFinite(ms)) throw new Error(`Expected milliseconds for SANDBOX_SKEW_MS but received "${ms}"`)
  skew = ms
}

const RealDate = Date
const realNow = RealDate.now.bind(RealDate)
const now = () => realNow() + skew
RealDate.now = now
globalThis.Date = new Proxy(RealDate, {
  apply: () => new RealDate(now()).toString(),
  construct: (target, values, newTarget) =>
    Reflect.construct(target, values.length === 0 ? [now()] : values, newTarget),
})
RealDate.prototype.constructor = globalThis.Date

shiftClock(Number(process.env['SANDBOX_SKEW_MS'] ?? 0))

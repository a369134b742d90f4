/**
 * Preloaded (`node --import`) into a process that is to live in the sandbox's time:
 * `Date` runs `SANDBOX_SKEW_MS` ahead. Timers and `performance.now()` stay as they are.
 */
const skew = Number(process.env['SANDBOX_SKEW_MS'] ?? 0)
if (!Number.isFinite(skew))
  throw new Error(
    `Expected milliseconds for SANDBOX_SKEW_MS but received "${process.env['SANDBOX_SKEW_MS']}"`,
  )

if (skew !== 0) {
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
}

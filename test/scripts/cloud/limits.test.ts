import { expect, test } from 'vitest'
import { checkSilence } from '../../../scripts/cloud/limits.ts'
import { Refusal } from '../../../scripts/terminal/refusal.ts'

test.each([
  ['rate(1 minute)', 1, undefined],
  ['rate(59 minutes)', 1, undefined],
  ['rate(60 minutes)', 1, 3],
  ['rate(1 hour)', 1, 3],
  ['rate(2 hours)', 3, undefined],
  ['rate(1 day)', 3, 72],
  ['rate(1 day)', 25, undefined],
  ['rate(3 days)', 24, 168],
  // Whoever writes one knows when it runs.
  ['cron(0 6 * * ? *)', 3, undefined],
])('%s and an alarm after %i hours', (schedule, hours, advised) => {
  const check = (): void => checkSilence(schedule, hours)
  if (advised === undefined) return expect(check).not.toThrow()
  expect(check).toThrow(Refusal)
  expect(check).toThrow(`--silence-hours ${advised}`)
})

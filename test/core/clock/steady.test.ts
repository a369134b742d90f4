import { expect, test } from 'vitest'
import { nextReading } from '../../../src/core/clock/steady.ts'

const last = { at: 1000, monotonic: 10 }

test.each([
  ['both go on', 1005, 15, 1005],
  ['the wall clock was set back', 400, 15, 1005],
  ['the wall clock was set ahead', 9000, 15, 9000],
  ['the machine was frozen, and its monotonic clock stood still', 9000, 10, 9000],
])('V5: %s', (_, wall, monotonic, at) => {
  expect(nextReading(last, wall, monotonic)).toEqual({ at, monotonic })
})

test('V5: what a freeze added is not taken back', () => {
  const thawed = nextReading(last, 9000, 11)
  expect(nextReading(thawed, 1010, 20).at).toBe(9009)
})

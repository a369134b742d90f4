import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareIds, idOfTime, timeOfId } from '../../../src/core/post/ids.ts'

test('an id of 18 digits is a clock, an older one is not', () => {
  expect(timeOfId('99999999999')).toBeUndefined()
  expect(timeOfId('99999999999999999')).toBeUndefined()
  expect(timeOfId('766512345678901248')).toBe(Number(766512345678901248n >> 20n) + 1e12)
})

test('F3: the id of a time is the first that could be given then', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1_546_300_800_000, max: 2_000_000_000_000 }), (ms) => {
      const id = idOfTime(ms)
      expect(timeOfId(id)).toBe(ms)
      expect(timeOfId((BigInt(id) - 1n).toString())).toBe(ms - 1)
    }),
  )
  expect(idOfTime(0)).toBe('0')
})

test('ids compare as numbers, exactly, whatever their length', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n }), fc.bigInt({ min: 0n, max: 2n ** 64n }), (a, b) => {
      expect(compareIds(String(a), String(b))).toBe(a < b ? -1 : a > b ? 1 : 0)
    }),
  )
  expect(compareIds('99999999999', '766512345678901248')).toBe(-1)
  expect(compareIds('766512345678901249', '766512345678901248')).toBe(1)
})

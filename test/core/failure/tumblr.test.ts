import { expect, test } from 'vitest'
import {
  type BlogRefusal,
  listedUserVariables,
  userVariables,
  whyRefused,
} from '../../../src/core/failure/tumblr.ts'

test.each<[status: number, code: number | undefined, why: BlogRefusal]>([
  [401, undefined, 'unknown key'],
  [401, 4012, 'unknown key'],
  [429, undefined, 'limits used up'],
  [404, 4012, 'hidden'],
  [403, 4012, 'hidden'],
  [404, 4013, 'locked'],
  [404, 0, 'missing'],
  [404, undefined, 'missing'],
  [403, undefined, 'another reason'],
])('HTTP %i with code %s: %s', (status, code, why) => {
  expect(whyRefused({ status, ...(code !== undefined && { code }) })).toBe(why)
})

test('the list names each variable', () => {
  expect(listedUserVariables.split(/, | and /)).toEqual([...userVariables])
})

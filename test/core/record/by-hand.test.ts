import { expect, test } from 'vitest'
import { isJudgedAgain } from '../../../src/core/record/by-hand.ts'
import { newRecord } from '../../../src/core/record/record.ts'
import { settled, settledByHand, skipped } from '../../../src/core/record/transitions.ts'

const record = newRecord('834496361736962050')
const waits = skipped(record, { reason: 'it is gone from Tumblr', waits: true }, 1)
const unwanted = skipped(record, { reason: 'it has no image' }, 1)

test.each([
  ['what only waited', waits, [true, true]],
  ['what was unwanted', unwanted, [false, true]],
  ['what was posted', settled(record, 'posted', 1), [false, false]],
  ['what a person has skipped', settledByHand(record, 'skipped', 1, { reason: 'no' }), [false, false]],
  ['what is open', record, [false, false]],
])('%s: judged again where Tumblr shows it unchanged, and changed', (_, one, expected) => {
  expect([false, true].map((changed) => isJudgedAgain(one, changed))).toEqual(expected)
})

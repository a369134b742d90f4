/** Histories at random, from the delays and faults that matter: around the guard, the deadline, QUIET and a claim's end. */
import fc from 'fast-check'
import { type Fault, fates } from './simulation.ts'
import type { History } from './world.ts'

const second = 1000
const minute = 60 * second

const calls = [
  'sending',
  'sending',
  'sending',
  'sending',
  'writePost',
  'writePost',
  'writePost',
  'createStatus',
  'createStatus',
  'createStatus',
  'createStatus',
  'createStatus',
  'createStatus',
  'read',
  'writeRoute',
  'fetchPage',
  'fetchPages',
  'fetchPosts',
  'fetchStatuses',
  'fetchStatus',
  'uploadMedia',
]

const run = fc.nat(4)

/** Anything, anywhere. */
const mishap: fc.Arbitrary<Fault> = fc.record({
  run,
  call: fc.constantFrom(...calls),
  nth: fc.constantFrom(0, 0, 1, 1, 2, 3),
  fate: fc.constantFrom(...fates),
  ms: fc.constantFrom(
    ...[0, 3 * second, 8 * second, 50 * second, 2.8 * minute, 6 * minute],
    ...[11 * minute, 13 * minute, 17 * minute, 25 * minute, 40 * minute],
  ),
})

/** A run that stands still for long between its word and its deed: what the guard is for. */
const standstill: fc.Arbitrary<Fault> = fc.record({
  run,
  call: fc.constant('sending'),
  nth: fc.constantFrom(0, 0, 1),
  fate: fc.constantFrom('frozen' as const, 'clock set back' as const),
  ms: fc.constantFrom(13 * minute, 25 * minute, 40 * minute, 70 * minute),
})

/** A create call that nobody answers, and that lands late or never: what QUIET is for. */
const silence: fc.Arbitrary<Fault> = fc.record({
  run,
  call: fc.constant('createStatus'),
  nth: fc.constantFrom(0, 0, 1),
  fate: fc.constantFrom('lost' as const, 'answer lost' as const),
  ms: fc.constantFrom(50 * second, 2.8 * minute),
})

const fault = fc.oneof(
  { weight: 4, arbitrary: mishap },
  { weight: 1, arbitrary: standstill },
  { weight: 1, arbitrary: silence },
)

const post = fc.record(
  {
    at: fc.constantFrom(-5 * minute, -minute, -2 * second, 5 * second, 11 * second, 2 * minute, 12 * minute),
    images: fc.constantFrom(1 as const, 2 as const),
    changedAt: fc.constantFrom(0, 3 * second, minute, 11 * minute),
  },
  { requiredKeys: ['at', 'images'] },
)

export const histories: fc.Arbitrary<History> = fc.record({
  seed: fc.nat(),
  pace: fc.constantFrom(100, 400, 2000),
  family: fc.constantFrom('fence' as const, 'bare' as const, 'twice' as const),
  pageSize: fc.constantFrom(20, 2, 1),
  posts: fc.array(post, { minLength: 1, maxLength: 4, size: 'max' }),
  starts: fc.tuple(
    fc.constantFrom(0, second),
    fc.constantFrom(0, 2 * second, 10 * second, 5 * minute, 12 * minute),
    fc.constantFrom(0, 3 * second, minute, 6 * minute, 11 * minute, 13 * minute, 24 * minute),
  ),
  budgets: fc.tuple(budget(), budget(), budget()),
  skews: fc.tuple(skew(), skew(), skew()),
  faults: fc.array(fault, { maxLength: 8, size: 'max' }),
})

function budget(): fc.Arbitrary<number> {
  return fc.constantFrom(15 * minute, 3 * minute, 5 * minute, Number.POSITIVE_INFINITY)
}
function skew(): fc.Arbitrary<number> {
  return fc.constantFrom(0, -minute, minute)
}

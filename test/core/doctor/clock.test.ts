import { expect, test } from 'vitest'
import type { ServerTime } from '../../../src/core/clock/server-time.ts'
import { judgeClock } from '../../../src/core/doctor/clock.ts'
import { now, read } from './judged.ts'

/** This machine is so many ms ahead, and the way there and back takes so long. */
const ahead = (ms: number, way = 0): ServerTime => ({
  there: Math.floor((now - ms) / 1000) * 1000,
  asked: now - way / 2,
  answered: now + way / 2,
})

test.each<[string, Parameters<typeof judgeClock>[0], RegExp]>([
  [
    'that agrees',
    [
      ['Tumblr', ahead(0)],
      ['Mastodon', ahead(-900)],
    ],
    /^✓ this machine's agrees with Tumblr and Mastodon$/,
  ],
  ['a few seconds off', [['Tumblr', ahead(4000)]], /^✓/],
  [
    'ahead',
    [
      ['Tumblr', ahead(61_000)],
      ['Mastodon', ahead(61_000)],
    ],
    /^✗ this machine's is 1 minute ahead of Tumblr and 1 minute ahead of Mastodon → let this machine's clock/,
  ],
  [
    'that runs correct',
    [
      ['Tumblr', ahead(7_200_000)],
      ['Mastodon', ahead(7_200_000)],
    ],
    /^✗ this machine's is 2 hours ahead of Tumblr and 2 hours ahead of Mastodon; every run corrects it → let this/,
  ],
  [
    'too far off for a run',
    [
      ['Tumblr', ahead(172_900_000)],
      ['Mastodon', ahead(172_900_000)],
    ],
    /ahead of Mastodon; that is too far to correct, so no run does anything → let this/,
  ],
  [
    'behind',
    [['Tumblr', ahead(-7_200_000)]],
    /^✗ this machine's is 2 hours behind Tumblr → let this machine/,
  ],
  [
    'another than one server has',
    [
      ['Tumblr', ahead(0)],
      ['Mastodon', ahead(30_000)],
    ],
    /^✗ this machine's is 29 seconds ahead of Mastodon → the other server agrees/,
  ],
  // Nobody knows when on its way the answer was dated.
  ['that a slow answer cannot judge', [['Tumblr', ahead(6000, 12_000)]], /^✓/],
  [
    'nobody has told of',
    [
      ['Tumblr', undefined],
      ['Mastodon', undefined],
    ],
    /^✗ it is not known/,
  ],
])('a clock %s', (_, heard, says) => {
  expect(read(judgeClock(heard))).toMatch(says)
})

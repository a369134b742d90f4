import { expect, test } from 'vitest'
import { type Heard, judgeHeard } from '../../../src/core/clock/judge.ts'

const now = 1_790_000_000_000
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** A server that this machine's clock is so many ms ahead of. */
const heard = (server: string, ahead: number, way = 0): Heard => ({
  server,
  time: { there: now - ahead - 500, asked: now - way / 2, answered: now + way / 2 },
})
const tumblr = (ahead: number, way?: number) => heard('Tumblr', ahead, way)
const mastodon = (ahead: number, way?: number) => heard('Mastodon', ahead, way)

test.each<[string, readonly Heard[], ReturnType<typeof judgeHeard>['do']]>([
  ['nobody', [], 'keep'],
  ['one that agrees', [tumblr(1.9 * minute)], 'trust'],
  ['one that does not', [tumblr(2.1 * minute)], 'ask'],
  ['one that does not, the other way', [tumblr(-2.1 * minute)], 'ask'],
  ['two that do not, and agree', [tumblr(hour), mastodon(hour + 1.9 * minute)], 'correct'],
  ['two that do not, and agree: behind', [tumblr(-hour), mastodon(-hour)], 'correct'],
  ['two that agree with nobody', [tumblr(hour), mastodon(hour + 2.2 * minute)], 'keep'],
  ['one that agrees and one that does not', [tumblr(400 * day), mastodon(0)], 'trust'],
  ['two that agree, and a third that does not', [tumblr(hour), mastodon(hour), heard('X', 3 * hour)], 'keep'],
  ['two that agree, and a third that agrees with us', [tumblr(hour), mastodon(hour), heard('X', 0)], 'trust'],
  ['almost a day', [tumblr(day - minute), mastodon(day - minute)], 'correct'],
  ['more than a day', [tumblr(day + minute), mastodon(day + minute)], 'stop'],
  ['more than a day behind', [tumblr(-day - minute), mastodon(-day - minute)], 'stop'],
  // Nobody knows when on its way the answer was dated.
  ['one whose answer took a minute', [tumblr(hour, minute)], 'keep'],
  ['two, one of them slow', [tumblr(hour, minute), mastodon(hour)], 'ask'],
])('V5: heard %s', (_, servers, expected) => {
  expect(judgeHeard(servers).do).toBe(expected)
})

test.each([hour, -hour])('V5: %i ms are taken off, within a second', (ms) => {
  const verdict = judgeHeard([tumblr(ms), mastodon(ms)])
  expect(verdict.do === 'correct' && Math.abs(verdict.ahead - ms)).toBeLessThanOrEqual(1000)
})

test.each<[number, RegExp]>([
  [
    366 * day,
    /^Expected this machine's clock to show 2025-09-20 \d\d:\d\d UTC, as Tumblr and Mastodon say, but it shows 2026-09-21 \d\d:\d\d UTC, which is 366 days ahead\. Nothing was written\. Let this machine's clock be set by the network \(NTP\)$/,
  ],
  [-3 * day, /show 2026-09-24 .*shows 2026-09-21 .* 3 days behind/],
])('V5: %i ms stop the run, and it says what to do', (ms, says) => {
  const verdict = judgeHeard([tumblr(ms), mastodon(ms)])
  expect(verdict.do === 'stop' && verdict.reason).toMatch(says)
})

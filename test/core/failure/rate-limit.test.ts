import { expect, test } from 'vitest'
import {
  keyLimits,
  mastodonLimitEnd,
  type ReadHeader,
  retryAfter,
  tumblrLimitEnd,
} from '../../../src/core/failure/rate-limit.ts'

const now = Date.UTC(2026, 0, 1, 12)
type Headers = Readonly<Record<string, string>>
const reading =
  (headers: Headers): ReadHeader =>
  (name) =>
    headers[name]
const secondsOf = (end: number | undefined): number | undefined => end && (end - now) / 1000

test.each<[text: string, seconds: number | undefined]>([
  ['90', 90],
  ['0.5', 0.5],
  ['90000', 90_000],
  ['90001', undefined],
  ['999999999', undefined],
  ['1e999', undefined],
  ['0', 0],
  ['-5', undefined],
  ['', undefined],
  ['soon', undefined],
  ['Thu, 01 Jan 2026 12:01:00 GMT', undefined],
])('Retry-After in seconds: %j', (text, seconds) => {
  expect(secondsOf(retryAfter(reading({ 'retry-after': text }), now))).toBe(seconds)
})

test.each<[headers: Headers, seconds: number | undefined]>([
  [{}, undefined],
  [{ 'x-ratelimit-reset': '2026-01-01T12:30:00.000000Z' }, 1800],
  [{ 'x-ratelimit-reset': '300' }, 300],
  [{ 'x-ratelimit-reset': String(now / 1000 + 60) }, 60],
  [{ 'retry-after': '30' }, 30],
  [{ 'retry-after': 'Thu, 01 Jan 2026 12:01:00 GMT' }, 60],
  [{ 'retry-after': '30', 'x-ratelimit-reset': '300' }, 30],
  [{ 'retry-after': 'later', 'x-ratelimit-reset': '300' }, 300],
  [{ 'x-ratelimit-reset': '2026-01-02T13:00:00Z' }, 90_000],
  [{ 'x-ratelimit-reset': '2026-01-02T13:00:01Z' }, undefined],
  [{ 'x-ratelimit-reset': '2025-12-31T00:00:00Z' }, undefined],
  [{ 'x-ratelimit-reset': 'soon', 'retry-after': 'later' }, undefined],
])("a limit of Mastodon's: %j", (headers, seconds) => {
  expect(secondsOf(mastodonLimitEnd(reading(headers), now))).toBe(seconds)
})

const key = (per: string, left: string, reset: string, most = '1000'): Headers => ({
  [`x-ratelimit-per${per}-limit`]: most,
  [`x-ratelimit-per${per}-remaining`]: left,
  [`x-ratelimit-per${per}-reset`]: reset,
})

test.each<[headers: Headers, seconds: number | undefined]>([
  [{}, undefined],
  [{ ...key('hour', '0', '2132'), ...key('day', '800', '84932') }, 2132],
  [{ ...key('hour', '0', '2132'), ...key('day', '0', '84932') }, 84_932],
  [{ ...key('hour', '900', '2132'), ...key('day', '800', '84932') }, undefined],
  [key('hour', '-1', '60'), 60],
  [key('hour', '0', '60', 'many'), 60],
  [key('hour', '', '60'), undefined],
  [key('hour', '0', '-5'), undefined],
  [key('hour', '0', 'soon'), undefined],
  [key('hour', '0', '99999999'), undefined],
  [{ 'retry-after': '30', ...key('hour', '0', '2132') }, 30],
])("a limit of Tumblr's: %j", (headers, seconds) => {
  expect(secondsOf(tumblrLimitEnd(reading(headers), now))).toBe(seconds)
})

test('what is left of a key', () => {
  const headers = { ...key('hour', '900', '2132'), ...key('day', '0', '-5', '5000') }
  expect(keyLimits(reading(headers), now)).toEqual([
    { per: 'hour', most: 1000, left: 900, resetAt: now + 2_132_000 },
    { per: 'day', most: 5000, left: 0 },
  ])
})

test.each([{}, key('hour', '-1', '60'), key('hour', '5', '60', '0'), key('hour', '', '60')])(
  'a limit that says nothing: %j',
  (headers) => {
    expect(keyLimits(reading(headers), now)).toEqual([])
  },
)

import * as v from 'valibot'
import { expect, test } from 'vitest'
import { RouteRecordSchema, type Trouble, troubleAfter } from '../../../src/core/record/route.ts'
import { defaultLimits } from '../../../src/core/server/limits.ts'

const now = 1_790_000_000_000
const minutes = 60_000
const outage = { blame: 'outside', reason: 'no answer' } as const

const before = (tries: number): Trouble => ({ ...outage, tries, since: 5, retryAt: 6 })
const waits: readonly (readonly [string, Trouble | undefined, number])[] = [
  ['the first', undefined, 10],
  ['the second', before(1), 20],
  ['the third', before(2), 40],
  ['the fourth', before(3), 60],
  ['the hundredth', before(99), 60],
]
test.each(waits)('after %s failure the route rests: %o, %i minutes', (_, trouble, wait) => {
  expect(troubleAfter(trouble, outage, now)).toEqual({
    ...outage,
    tries: (trouble?.tries ?? 0) + 1,
    since: trouble?.since ?? now,
    retryAt: now + wait * minutes,
  })
})

test('E5: a rate limit says its own end', () => {
  expect(troubleAfter(before(3), { ...outage, retryAt: now + 1 }, now).retryAt).toBe(now + 1)
})

test('the newest trouble is the one that is told', () => {
  expect(troubleAfter(before(1), { blame: 'route', reason: 'token' }, now)).toMatchObject({
    blame: 'route',
    reason: 'token',
    since: 5,
  })
})

test.each([
  ['mastodon', 'mastodon'],
  ['hollo', 'hollo'],
  ['other', 'other'],
  ['a family of tomorrow', 'other'],
])('a server that was noted as %s is read as %s', (noted, software) => {
  const server = {
    digest: '',
    account: { id: '1', name: 'moss', url: 'https://social.example/@moss' },
    limits: { ...defaultLimits, software: noted },
    checkedAt: now,
  }
  const route = { version: 1, blog: { name: 'moss' }, start: '1', startAs: 'now', mark: 0, page: [], server }
  expect(v.parse(RouteRecordSchema, route).server?.limits).toEqual({ ...defaultLimits, software })
})

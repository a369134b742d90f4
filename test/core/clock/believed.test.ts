import { expect, test } from 'vitest'
import {
  believed,
  believedRecord,
  believedRoute,
  type Present,
  type StoredTime,
} from '../../../src/core/clock/believed.ts'
import { idOfTime } from '../../../src/core/post/ids.ts'
import { newRecord } from '../../../src/core/record/record.ts'
import type { RouteRecord } from '../../../src/core/record/route.ts'

const now = 1_790_000_000_000
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const clocks = 2 * minute
const present: Present = { now, sure: true, delayMs: 5 * minute }
const slow: Present = { ...present, delayMs: 30 * day }
const unsure: Present = { ...present, sure: false }

/** How far ahead a run can write it, what counts instead, and whether only a sure clock may say so. */
const bounds: readonly (readonly [StoredTime, Present, number, number, 'any clock' | 'a sure clock'])[] = [
  ['retryAt', present, 25 * hour, now, 'any clock'],
  ['claimUntil', present, 15 * minute, now, 'any clock'],
  ['notBefore', present, 4 * hour, now, 'any clock'],
  ['notBefore', slow, 30 * day, now, 'any clock'],
  ['troubleSince', present, 0, now, 'any clock'],
  ['sentAt', present, 0, now, 'a sure clock'],
  ['missingSince', present, 0, now, 'a sure clock'],
  ['failingSince', present, 0, now, 'a sure clock'],
  ['checkedAt', present, 0, 0, 'any clock'],
  ['deeperAt', present, 0, 0, 'any clock'],
  ['uploadedAt', present, 0, now - 30 * day, 'any clock'],
  ['mark', present, 0, now - day, 'any clock'],
  ['start', present, 0, now - day, 'a sure clock'],
]

test.each(bounds)(
  'V5: %s is believed as far ahead as it can lie, and no further',
  (which, at, ahead, instead, by) => {
    for (const ms of [-400 * day, 0, ahead, ahead + clocks])
      expect(believed(which, now + ms, at)).toBe(now + ms)
    for (const ms of [ahead + clocks + 1, 365 * day]) {
      expect(believed(which, now + ms, at)).toBe(instead)
      expect(believed(which, now + ms, { ...at, sure: false })).toBe(by === 'any clock' ? instead : now + ms)
    }
  },
)

const wrong = now + 365 * day
const id = idOfTime(now - hour)
const record = newRecord(id, {
  claim: { owner: 'other', until: wrong },
  notBefore: wrong,
  sentAt: wrong,
  missing: { what: 'status', since: wrong },
  failing: { since: wrong, tries: 1, door: 'creates', reason: 'x' },
  media: { ids: ['1'], uploadedAt: wrong },
})

test('V5: a record keeps every time that is believed, and no other', () => {
  expect(believedRecord(record, present)).toEqual({
    ...record,
    claim: { owner: 'other', until: now },
    notBefore: now,
    sentAt: now,
    missing: { what: 'status', since: now },
    failing: { since: now, tries: 1, door: 'creates', reason: 'x' },
    media: { ids: ['1'], uploadedAt: now - hour },
  })
  expect(believedRecord(record, { ...unsure, now: wrong })).toEqual(record)
  const plain = newRecord(id)
  expect(believedRecord(plain, present)).toEqual(plain)
})

test('V5: media of a post from before 2019 were uploaded at some time in the last thirty days', () => {
  expect(believedRecord({ ...record, id: '12345678' }, present).media?.uploadedAt).toBe(now - 30 * day)
})

const route: RouteRecord = {
  version: 1,
  blog: { name: 'moss' },
  start: idOfTime(wrong),
  startAs: 'now',
  mark: wrong / 1000,
  page: [],
  deeperAt: wrong,
  listing: { kind: 'new', top: wrong / 1000, before: 5, until: wrong / 1000 },
  trouble: { blame: 'outside', reason: 'x', tries: 1, since: wrong, retryAt: wrong },
}

test('V5: a route keeps every time that is believed, and no other', () => {
  const yesterday = now - day
  expect(believedRoute(route, present)).toEqual({
    ...route,
    start: idOfTime(yesterday),
    mark: yesterday / 1000,
    deeperAt: 0,
    listing: { ...route.listing, until: yesterday / 1000 },
    trouble: { ...route.trouble, since: now },
  })
  expect(believedRoute(route, { ...present, now: wrong })).toEqual(route)
})

test('V5: a start that is an id of a post is right, however far ahead it seems', () => {
  const start = (BigInt(idOfTime(wrong)) + 77n).toString()
  expect(believedRoute({ ...route, start }, present).start).toBe(start)
})

test('V5: in place of a mark that is ahead, the newest post that is known counts', () => {
  const page = [now - 3 * hour, now - 2 * hour, wrong].map((at) => ({ id: idOfTime(at), digest: '' }))
  expect(believedRoute({ ...route, page: [...page, { id: '123', digest: '' }] }, present).mark).toBe(
    (now - 2 * hour) / 1000,
  )
})

test('V5: the end that an owner has set to an archive is theirs, even if it is ahead', () => {
  const listing = { kind: 'archive', top: 5, before: 5, until: wrong / 1000 } as const
  expect(believedRoute({ ...route, listing }, present).listing).toEqual(listing)
})

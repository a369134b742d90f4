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
  ['since', present, 0, now, 'a sure clock'],
  ['doneAt', present, 0, 0, 'any clock'],
  ['madeAt', present, 0, now - 30 * day, 'any clock'],
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
  composedAt: wrong,
  sentAt: wrong,
  firstSentAt: wrong,
  missing: { what: 'status', since: wrong },
  failing: { since: wrong, tries: 1, door: 'creates', reason: 'x' },
  media: { ids: ['1'], uploadedAt: wrong },
  mending: { ids: ['2'], uploadedAt: wrong },
})

test('V5: a record keeps every time that is believed, and no other', () => {
  expect(believedRecord(record, present)).toEqual({
    ...record,
    claim: { owner: 'other', until: now },
    notBefore: now,
    composedAt: 0,
    sentAt: now,
    firstSentAt: now - hour,
    missing: { what: 'status', since: now },
    failing: { since: now, tries: 1, door: 'creates', reason: 'x' },
    media: { ids: ['1'], uploadedAt: now - hour },
    mending: { ids: ['2'], uploadedAt: now - hour },
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
  page: [{ id: '1', digest: '', missingSince: wrong, failingSince: wrong }],
  short: { gap: 1, since: wrong },
  deeperAt: wrong,
  listing: {
    ...{ kind: 'new', top: wrong / 1000, before: 5, until: wrong / 1000, endedAt: wrong },
    rest: { since: wrong, tries: 1, until: wrong, reason: 'x' },
  },
  trouble: { blame: 'outside', reason: 'x', tries: 1, since: wrong, retryAt: wrong },
}

test('V5: a route keeps every time that is believed, and no other', () => {
  const yesterday = now - day
  expect(believedRoute(route, present)).toEqual({
    ...route,
    start: idOfTime(yesterday),
    mark: yesterday / 1000,
    page: [{ id: '1', digest: '', missingSince: now, failingSince: now }],
    short: { gap: 1, since: now },
    deeperAt: 0,
    listing: {
      ...{ kind: 'new', top: wrong / 1000, before: 5, until: yesterday / 1000, endedAt: now },
      rest: { since: now, tries: 1, until: now, reason: 'x' },
    },
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

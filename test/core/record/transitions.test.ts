import { expect, test } from 'vitest'
import { claimMs, newRecord, type PostRecord } from '../../../src/core/record/record.ts'
import {
  claimed,
  parked,
  released,
  resumed,
  settled,
  uncounted,
} from '../../../src/core/record/transitions.ts'

const now = 1_790_000_000_000
const thread: PostRecord['thread'] = [
  {
    text: 'moss',
    sensitive: false,
    visibility: 'public',
    images: [{ variants: [{ url: 'https://64.media.tumblr.com/a.jpg' }] }],
  },
]
const status = { id: '1', url: 'https://x.example/1', mediaIds: ['m1'] }
const full: PostRecord = newRecord('7', {
  version: 4,
  state: 'claimed',
  archive: true,
  attempts: 2,
  notBefore: now,
  claim: { owner: 'me', until: now },
  thread,
  seed: 's',
  generation: 3,
  media: { ids: ['m1'], uploadedAt: now },
  reason: 'why',
})

test.each([
  ['queued', 'claimed'],
  ['claimed', 'claimed'],
  ['sending', 'sending'],
  ['created', 'created'],
] as const)('E1: a claim on a %s post leaves it %s', (state, after) => {
  expect(claimed({ ...full, state }, 'you', now, 1).state).toBe(after)
})

test.each([
  ['another run', 'you', 3],
  ['the same run again', 'me', 2],
] as const)('E1: a claim by %s counts so many attempts', (_, owner, attempts) => {
  expect(claimed(full, owner, now, 1)).toMatchObject({ attempts, notBefore: undefined, claim: { owner } })
})

test.each([
  [60_000, 61_000],
  [Number.POSITIVE_INFINITY, claimMs],
])('E1: a claim with %i ms left lasts %i ms', (left, lasts) => {
  expect(claimed(full, 'me', now, left).claim?.until).toBe(now + lasts)
})

test('what is settled keeps its key, its version, its statuses and its outcome, and nothing else', () => {
  const done = settled({ ...full, statuses: [status], sentAt: 1 }, 'posted', now, 'why')
  expect(JSON.parse(JSON.stringify(done))).toEqual({
    id: '7',
    copy: 1,
    version: 4,
    archive: true,
    attempts: 2,
    generation: 3,
    statuses: [status],
    state: 'settled',
    outcome: 'posted',
    reason: 'why',
    settledAt: now,
  })
})

const begun: readonly (readonly [string, Partial<PostRecord>])[] = [
  ['being sent', { state: 'sending', sentAt: now }],
  ['created', { state: 'created', statuses: [status] }],
  ['half out', { statuses: [status] }],
  ['sent once, refused since', { sentAt: now }],
]
test.each(begun)('E7: a thread %s stays frozen when it is given back or parked', (_, fields) => {
  const record = { ...full, ...fields }
  for (const after of [released(record), parked(record, 'x')]) {
    expect(after).toMatchObject({ thread, media: full.media, seed: 's', claim: undefined })
  }
})

test('E7: a thread of which nothing was sent is composed anew by the next try', () => {
  for (const after of [released(full), parked(full, 'x')]) {
    expect(after).toMatchObject({ thread: undefined, media: undefined, seed: undefined })
  }
})

test.each([
  ['claimed', 'queued'],
  ['sending', 'sending'],
  ['created', 'created'],
] as const)('L5: a post that is %s is given back, parked and resumed as %s', (state, rest) => {
  const record: PostRecord = { ...full, state, sentAt: now, unseenAt: now }
  expect(released(record).state).toBe(rest)
  const aside = parked(record, 'five times')
  expect(aside).toMatchObject({ state: 'parked', parkedFrom: rest, claim: undefined, reason: 'five times' })
  expect(resumed(aside)).toMatchObject({
    state: rest,
    thread,
    parkedFrom: undefined,
    attempts: 0,
    notBefore: undefined,
    unseenAt: undefined,
    reason: undefined,
  })
})

test.each([
  [2, 1],
  [0, 0],
])('an attempt that was no fault of the post is not counted: %i become %i', (attempts, left) => {
  expect(uncounted({ ...full, attempts }).attempts).toBe(left)
})

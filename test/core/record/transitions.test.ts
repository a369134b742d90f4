import { expect, test } from 'vitest'
import { claimMs, mediaLifeMs, newRecord, type PostRecord } from '../../../src/core/record/record.ts'
import {
  beforeLastStatus,
  claimed,
  composed,
  created,
  dueNow,
  mended,
  mending,
  missed,
  neverSent,
  parked,
  postponed,
  refitted,
  refused,
  released,
  reopened,
  resumed,
  seenWhole,
  sending,
  settled,
  skipped,
  toComposeAnew,
  toSendAgain,
  toUploadAnew,
  uncounted,
  uploaded,
} from '../../../src/core/record/transitions.ts'

const now = 1_790_000_000_000
const later = now + 1000
const thread: NonNullable<PostRecord['thread']> = [
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
  const record = { ...full, media: undefined, ...fields }
  for (const after of [released(record), parked(record, 'x')]) {
    expect(after).toMatchObject({ thread, media: undefined, seed: 's', claim: undefined })
  }
})

test('E7: a thread of which nothing was uploaded or sent is composed anew by the next try', () => {
  const record = { ...full, media: undefined, composedAt: now }
  for (const after of [released(record), parked(record, 'x')]) {
    expect(after).toMatchObject({
      thread: undefined,
      composedAt: undefined,
      media: undefined,
      seed: undefined,
    })
  }
})

test('V4: uploads are kept with their thread when it is given back or parked', () => {
  const record = { ...full, composedAt: now }
  for (const after of [released(record), parked(record, 'x')]) {
    expect(after).toMatchObject({ thread, composedAt: now, media: full.media, seed: 's', claim: undefined })
  }
})

const imagesOf = (...names: readonly string[]): NonNullable<PostRecord['thread']> => {
  const [first = '', ...others] = names
  const image = (name: string) =>
    ({
      variants: [{ url: `https://64.media.tumblr.com/${name[0]}` }],
      ...(name.length > 1 && { altText: name.slice(1) }),
    }) as const
  return [{ ...thread[0], images: [image(first), ...others.map(image)] }]
}
test.each([
  ['the same images', ['a!', 'b', 'c'], ['m1', 'm2']],
  ['another second image', ['a!', 'x', 'c'], ['m1']],
  ['another alt text of the first', ['a?', 'b', 'c'], undefined],
  ['no alt text any more', ['a', 'b', 'c'], undefined],
  ['fewer images', ['a!'], ['m1']],
  ['an image before them', ['x', 'a!', 'b'], undefined],
])('V4: a thread that is composed anew with %s keeps the uploads that fit', (_, names, ids) => {
  const record = { ...full, thread: imagesOf('a!', 'b', 'c'), media: { ids: ['m1', 'm2'], uploadedAt: now } }
  const after = composed(record, imagesOf(...names), 'me', later)
  expect(after.media).toEqual(ids && { ids, uploadedAt: now })
  expect(after).toMatchObject({ composedAt: later, seed: 'me' })
  expect(composed(record, imagesOf(...names), 'me', now + mediaLifeMs).media).toBeUndefined()
})

test.each([
  ['claimed', 'queued'],
  ['sending', 'sending'],
  ['created', 'created'],
] as const)('L5: a post that is %s is given back, parked and resumed as %s', (state, rest) => {
  const record: PostRecord = { ...full, state, sentAt: now, missing: { what: 'status', since: now } }
  expect(released(record).state).toBe(rest)
  const aside = parked(record, 'five times')
  expect(aside).toMatchObject({ state: 'parked', parkedFrom: rest, claim: undefined, reason: 'five times' })
  expect(resumed(aside)).toMatchObject({
    state: rest,
    thread,
    parkedFrom: undefined,
    attempts: 0,
    notBefore: undefined,
    missing: undefined,
    failing: undefined,
    reason: undefined,
  })
})

test.each([
  [2, 1],
  [0, 0],
])('an attempt that was no fault of the post is not counted: %i become %i', (attempts, left) => {
  expect(uncounted({ ...full, attempts }).attempts).toBe(left)
})

const media: PostRecord['media'] = { ids: ['m1'], uploadedAt: now }
const reply: NonNullable<PostRecord['thread']> = [thread[0], { ...thread[0], text: '2/2' }]
const sent: PostRecord = { ...full, state: 'sending', sentAt: now, firstSentAt: now }

// What each changes, and by leaving the rest out, what it leaves as it is.
test.each<[string, PostRecord, PostRecord, Partial<PostRecord>]>([
  [
    'is composed',
    { ...full, thread: undefined, seed: undefined },
    composed({ ...full, thread: undefined, seed: undefined }, thread, 'me', now),
    { thread, composedAt: now, seed: 'me', media: undefined },
  ],
  [
    'has its first image uploaded',
    { ...full, media: undefined },
    uploaded({ ...full, media: undefined }, 'm1', now),
    { media },
  ],
  [
    'has another one uploaded: the age is that of the first (V4)',
    full,
    uploaded(full, 'm2', later),
    { media: { ids: ['m1', 'm2'], uploadedAt: now } },
  ],
  [
    'has uploads to mend its last status (V4)',
    sent,
    mending(sent, { ...sent, media: { ids: ['m7'], uploadedAt: later } }),
    { mending: { ids: ['m7'], uploadedAt: later } },
  ],
  [
    'is about to be sent (E3)',
    full,
    sending(full, later),
    { state: 'sending', sentAt: later, firstSentAt: later },
  ],
  ['is about to be sent again, with a new time (E4)', sent, sending(sent, later), { sentAt: later }],
  ['was not sent in time (E3)', sent, neverSent(sent), { state: 'claimed' }],
  ['is refused (E5)', sent, refused(sent), { state: 'claimed', generation: 4 }],
  ['is sent again (E4)', sent, toSendAgain(sent), { state: 'claimed' }],
  [
    'has lost its images (E4)',
    sent,
    toUploadAnew(sent),
    { state: 'claimed', media: undefined, generation: 4 },
  ],
  [
    'is composed anew',
    sent,
    toComposeAnew(sent),
    { thread: undefined, media: undefined, sentAt: undefined, firstSentAt: undefined },
  ],
  [
    'has a status (E6)',
    { ...sent, statuses: [status] },
    created({ ...sent, statuses: [status] }, { ...status, id: '2' }),
    { state: 'created', statuses: [status, { ...status, id: '2' }] },
  ],
  [
    'is looked for once more (E6)',
    { ...sent, state: 'created', statuses: [status] },
    beforeLastStatus({ ...sent, state: 'created', statuses: [status] }),
    { state: 'sending', statuses: [] },
  ],
  ['is not shown (V1)', full, missed(full, 'status', later), { missing: { what: 'status', since: later } }],
  [
    'is not shown again: the first time counts (V1)',
    { ...full, missing: { what: 'status', since: now } },
    missed({ ...full, missing: { what: 'status', since: now } }, 'status', later),
    {},
  ],
  [
    'misses something else: that time counts (V1)',
    { ...full, missing: { what: 'status', since: now } },
    missed({ ...full, missing: { what: 'status', since: now } }, 'thread', later),
    { missing: { what: 'thread', since: later } },
  ],
  [
    'is divided anew (V3)',
    { ...full, media: { ids: ['m1'], uploadedAt: now } },
    refitted({ ...full, media: { ids: ['m1'], uploadedAt: now } }, [thread[0], thread[0]]),
    { thread: [thread[0], thread[0]], media: undefined },
  ],
  ['is named by a person (L5)', full, dueNow(full), { notBefore: undefined }],
])('a post that %s', (_, before, after, changes) => {
  expect(after).toEqual({ ...before, ...changes })
})

test.each([
  [0, thread, ['moss mended']],
  [0, reply, ['moss mended', '2/2']],
  [1, reply, ['moss', 'moss mended']],
])('E5: of a thread only the draft at hand is mended: part %i', (out, drafts, texts) => {
  const record = { ...full, thread: drafts, statuses: Array.from({ length: out }, () => status) }
  const after = mended(record, 'moss mended')
  expect(after.thread?.map(({ text }) => text)).toEqual(texts)
  expect(after.thread?.map(({ images }) => images)).toEqual(drafts.map(({ images }) => images))
})

test('E6: a part seen whole leads to the next, with fresh keys and images', () => {
  const record: PostRecord = {
    ...sent,
    ...{
      state: 'created',
      thread: reply,
      statuses: [status],
      missing: { what: 'status', since: now },
      failing: { since: now, tries: 1, door: 'statuses', reason: 'no answer' },
      media,
      mending: media,
    },
  }
  expect(seenWhole(record, { ...status, id: '2' }, now)).toEqual({
    ...record,
    state: 'claimed',
    statuses: [{ ...status, id: '2' }],
    media: undefined,
    firstSentAt: undefined,
    missing: undefined,
    failing: undefined,
    mending: undefined,
    generation: 1,
  })
})

test('V4: the uploads for the next part are kept when a part was seen whole', () => {
  const both = { ids: ['m1', 'm2'], uploadedAt: now }
  const record: PostRecord = { ...sent, state: 'created', thread: reply, statuses: [status], media: both }
  expect(seenWhole(record, status, later).media).toEqual({ ids: ['m2'], uploadedAt: now })
})

test('E6: the last part seen whole settles the post', () => {
  const after = seenWhole({ ...sent, state: 'created', statuses: [status] }, status, later)
  expect(after).toMatchObject({ state: 'settled', outcome: 'posted', settledAt: later, generation: 1 })
})

test.each([undefined, true] as const)(
  'L2: a post that is skipped keeps why, and whether it waits: %s',
  (waits) => {
    const after = skipped(full, { reason: 'no image', ...(waits && { waits }) }, now)
    expect(after).toEqual({ ...settled(full, 'skipped', now, 'no image'), waits })
  },
)

test('a post that waits is given back', () => {
  expect(postponed(full, later, 'not yet')).toEqual({
    ...released(full),
    notBefore: later,
    reason: 'not yet',
  })
})

test('a settled post that is wanted after all begins anew, on top of what is stored', () => {
  const after = reopened(settled({ ...full, copy: 2 }, 'skipped', now, 'no image'))
  expect(after).toEqual(newRecord('7', { copy: 2, version: 4, archive: true }))
})

test('V1: a part that has a status was not missed yet', () => {
  const doubted = missed({ ...full, state: 'sending' }, 'status', now)
  expect(created(doubted, status).missing).toBeUndefined()
})

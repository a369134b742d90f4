import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { believedAfterMs } from '../../../src/core/failure/absence.ts'
import {
  type AfterLookUp,
  compareWithPart,
  judgeLookUp,
  type Likeness,
  type LookUp,
  searchedSince,
} from '../../../src/core/record/look-up.ts'
import {
  backOffMs,
  claimMs,
  guardMs,
  idempotencyKey,
  maxAttempts,
  mediaLifeMs,
  newRecord,
  nextStep,
  type PostRecord,
  quietMs,
  type Step,
} from '../../../src/core/record/record.ts'
import {
  claimed,
  missed,
  parked,
  postponed,
  released,
  settled,
  toSendAgain,
  uncounted,
  uploaded,
} from '../../../src/core/record/transitions.ts'
import type { StatusDraft } from '../../../src/core/status/status.ts'

const now = 1_790_000_000_000
const hour = 3_600_000
/** Two clocks, both of which are taken to be right. */
const clocksApart = 2 * 60_000
const me = 'me'
const draft = (text = 'moss https://moss.tumblr.com/post/766512345678901248'): StatusDraft => ({
  text,
  sensitive: false,
  visibility: 'public',
  images: [{ variants: [{ url: 'https://64.media.tumblr.com/a.jpg' }] }],
})
const [image] = draft().images
const ofThreeImages: StatusDraft = { ...draft(), images: [image, image, image] }
const id = '766512345678901248'
const mine = { owner: me, until: now + 1 }
const theirs = { owner: 'another', until: now + 1 }
const media = { ids: ['m1', 'm2'], uploadedAt: now }
const status = (name: string) => ({ id: name, url: `https://x.example/${name}`, mediaIds: [] })
const record = (fields: Partial<PostRecord>): PostRecord => newRecord(id, { version: 3, ...fields })

const steps: readonly (readonly [rule: string, fields: Partial<PostRecord>, step: Partial<Step>])[] = [
  ['a settled post has no next step', { state: 'settled', claim: mine }, { do: 'nothing' }],
  ['a parked post waits for a person', { state: 'parked', claim: mine }, { do: 'nothing' }],
  ['E1: a new post is claimed', {}, { do: 'claim' }],
  ['E1: another run has it', { state: 'claimed', claim: theirs }, { do: 'leave', until: now + 1 }],
  [
    'E1: another run has it, whatever was tried before',
    { state: 'sending', claim: theirs, attempts: maxAttempts },
    { do: 'leave' },
  ],
  [
    "E1: another run's claim has ended",
    { state: 'claimed', claim: { ...theirs, until: now } },
    { do: 'claim' },
  ],
  [
    'a run that outlived its claim claims again',
    { state: 'sending', claim: { ...mine, until: now } },
    { do: 'claim' },
  ],
  ['it is not due', { notBefore: now + 1 }, { do: 'leave', until: now + 1 }],
  ['it is due', { notBefore: now }, { do: 'claim' }],
  ['five failures park it', { attempts: maxAttempts, reason: 'dead' }, { do: 'park', reason: 'dead' }],
  ['four do not', { attempts: maxAttempts - 1, reason: 'dead' }, { do: 'claim' }],
  ['five deaths park it, due or not', { attempts: maxAttempts, notBefore: now + 1 }, { do: 'park' }],
  [
    'five attempts, the last of them this one',
    { state: 'claimed', claim: mine, attempts: maxAttempts },
    { do: 'compose' },
  ],
  ['a claimed post is composed', { state: 'claimed', claim: mine }, { do: 'compose' }],
  [
    'E7: a composed one is not composed again',
    { state: 'claimed', claim: mine, thread: [draft()] },
    { do: 'upload' },
  ],
  [
    'V4: some of its images are up',
    { state: 'claimed', claim: mine, thread: [ofThreeImages], media },
    { do: 'upload' },
  ],
  [
    'V4: the images of its next part are not up, and nothing is out',
    { state: 'claimed', claim: mine, thread: [draft(), ofThreeImages], media },
    { do: 'upload' },
  ],
  [
    'V4: all images of the thread are up',
    { state: 'claimed', claim: mine, thread: [draft(), draft('2/2')], media },
    { do: 'send' },
  ],
  [
    'V4: only the images of the part at hand are up, and the part before is out',
    {
      ...{ state: 'claimed', claim: mine, media: { ...media, ids: ['m1'] } },
      ...{ thread: [draft(), draft('2/3'), ofThreeImages], statuses: [status('1')] },
    },
    { do: 'send' },
  ],
  [
    'V4: it was composed an hour ago, and nothing was sent',
    { state: 'claimed', claim: mine, thread: [draft()], composedAt: now - hour, media },
    { do: 'send' },
  ],
  [
    'V4: it was composed longer ago, and nothing was sent',
    { state: 'claimed', claim: mine, thread: [draft()], composedAt: now - hour - 1, media },
    { do: 'compose' },
  ],
  [
    'E7: it was composed longer ago, and something was sent',
    { state: 'claimed', claim: mine, thread: [draft()], composedAt: now - hour - 1, media, sentAt: now },
    { do: 'send' },
  ],
  ['its images are up', { state: 'claimed', claim: mine, thread: [draft()], media }, { do: 'send' }],
  [
    'its images are nearly a day old',
    {
      state: 'claimed',
      claim: mine,
      thread: [draft()],
      media: { ...media, uploadedAt: now - mediaLifeMs + hour - 1 },
    },
    { do: 'upload' },
  ],
  [
    'its images are an hour from that',
    {
      state: 'claimed',
      claim: mine,
      thread: [draft()],
      media: { ...media, uploadedAt: now - mediaLifeMs + hour },
    },
    { do: 'send' },
  ],
  [
    'E2: what may have been sent is looked up, never sent',
    { state: 'sending', claim: mine, thread: [draft()], media, sentAt: now },
    { do: 'look up' },
  ],
  [
    'E6: what was created is seen before anything else',
    { state: 'created', claim: mine, thread: [draft(), draft()], media, statuses: [status('1')] },
    { do: 'verify' },
  ],
  [
    'the next part is uploaded',
    { state: 'claimed', claim: mine, thread: [draft(), draft()], statuses: [status('1')] },
    { do: 'upload' },
  ],
  [
    'all parts are out',
    { state: 'claimed', claim: mine, thread: [draft()], statuses: [status('1')] },
    { do: 'settle' },
  ],
]
test.each(steps)('nextStep: %s', (_, fields, step) => {
  expect(nextStep(record(fields), now, me)).toMatchObject(step)
})

const sent = (age: number, uploadAge = age): PostRecord =>
  record({ state: 'sending', sentAt: now - age, media: { ids: ['m1'], uploadedAt: now - uploadAge } })
const looks: readonly (readonly [
  rule: string,
  age: number | readonly [sent: number, uploaded: number],
  look: LookUp,
  hidesAttachedMedia: boolean,
  after: AfterLookUp,
])[] = [
  ['found at once is found', 0, { found: 'ours', media: 'unknown' }, true, 'keep'],
  ['found after days is found', 72 * hour, { found: 'ours', media: 'gone' }, true, 'keep'],
  [
    'E4: not found within QUIET is not believed',
    quietMs - 1,
    { found: 'nothing', media: 'gone' },
    true,
    'wait',
  ],
  [
    'E4: nor where its media are there still',
    quietMs - 1,
    { found: 'nothing', media: 'there' },
    false,
    'wait',
  ],
  ['its media are there: it never landed', quietMs, { found: 'nothing', media: 'there' }, true, 'send again'],
  [
    'its media outlived their day',
    [quietMs, mediaLifeMs + 1],
    { found: 'nothing', media: 'gone' },
    true,
    'upload anew',
  ],
  [
    'even where nobody says so',
    [quietMs, mediaLifeMs + 1],
    { found: 'nothing', media: 'unknown' },
    false,
    'upload anew',
  ],
  [
    'V1: media gone within the day',
    [quietMs, mediaLifeMs],
    { found: 'nothing', media: 'gone' },
    true,
    'look again',
  ],
  [
    'V6: what may be ours is not believed within QUIET either',
    quietMs - 1,
    { found: 'perhaps ours', media: 'unknown' },
    false,
    'wait',
  ],
  [
    'V6: what may be ours is neither taken nor sent again',
    quietMs,
    { found: 'perhaps ours', media: 'there' },
    false,
    'doubtful',
  ],
  ['V1: a server that does not tell', quietMs, { found: 'nothing', media: 'unknown' }, false, 'look again'],
  [
    'V1: one that shows attached media, too',
    quietMs,
    { found: 'nothing', media: 'there' },
    false,
    'look again',
  ],
]
test.each(looks)('judgeLookUp: %s', (_, age, look, hidesAttachedMedia, after) => {
  const [sentAge, uploadAge] = typeof age === 'number' ? [age, age] : age
  const at = typeof age === 'number' && age > mediaLifeMs ? sent(age) : sent(sentAge, uploadAge)
  expect(judgeLookUp(at, look, now, hidesAttachedMedia)).toBe(after)
})

test.each([
  ['gone', 'upload anew'],
  ['unknown', 'upload anew'],
  ['there', 'send again'],
] as const)('judgeLookUp: V1: %s media are believed at a second look, an hour later', (media, after) => {
  const first = (since: number): PostRecord => ({ ...sent(2 * hour), missing: { what: 'status', since } })
  expect(judgeLookUp(first(now - hour + 1), { found: 'nothing', media }, now, false)).toBe('look again')
  expect(judgeLookUp(first(now - hour), { found: 'nothing', media }, now, false)).toBe(after)
})

test('judgeLookUp: E4: a record without the time of its sending is not believed', () => {
  const { sentAt: _, ...rest } = sent(hour)
  expect(judgeLookUp(rest, { found: 'nothing', media: 'there' }, now, true)).toBe('wait')
})

test('E3, E4: QUIET outlasts guard, deadline, a server that works on after a 504, and two clocks', () => {
  expect(quietMs).toBeGreaterThan(guardMs + 60_000 + 120_000 + 2 * clocksApart)
})

describe('V6: compareWithPart', () => {
  const link = `https://moss.tumblr.com/post/${id}`
  const ofTwo = (text?: string): StatusDraft => ({ ...draft(text), images: [image, image] })
  const first = record({ state: 'sending', thread: [ofTwo(), ofTwo('2/2')], media, sentAt: now })
  const second = { ...first, statuses: [status('root')] }
  const wordsAlone = { ...first, thread: [ofTwo('#moss')] as const }
  const sentAgain = { ...first, firstSentAt: now, sentAt: now + hour, media: { ...media, uploadedAt: 0 } }
  const withNext = { ...first, media: { ...media, ids: ['m1', 'm2', 'm3'] } }
  /** Such as a server shows that gives media other ids. */
  const seen = { createdAt: now, mediaIds: ['m8', 'm9'], content: '<p>other</p>' }
  const ours = { ...seen, content: draft().text }
  const late = { createdAt: now - clocksApart - 1 }
  const cases: readonly (readonly [
    what: string,
    of: PostRecord,
    status: Parameters<typeof compareWithPart>[0],
    whereIdsChange: Likeness,
    whereIdsStay: Likeness,
  ])[] = [
    ['one of its media is enough', first, { ...seen, mediaIds: ['m2'] }, 'ours', 'ours'],
    [
      'its media count whenever and wherever they are',
      first,
      { ...seen, createdAt: 0, mediaIds: ['m1'], inReplyToId: 'x' },
      'ours',
      'ours',
    ],
    ['an image of the next part', withNext, { ...seen, mediaIds: ['m3', 'm9'] }, 'not ours', 'not ours'],
    ['our words, with uploads for the next part', withNext, ours, 'alike', 'not ours'],
    ['nothing of it', first, seen, 'not ours', 'not ours'],
    ['our words with our link, and as many images', first, ours, 'alike', 'not ours'],
    [
      'whatever HTML made of the words',
      first,
      { ...seen, content: `<p><b>moss</b> https://moss.tumblr.com/<i>post</i>/${id}</p>` },
      'alike',
      'not ours',
    ],
    [
      'other words with our link, and as many images',
      first,
      { ...seen, content: `<a href="${link}">` },
      'perhaps ours',
      'not ours',
    ],
    [
      'other words with our link, and fewer images',
      first,
      { ...seen, mediaIds: ['m8'], content: `<a href="${link}">` },
      'not ours',
      'not ours',
    ],
    ['our words and fewer images', first, { ...ours, mediaIds: ['m8'] }, 'perhaps ours', 'not ours'],
    ['our words and no image', first, { ...ours, mediaIds: [] }, 'perhaps ours', 'not ours'],
    ['our words and more images', first, { ...ours, mediaIds: ['a', 'b', 'c'] }, 'not ours', 'not ours'],
    ['from before it was sent', first, { ...ours, ...late }, 'not ours', 'not ours'],
    ['within the clocks', first, { ...ours, createdAt: now - clocksApart }, 'alike', 'not ours'],
    ['since it was sent first', sentAgain, ours, 'alike', 'not ours'],
    ['between its upload and that', sentAgain, { ...ours, ...late }, 'not ours', 'not ours'],
    ['our words in a reply', first, { ...ours, inReplyToId: 'x' }, 'not ours', 'not ours'],
    ['words without a link', wordsAlone, { ...seen, content: '#moss' }, 'perhaps ours', 'not ours'],
    [
      'words without a link, from before',
      wordsAlone,
      { ...seen, ...late, content: '#moss' },
      'not ours',
      'not ours',
    ],
    ['a later part', second, { ...seen, content: '2/2', inReplyToId: 'root' }, 'alike', 'not ours'],
    [
      'a later part without its images',
      second,
      { ...seen, mediaIds: [], content: '2/2', inReplyToId: 'root' },
      'alike',
      'alike',
    ],
    ['a later part elsewhere', second, { ...seen, content: '2/2', inReplyToId: 'x' }, 'not ours', 'not ours'],
    ['a reply with other words', second, { ...seen, inReplyToId: 'root' }, 'perhaps ours', 'not ours'],
    [
      'a reply in words alone',
      second,
      { ...seen, mediaIds: [], inReplyToId: 'root' },
      'not ours',
      'not ours',
    ],
  ]
  test.each(cases)('%s', (_, of, found, whereIdsChange, whereIdsStay) => {
    expect(compareWithPart(found, of, false)).toBe(whereIdsChange)
    expect(compareWithPart(found, of, true)).toBe(whereIdsStay)
  })
  test('statuses are searched back to the uploads and to the first sending', () => {
    expect(searchedSince(first)).toBeLessThanOrEqual(now - clocksApart)
    expect(searchedSince({ ...first, firstSentAt: 5 })).toBe(5 - hour)
    expect(searchedSince(sentAgain)).toBe(-hour)
  })
})

test('E5: a key is the same for a repeat, and another for each part, copy, generation, post and seed', () => {
  const base = record({ seed: 's' })
  const others = [{ seed: 't' }, { id: '1' }, { copy: 2 }, { generation: 2 }, { statuses: [status('1')] }]
  const keys = [base, ...others.map((fields) => ({ ...base, ...fields }))].map(idempotencyKey)
  expect(new Set(keys).size).toBe(keys.length)
  expect(idempotencyKey({ ...base, attempts: 3, version: 9, state: 'sending', sentAt: 1 })).toBe(keys[0])
})

test.each([
  [0, 10],
  [1, 10],
  [2, 20],
  [3, 40],
  [4, 60],
  [99, 60],
])('after %i tries the next is %i minutes away', (tries, minutes) => {
  expect(backOffMs(tries)).toBe(minutes * 60_000)
})

const anyRecord: fc.Arbitrary<PostRecord> = fc
  .record({
    state: fc.constantFrom('queued', 'claimed', 'sending', 'created', 'settled', 'parked'),
    attempts: fc.nat(7),
    notBefore: fc.option(fc.constantFrom(now - 1, now, now + 1), { nil: undefined }),
    claim: fc.option(
      fc.record({ owner: fc.constantFrom(me, 'another'), until: fc.constantFrom(now - 1, now, now + 1) }),
      { nil: undefined },
    ),
    thread: fc.constantFrom(
      undefined,
      [draft()] as const,
      [draft(), draft('2/2')] as const,
      [ofThreeImages] as const,
    ),
    composedAt: fc.constantFrom(undefined, now, now - 30 * hour),
    media: fc.constantFrom(undefined, media, { ...media, uploadedAt: now - 30 * hour }),
    sentAt: fc.constantFrom(undefined, now, now - hour),
    statuses: fc.constantFrom<PostRecord['statuses']>([], [status('1')]),
  })
  .map((fields) => record(fields))

test('E1, E2: whatever the record says, only its claim holder works on it, and never creates what may be on its way', () => {
  fc.assert(
    fc.property(anyRecord, (any) => {
      const step = nextStep(any, now, me)
      const over = any.state === 'settled' || any.state === 'parked'
      const holds = any.claim?.owner === me && any.claim.until > now
      if (over) return step.do === 'nothing'
      if (!holds) return ['leave', 'claim', 'park'].includes(step.do)
      if (any.state === 'sending') return step.do === 'look up'
      if (step.do !== 'send') return true
      const wanted = any.thread?.[any.statuses.length]?.images.length
      return any.state === 'claimed' || any.state === 'queued'
        ? any.media !== undefined && wanted !== undefined && any.media.ids.length >= wanted
        : false
    }),
    { numRuns: 2000 },
  )
})

/** A server and a ledger of three variables each, for a life in which any step may be the run's last. */
const fate = fc.constantFrom(
  'well',
  'well',
  'death',
  'death after',
  'refusal',
  'silence',
  'silence and landed',
  'outage',
)

test('a life of crashes, refusals and silences ends settled or parked, with each part created once', () => {
  fc.assert(
    fc.property(fc.array(fate, { maxLength: 60, size: 'max' }), fc.boolean(), (fates, hidesAttachedMedia) => {
      let clock = now
      let owner = 0
      let ledger = newRecord(id, { version: 1 })
      let inHand = ledger
      let created = 0
      let landed: string | undefined
      const write = (next: PostRecord): void => {
        ledger = { ...next, version: ledger.version + 1 }
        inHand = ledger
      }
      const giveUp = (reason: string, until: number): void => {
        write(postponed(uncounted(inHand), until, reason))
        owner += 1
      }
      const die = (): void => {
        inHand = ledger
        owner += 1
      }
      for (let turn = 0; turn < 400; turn += 1) {
        const what = fates[turn] ?? 'well'
        clock += 1000
        const step = nextStep(inHand, clock, `run${owner}`)
        if (step.do === 'nothing') {
          if (ledger.outcome === 'posted') expect(created).toBe(2)
          else expect(ledger.reason).toBeDefined()
          return
        }
        if (what === 'death') {
          die()
          continue
        }
        if (step.do === 'leave') clock = Math.max(clock, step.until)
        else if (step.do === 'claim') write(claimed(inHand, `run${owner}`, clock, claimMs))
        else if (step.do === 'park') write(parked(inHand, step.reason))
        else if (what === 'outage') {
          write(released(uncounted(inHand)))
          owner += 1
        } else if (step.do === 'compose') inHand = { ...inHand, thread: [draft(), draft('2/2')], seed: 's' }
        else if (step.do === 'upload') inHand = uploaded(inHand, `m${turn}`, clock)
        else if (step.do === 'settle') write(settled(inHand, 'posted', clock))
        else if (step.do === 'send') {
          expect(landed).toBeUndefined()
          write({ ...inHand, state: 'sending', sentAt: clock })
          if (what === 'refusal') {
            inHand = { ...inHand, state: 'claimed', generation: inHand.generation + 1 }
            giveUp('refused', clock + backOffMs(1))
          } else if (what !== 'silence') {
            created += 1
            landed = `s${turn}`
            if (what === 'well')
              inHand = { ...inHand, state: 'created', statuses: [...inHand.statuses, status(landed)] }
          }
        } else if (step.do === 'look up') {
          const look: LookUp = {
            found: landed === undefined ? 'nothing' : 'ours',
            media: landed === undefined ? 'there' : 'unknown',
          }
          const after = judgeLookUp(inHand, look, clock, hidesAttachedMedia)
          if (after === 'keep')
            inHand = { ...inHand, state: 'created', statuses: [...inHand.statuses, status(landed ?? '')] }
          else if (after === 'wait') {
            giveUp('it may still arrive', (inHand.sentAt ?? 0) + quietMs)
          } else if (after === 'look again') {
            inHand = missed(inHand, 'status', clock)
            giveUp('it is looked for once more', clock + believedAfterMs)
          } else if (after === 'send again') inHand = toSendAgain(inHand)
          else inHand = { ...inHand, state: 'claimed', media: undefined }
        } else {
          write({ ...inHand, state: 'claimed', media: undefined })
          landed = undefined
        }
        if (what === 'death after') die()
      }
      expect.unreachable(`Expected an end within 400 steps but the post is ${ledger.state}`)
    }),
    { numRuns: 2000 },
  )
})

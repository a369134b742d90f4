import { expect, test } from 'vitest'
import { describeRecord, describeStanding, isShown, stateOf } from '../../../scripts/ledger/standing.ts'
import { drawTable } from '../../../scripts/ledger/table.ts'
import { widthOf } from '../../../scripts/terminal/wrap.ts'
import { newRecord, type PostRecord } from '../../../src/core/record/record.ts'
import type { RouteRecord } from '../../../src/core/record/route.ts'

const now = 1_790_000_000_000
const id = '834068704692011014'

test.each<[Partial<PostRecord>, string]>([
  [{}, 'waiting'],
  [{ state: 'sending' }, 'waiting'],
  [{ state: 'parked', parkedFrom: 'queued' }, 'parked'],
  [{ state: 'parked', parkedFrom: 'sending' }, 'doubtful'],
  [{ state: 'parked', parkedFrom: 'created' }, 'doubtful'],
  [{ state: 'settled', outcome: 'posted' }, 'posted'],
  [{ state: 'settled', outcome: 'found' }, 'posted'],
  [{ state: 'settled', outcome: 'skipped' }, 'skipped'],
  [{ state: 'settled', outcome: 'deleted' }, 'deleted'],
])('%j is %s', (fields, state) => {
  expect(stateOf(newRecord(id, fields))).toBe(state)
})

test('who asks for parked posts sees the doubtful ones too', () => {
  expect(isShown('doubtful', 'parked')).toBe(true)
  expect(isShown('posted', 'parked')).toBe(false)
  expect(isShown('posted', undefined)).toBe(true)
})

const blog = { name: 'moss' }
const failing = { since: now, tries: 3, door: 'the images', reason: 'HTTP 500' }
const status = { id: '1', url: 'https://x.example/@a/1', mediaIds: [] }
test.each<[string, Partial<PostRecord>]>([
  ['a run works on it until', { claim: { owner: 'a', until: now + 1 }, reason: 'why' }],
  ['the next run takes it', { claim: { owner: 'a', until: now } }],
  ['it is not due yet', { notBefore: now + 1 }],
  ['why', { notBefore: now + 1, reason: 'why' }],
  ['it was sent and not seen yet', { state: 'sending' }],
  ['HTTP 500', { notBefore: now + 1, failing }],
  ['HTTP 500; it stands aside, and the', { notBefore: now + 1, failing: { ...failing, aside: 'suspect' } }],
  ['1 of ? statuses are out', { statuses: [status] }],
])('a waiting post says: %s', (says, fields) => {
  expect(describeRecord(newRecord(id, fields), { blog }, now).reason).toContain(says)
})

test.each<[Partial<PostRecord>, string, string]>([
  [{}, 'the route stands still until 20', 'the next run takes it'],
  [
    { state: 'sending' },
    'it was sent and not seen yet: the route stands still until 20',
    'it was sent and not seen yet: the next run looks for it',
  ],
])('while its route stands still, no next run takes a post: %j', (fields, resting, then) => {
  const says = (at: number) => describeRecord(newRecord(id, fields), route, at).reason
  expect(says(now)).toContain(resting)
  expect(says(now + 60_000)).toBe(then)
})

const route: RouteRecord = {
  version: 1,
  blog,
  start: id,
  startAs: 'now',
  mark: 0,
  page: [],
  trouble: { blame: 'outside', reason: 'Tumblr rests', tries: 2, since: now - 1, retryAt: now + 60_000 },
  listing: { kind: 'archive', top: 1, before: 1_700_000_000, until: 0 },
}
test('a route says whom it serves, since when, what troubles it and until when, and what it lists', () => {
  const lines = describeStanding(route, now).join('\n')
  for (const part of [
    'serves moss to an account that is not known yet',
    `begins after post ${id} (20`,
    'no run has succeeded yet',
    '(tries: 2, tried again at 20',
    ': Tumblr rests',
    'lists posts from before the start, at 2023-11-1',
  ])
    expect(lines).toContain(part)
  expect(describeStanding(route, now + 60_000).join('\n')).toContain('tried again by the next run')
})

test('the tries of a post are its failures, and else the runs that died while they worked on it', () => {
  const triesOf = (fields: Partial<PostRecord>) => describeRecord(newRecord(id, fields), { blog }, now).tries
  expect(triesOf({ failing })).toBe(3)
  expect(triesOf({ attempts: 2 })).toBe(2)
})

const posts = [
  describeRecord(
    newRecord(id, { copy: 2, state: 'settled', outcome: 'posted', statuses: [status] }),
    { blog },
    now,
  ),
  describeRecord(
    newRecord('7', { state: 'parked', reason: 'Expected\nan image \u001b[31mbut received none of the kind' }),
    { blog },
    now,
  ),
]

test('a wide table has a line for each post, in columns', () => {
  const lines = drawTable(posts, 200)
  expect(lines).toHaveLength(3)
  expect(lines[1]).toMatch(
    new RegExp(`^${id}#2 .* posted +0 +https://x.example/@a/1 +https://www.tumblr.com/moss/${id}$`),
  )
  const [heading, ...rest] = lines
  const column = heading?.indexOf('on Tumblr') ?? -1
  for (const line of rest) expect(line.indexOf('https://www.tumblr.com')).toBe(column)
})

test('a column is as wide as a terminal shows its words', () => {
  const reasons = ['山の朝の霧が濃い', 'a plain reason']
  const records = reasons.map((reason) => newRecord('7', { state: 'parked', reason }))
  const rows = drawTable(
    records.map((record) => describeRecord(record, { blog }, now)),
    200,
  ).map((line) => widthOf(line.replace(/(?:on Tumblr|https:).*/, '')))
  expect(new Set(rows).size).toBe(1)
})

test("a narrow table is never wider than the terminal but for an address, and obeys no server's control characters", () => {
  const lines = drawTable(posts, 60)
  expect(lines.filter((line) => line.length > 60 && !line.includes('https://'))).toEqual([])
  expect(lines).toContain('    https://x.example/@a/1')
  expect(lines.join('\n')).toContain('    Expected an image [31mbut received none of the kind')
  expect(drawTable([], 60)).toEqual([])
})

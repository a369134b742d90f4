import { expect, test } from 'vitest'
import { judgeLedger, type LedgerFacts } from '../../../src/core/doctor/ledger.ts'
import { newRecord } from '../../../src/core/record/record.ts'
import { failed, found, here, hour, notAsked, now, prod, read, record } from './judged.ts'

const id = '834068704692011014'
const { succeededAt: _, ...never } = record
const facts: LedgerFacts = { route: record, todo: [], waiting: 0, parked: [], cut: false }
const judge = (more: Partial<LedgerFacts>, target: typeof here = here): ReadonlyMap<string, string> =>
  new Map(
    judgeLedger(found({ ...facts, ...more }), 'levity', target, now).map((one) => [one.check, read(one)]),
  )

test('a ledger in which all is well', () => {
  expect([...judge({})]).toEqual([
    ['table', '✓ levity holds the ledger of moss'],
    ['last success', '✓ 1 hour ago (2026-09-21 13:53 UTC)'],
    ['trouble', '✓ none'],
    ['waiting', '✓ no post'],
    ['parked', '✓ no post'],
  ])
})

test.each<[string, Partial<LedgerFacts>, typeof here, RegExp]>([
  ['no run yet', { route: undefined }, here, /^✓ no run yet → `npm run once -- '\{\}'` makes the first$/],
  [
    'none that ended well',
    { route: never },
    prod,
    /^✗ no run has succeeded yet → `npm run invoke -- '\{\}'` shows why$/,
  ],
  [
    'long ago, here',
    { route: { ...record, succeededAt: now - 27 * hour } },
    here,
    /^✗ 1 day ago .* → .*cron/,
  ],
  [
    'long ago, on AWS',
    { route: { ...record, succeededAt: now - 72 * hour } },
    prod,
    /^✗ 3 days ago .* → .*`npm run logs -- --since 1d`/,
  ],
  ['just in time', { route: { ...record, succeededAt: now - 25 * hour } }, here, /^✓ 1 day ago/],
])('last success: %s', (_, more, target, says) => {
  expect(judge(more, target).get('last success')).toMatch(says)
})

const trouble = {
  blame: 'route',
  reason: 'the token',
  tries: 3,
  since: now - hour,
  retryAt: now + hour,
} as const
test.each<[string, object, RegExp]>([
  [
    'that rests',
    trouble,
    /^✗ the route has stood still since 2026-09-21 13:53 UTC \(failed tries: 3, tried again at 2026-09-21 15:53 UTC\): the token → `npm run once/,
  ],
  ['that is due', { ...trouble, retryAt: now }, /tried again by the next run\): the token/],
])('a trouble %s', (_, one, says) => {
  expect(judge({ route: { ...record, trouble: { ...trouble, ...one } } }).get('trouble')).toMatch(says)
})

test.each<[string, Parameters<typeof newRecord>[1], number, RegExp]>([
  ['for the next run', {}, 1, /^✓ 1 post; 834068704692011014, comes with the next run$/],
  [
    'for its time',
    { notBefore: now + hour },
    3,
    /^✓ 3 posts; the first, 834068704692011014, is due at 2026-09-21 15:53 UTC$/,
  ],
  [
    'for another try',
    { notBefore: now + hour, attempts: 2, reason: 'HTTP 404' },
    1,
    /is due at .* \(failed tries: 2\): HTTP 404$/,
  ],
  [
    'for another try after an answer that may be an outage',
    { notBefore: now + hour, failing: { since: now, tries: 3, door: 'the images', reason: 'HTTP 500' } },
    1,
    /is due at .* \(failed tries: 3\): HTTP 500$/,
  ],
  [
    'for a run that has it',
    { claim: { owner: 'a', until: now + hour } },
    1,
    /is being published by a run until 2026-09-21 15:53 UTC$/,
  ],
  [
    'to be looked for',
    { state: 'sending' },
    1,
    /comes with the next run: it may have been posted, and is looked for first$/,
  ],
])('a post that waits %s', (_, fields, waiting, says) => {
  expect(judge({ todo: [newRecord(id, fields)], waiting }).get('waiting')).toMatch(says)
})

test.each<[string, Parameters<typeof newRecord>[1], object, string]>([
  [
    'here',
    { reason: 'HTTP 404' },
    here,
    `✗ post ${id}: HTTP 404 → \`npm run ledger -- retry ${id}\` tries it again, \`npm run ledger -- skip ${id}\` leaves it out for good`,
  ],
  [
    'on AWS, one route of several, its second copy',
    { copy: 2, reason: 'no' },
    { ...prod, route: 'art', several: true },
    `✗ post ${id}#2: no → \`npm run ledger -- retry ${id}#2 --route art --stage prod\` tries it again, \`npm run ledger -- skip ${id}#2 --route art --stage prod\` leaves it out for good`,
  ],
  [
    'where it may stand already',
    { parkedFrom: 'sending' },
    here,
    `✗ post ${id}: for a reason that was not kept → look at the account: if it is there, \`npm run ledger -- posted ${id}\` says so; if not, \`npm run ledger -- retry ${id}\` tries it again`,
  ],
])('a parked post %s', (_, fields, target, says) => {
  const parked = [newRecord(id, { state: 'parked', ...fields })]
  expect(judge({ parked }, { ...here, ...target }).get('parked')).toBe(says)
})

test('of many parked posts the first are told, and where the others are', () => {
  const parked = Array.from({ length: 13 }, (_, at) => newRecord(String(at + 1), { state: 'parked' }))
  const told = judgeLedger(found({ ...facts, parked }), 'levity', here, now).filter(
    ({ check }) => check === 'parked',
  )
  expect(told).toHaveLength(11)
  expect(told.slice(-1).map(read)).toEqual(['✗ 3 posts more → `npm run ledger -- parked` lists them'])
})

test('a history too long to be read in whole is no cross, and is said', () => {
  expect(judge({ cut: true }).get('parked')).toBe(
    '✓ none found; the history is too long to be read here in whole → `npm run ledger -- parked` lists all',
  )
})

const dynamo = (reason: string) =>
  failed({ service: 'DynamoDB', doing: 'read the ledger', status: 400, reason })
test.each<[string, Parameters<typeof judgeLedger>[0], RegExp]>([
  [
    'missing',
    dynamo('ResourceNotFoundException: no'),
    /^✗ there is no table levity → see whether LEVITY_TABLE/,
  ],
  [
    'forbidden',
    dynamo('AccessDeniedException: no'),
    /^✗ these credentials may not use the table levity → grant dynamodb:Query/,
  ],
  [
    'without an index',
    dynamo('ValidationException: The table does not have the specified index: todo'),
    /^✗ levity is no ledger of Levity's: .*index: todo → name another table in LEVITY_TABLE \(\.env\)/,
  ],
  [
    "another's",
    { is: 'failed', reason: 'Invalid key: Expected "version"' },
    /^✗ levity is no ledger of Levity's: Invalid key/,
  ],
  [
    'asked without credentials',
    dynamo('CredentialsProviderError: none'),
    /^✗ .* without AWS credentials that are valid → log in/,
  ],
  [
    'out of reach',
    failed({ service: 'DynamoDB', answer: 'nothing', reason: 'TimeoutError: no' }),
    /^✗ DynamoDB could not .* → see whether AWS can be reached/,
  ],
  [
    'a file that is damaged',
    failed({
      service: 'the ledger file',
      doing: 'be read (/here/ledger.db)',
      answer: 'other',
      reason: 'file is not a database',
    }),
    /^✗ the ledger file could not be read \(\/here\/ledger\.db\): file is not a database → see whether the disk has room, and the file and its folder are yours to write: /,
  ],
  ['not asked', notAsked, /^✗ it was not asked: LEVITY_TABLE has a mistake$/],
])('a table that is %s: nothing else is known', (_, asked, says) => {
  const [table, ...others] = judgeLedger(asked, 'levity', here, now)
  expect(table && read(table)).toMatch(says)
  expect(others.map(({ check, ok, says }) => [check, ok, says])).toEqual(
    ['last success', 'trouble', 'waiting', 'parked'].map((check) => [
      check,
      false,
      'it is not known: the table was not read',
    ]),
  )
})

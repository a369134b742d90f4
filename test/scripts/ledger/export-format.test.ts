import { expect, test } from 'vitest'
import { readExport, writeExport } from '../../../scripts/ledger/export-format.ts'
import type { RouteRecord } from '../../../src/core/record/route.ts'

const route: RouteRecord = {
  version: 3,
  blog: { name: 'moss' },
  start: '5',
  startAs: 'now',
  mark: 0,
  page: [],
}
const routeItem = { pk: 'art', sk: 'route', todo: '0', write: 'w', ...route }
const postItem = {
  pk: 'art',
  sk: 'post#00000000000000000007',
  write: 'w',
  ...{
    id: '7',
    copy: 1,
    version: 2,
    state: 'parked',
    archive: false,
    attempts: 5,
    generation: 1,
    statuses: [],
  },
  unknownToThisVersion: { kept: [1, 'two'] },
}
const whole = writeExport('art', route, [routeItem, postItem], 1_790_000_000_000)

test('what is exported is read back whole, attributes that nobody knows too', () => {
  const { heading, route: readRoute, posts } = readExport(whole, 'a.jsonl')
  expect(heading).toEqual({
    format: 'levity-ledger',
    version: 1,
    route: 'art',
    blog: 'moss',
    account: null,
    exportedAt: '2026-09-21T14:13:20.000Z',
    items: 2,
  })
  expect(readRoute.item).toEqual(routeItem)
  expect(posts.map(({ item }) => item)).toEqual([postItem])
})

const changed = (line: number, from: string, to: string): string =>
  whole
    .split('\n')
    .map((text, at) => (at === line - 1 ? text.replace(from, to) : text))
    .join('\n')

test.each([
  ['another format', changed(1, 'levity-ledger', 'ledger'), /in line 1 of a\.jsonl .* format is wrong/],
  ['a later version', changed(1, '"version":1', '"version":2'), /in line 1 .* version is wrong/],
  ['no JSON', changed(3, '{', ''), /^Expected a record in JSON in line 3 of a\.jsonl but received /],
  ['a field of another kind', changed(3, '"attempts":5', '"attempts":"5"'), /in line 3 .* attempts is wrong/],
  [
    'another id than its key',
    changed(3, '"id":"7"', '"id":"8"'),
    /^Expected the key post#0+8, once, in line 3 /,
  ],
  ['no id', changed(3, '"id":"7"', '"id":"x"'), /in line 3 .* its id or copy/],
  ['no version', changed(3, '"version":2', '"version":0'), /in line 3 .* its version/],
  ['another route', changed(3, '"pk":"art"', '"pk":"b"'), /^Expected a record of the route art in line 3 /],
  ['a record twice', changed(1, '"items":2', '"items":3') + whole.split('\n')[2], /once, in line 4 /],
  [
    'a line missing',
    whole.split('\n').slice(0, 2).join('\n'),
    /^Expected 2 lines after the first .* received 1: it was cut off/,
  ],
  [
    'no route',
    changed(1, '"items":2', '"items":1').split('\n').toSpliced(1, 1).join('\n'),
    /^Expected one record of the route in a\.jsonl but received 0/,
  ],
  ['nothing', '', /in line 1 /],
])('%s: the line is named', (_, text, sentence) => {
  expect(() => readExport(text, 'a.jsonl')).toThrow(sentence)
})

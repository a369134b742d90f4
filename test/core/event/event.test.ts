import { expect, test } from 'vitest'
import { EventError, parseEvent } from '../../../src/core/event/event.ts'

const one = ['main']
const two = ['art', 'photos']
/** Larger than numbers can hold exactly. */
const id = '766512345678901248'

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html */
const scheduled = {
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '123456789012',
  time: '2026-10-08T16:53:06Z',
  region: 'eu-central-1',
  resources: ['arn:aws:events:eu-central-1:123456789012:rule/levity'],
  detail: {},
}

const taken: readonly (readonly [event: unknown, routes: readonly string[], ask: object])[] = [
  [undefined, one, { mode: 'run', byHand: true }],
  [null, one, { mode: 'run', byHand: true }],
  [{}, two, { mode: 'run', byHand: true }],
  [scheduled, two, { mode: 'run', byHand: false }],
  [
    { ...scheduled, source: 'levity', detail: { route: 'art' } },
    two,
    { mode: 'run', byHand: false, route: 'art' },
  ],
  [{ ...scheduled, detail: null }, two, { mode: 'run', byHand: false }],
  [{ route: 'art' }, two, { mode: 'run', byHand: true, route: 'art' }],
  [{ mode: 'plan' }, two, { mode: 'plan', byHand: true }],
  [{ mode: 'plan', route: 'main', post: id }, one, { mode: 'plan', byHand: true, route: 'main', post: id }],
  [{ mode: 'doctor', route: 'art' }, two, { mode: 'doctor', byHand: true, route: 'art' }],
  [{ post: id }, one, { mode: 'run', byHand: true, post: id }],
  [
    { post: id, again: 2, route: 'art' },
    two,
    { mode: 'run', byHand: true, post: id, again: 2, route: 'art' },
  ],
  [{ retry: 'parked' }, two, { mode: 'run', byHand: true, retry: 'parked' }],
  [{ retry: [id, id, '5'] }, one, { mode: 'run', byHand: true, retry: [id, '5'] }],
]
test.each(taken)('%j with routes %j', (event, routes, ask) => {
  expect(parseEvent(event, routes)).toEqual(ask)
})

const refused: readonly (readonly [event: unknown, routes: readonly string[], sentence: string])[] = [
  ['plan', one, 'Expected an object'],
  [[], one, 'Expected an object'],
  [{ posts: [id] }, one, 'for a field of the event but received "posts"'],
  [{ 'detail-type': 'Scheduled Event' }, one, 'received "detail-type"'],
  [
    { ...scheduled, source: 'levity', detail: { route: 'gone' } },
    two,
    'Expected one of the routes art, photos for route but received "gone"',
  ],
  [{ route: 'arts' }, two, 'Expected one of the routes art, photos for route but received "arts"'],
  [{ route: '' }, one, 'for route but received ""'],
  [{ mode: 'run' }, one, 'for mode but received "run"'],
  [{ mode: 'nurse' }, one, 'for mode but received "nurse"'],
  [{ post: Number(id) }, one, 'Expected the id in quotes for post but received a number'],
  [{ post: 'https://moss.tumblr.com/post/5' }, one, 'for post but received "https://moss.tumblr.com/post/5"'],
  [{ post: '007' }, one, 'for post but received "007"'],
  [{ post: '123456789012345678901' }, one, 'Expected the id of a post'],
  [{ post: null }, one, 'for post but received null'],
  [{ again: 2 }, one, 'Expected post beside again'],
  [{ post: id, again: 1 }, one, 'from 2, for again but received 1'],
  [{ post: id, again: '2' }, one, 'for again but received "2"'],
  [{ post: id, again: 2.5 }, one, 'for again but received 2.5'],
  [{ retry: [] }, one, 'for retry but received []'],
  [{ retry: 'all' }, one, 'for retry but received "all"'],
  [{ retry: [5] }, one, 'Expected the id in quotes for retry but received a number'],
  [{ retry: 'parked', post: id }, one, 'either post or retry'],
  [{ retry: 'parked', mode: 'plan' }, one, 'a plan changes nothing'],
  [{ retry: 'parked', mode: 'doctor' }, one, 'a doctor changes nothing'],
  [{ post: id, mode: 'doctor' }, one, 'a doctor looks at whole routes'],
  [{ post: id }, two, 'which of art, photos is meant?'],
  [{ retry: [id] }, two, 'which of art, photos is meant?'],
]
test.each(refused)('%j with routes %j is refused', (event, routes, sentence) => {
  expect(() => parseEvent(event, routes)).toThrow(EventError)
  expect(() => parseEvent(event, routes)).toThrow(sentence)
})

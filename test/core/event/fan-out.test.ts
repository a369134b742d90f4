import { expect, test } from 'vitest'
import { parseEvent } from '../../../src/core/event/event.ts'
import { fanOut } from '../../../src/core/event/fan-out.ts'

const two = ['art', 'photos']
const scheduled = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }
const sent = (event: unknown, routes = two): readonly unknown[] | undefined =>
  fanOut(parseEvent(event, routes), routes)?.map(({ event: one }) => one)

test.each([
  ['the schedule', scheduled, { mode: 'run', byHand: false }],
  ['a person', {}, { mode: 'run', byHand: true }],
  ['a person who asks for fresh tries', { retry: 'parked' }, { mode: 'run', byHand: true, retry: 'parked' }],
])(
  'what %s asks of several routes is asked of each, in the same way, and goes no further',
  (_, event, ask) => {
    const events = sent(event)
    expect(events?.map((one) => parseEvent(one, two))).toEqual([
      { ...ask, route: 'art' },
      { ...ask, route: 'photos' },
    ])
    expect(events?.map((one) => sent(one))).toEqual([undefined, undefined])
  },
)

test('the route of an event is told beside it', () => {
  expect(fanOut(parseEvent({}, two), two)?.map(({ route }) => route)).toEqual(two)
})

test.each([
  ['a route', { route: 'art' }],
  ['a post', { route: 'art', post: '12' }],
  ['a plan', { mode: 'plan' }],
])('what names %s is not sent on', (_, event) => {
  expect(sent(event)).toBeUndefined()
})

test('one route alone is run where it is', () => {
  expect(sent(scheduled, ['main'])).toBeUndefined()
  expect(fanOut({ mode: 'run', post: '12', byHand: true }, two)).toBeUndefined()
})

import { expect, test } from 'vitest'
import { parseEvent } from '../../../src/core/event/event.ts'
import { fanOut, goOn } from '../../../src/core/event/fan-out.ts'

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

test('V4: what a scheduled run leaves unfinished goes on at once, route by route, and not for ever', () => {
  let [event]: readonly unknown[] = [scheduled]
  let runs = 1
  for (; runs < 100; runs++) {
    const [next] = goOn(parseEvent(event, two), ['photos'])
    if (next === undefined) break
    event = next.event
    expect(next.route).toBe('photos')
    expect(parseEvent(event, two)).toEqual({ mode: 'run', byHand: false, route: 'photos', turn: runs })
    expect(sent(event)).toBeUndefined()
  }
  // Lambda would stop the sixteenth.
  expect(runs).toBe(13)
})

test('a run that a person asked for does not go on by itself, nor one that left nothing', () => {
  expect(goOn(parseEvent({}, two), ['art'])).toEqual([])
  expect(goOn(parseEvent({ route: 'art' }, two), ['art'])).toEqual([])
  expect(goOn(parseEvent(scheduled, two), [])).toEqual([])
})

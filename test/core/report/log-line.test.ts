import { expect, test } from 'vitest'
import { emptyReport } from '../../../src/core/report/draft.ts'
import { lineOf, lineOfReport } from '../../../src/core/report/log-line.ts'
import type { Report, RouteReport, RunEvent } from '../../../src/core/report/report.ts'

const size = { bytes: 31_000, width: 1280, height: 960 }
const at = { route: 'art', post: '12' }
const events: readonly (readonly [level: string, message: string, event: RunEvent])[] = [
  ['info', 'post 12 is new', { event: 'noted', ...at }],
  ['info', 'post 12 is skipped: no image', { event: 'skipped', ...at, reason: 'no image' }],
  [
    'info',
    'post 12, image 1 of 2: 1280×960, 31 kB → the same bytes',
    { event: 'image', ...at, image: 1, of: 2, change: 'kept', from: size, to: size, altText: true },
  ],
  [
    'info',
    'post 12 is posted: https://m.example/@a/1',
    { event: 'posted', ...at, statuses: ['https://m.example/@a/1'], lag: 360 },
  ],
  ['info', 'the statuses of post 12 are edited: it was changed on Tumblr', { event: 'edited', ...at }],
  ['info', 'post 12 is finished: it was deleted', { event: 'deleted', ...at, reason: 'it was deleted' }],
  [
    'warn',
    'post 12 is tried again later (failed try 2): no room',
    { event: 'retrying', ...at, reason: 'no room', attempts: 2 },
  ],
  ['error', 'post 12 is set aside: no room', { event: 'parked', ...at, reason: 'no room' }],
  [
    'warn',
    'art stands still until 2026-01-31T00:00:00.000Z: too many requests',
    { event: 'stopped', route: 'art', reason: 'too many requests', retryAt: '2026-01-31T00:00:00.000Z' },
  ],
  ['error', 'art stands still: no token', { event: 'stopped', route: 'art', reason: 'no token' }],
]
test.each(events)('%s: %s', (level, message, event) => {
  expect(lineOf(event)).toEqual({ level, message, fields: event })
})

const route: RouteReport = { ...emptyReport('art'), posted: [{ post: '12', statuses: [] }] }
const stopped = { ...route, route: 'photos', outcome: 'stopped', posted: [], why: 'no token' } as const
const reports: readonly (readonly [
  level: string,
  message: string,
  report: Omit<Report, 'version' | 'ms'>,
])[] = [
  ['info', 'art: 1 posted, done', { routes: [route] }],
  ['warn', 'art: 1 posted, done; photos: 0 posted, stopped', { routes: [route, stopped] }],
  ['error', 'photos: 0 posted, stopped', { routes: [{ ...stopped, failed: true }] }],
  ['info', 'art: 0 planned', { routes: [{ ...route, plan: [] }] }],
  ['info', 'sent on to art, photos', { routes: [], sent: ['art', 'photos'] }],
  ['error', 'sent on to nobody', { routes: [], sent: [], unsent: [{ route: 'art', reason: 'not allowed' }] }],
]
test.each(reports)('of a report, %s: %s', (level, message, rest) => {
  const report = { version: '1.2.3', ms: 5, ...rest }
  expect(lineOfReport(report)).toEqual({ level, message, fields: { event: 'report', ...report } })
})

import { expect, test } from 'vitest'
import { emptyReport } from '../../../src/core/report/draft.ts'
import { measure } from '../../../src/core/report/metrics.ts'
import type { RouteReport, RunEvent } from '../../../src/core/report/report.ts'

const route = emptyReport('art')
const post = (n: number): { post: string; statuses: string[] } => ({ post: String(n), statuses: [] })
const counted = (routes: readonly RouteReport[], told: readonly RunEvent[] = []): readonly string[] =>
  measure({ version: '1.2.3', ms: 5, routes }, told).map(
    ({ name, unit, value }) => `${name} ${value} ${unit}`,
  )

test('a run that found nothing has succeeded, and nothing waits', () => {
  expect(counted([route])).toEqual(['Succeeded 1 Count', 'Waiting 0 Count'])
})

test('posts are counted, and how late they came where that means something', () => {
  const posted = [1, 2, 3].map(post)
  const at = { event: 'posted', route: 'art', statuses: [] } as const
  const told: readonly RunEvent[] = [
    { ...at, post: '1', lag: 360 },
    { ...at, post: '2' },
    { ...at, post: '3', lag: 0 },
    { event: 'noted', route: 'art', post: '4' },
  ]
  expect(counted([{ ...route, outcome: 'more', posted, waiting: 1 }], told)).toEqual([
    'Succeeded 1 Count',
    'Waiting 1 Count',
    'Posted 3 Count',
    'Lag 360 Seconds',
    'Lag 0 Seconds',
  ])
})

test('what is set aside is counted', () => {
  const parked = [{ post: '1', reason: 'dead', attempts: 5 }]
  expect(counted([{ ...route, parked }])).toContain('Parked 1 Count')
})

test('a route that stands still has not succeeded, and nobody counted what waits', () => {
  expect(counted([{ ...route, outcome: 'stopped', posted: [post(1)], waiting: 1 }])).toEqual([
    'Succeeded 0 Count',
    'Posted 1 Count',
  ])
})

test('several routes are counted each; an invocation that only sent them on counts nothing', () => {
  expect(counted([route, { ...route, outcome: 'stopped' }])).toEqual([
    'Succeeded 1 Count',
    'Waiting 0 Count',
    'Succeeded 0 Count',
  ])
  expect(counted([])).toEqual([])
})

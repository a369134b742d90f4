/** A route's report while its run goes on. */
import type { RouteReport } from './report.ts'

/** What a run collects while it goes; `outcome` and `why` are the last word. */
export type Draft = {
  -readonly [K in keyof RouteReport]: RouteReport[K] extends readonly (infer T)[] ? T[] : RouteReport[K]
}

/** Of a route where nothing has happened yet. */
export const emptyReport = (route: string): Draft => ({
  route,
  outcome: 'done',
  posted: [],
  skipped: [],
  retrying: [],
  parked: [],
  edited: [],
  deleted: [],
  waiting: 0,
})

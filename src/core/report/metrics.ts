/** What is counted of an invocation, so that an alarm can tell whether Levity does its work. */
import type { Report, RouteReport, RunEvent } from './report.ts'

export type Measurement = {
  readonly name: 'Posted' | 'Parked' | 'Waiting' | 'Lag' | 'Succeeded'
  readonly unit: 'Count' | 'Seconds'
  readonly value: number
}

/**
 * `Succeeded` and `Waiting` are written for every route, also as 0, because alarms watch for their absence; the others only if
 * there is something to count. A plan is not measured. If a route is stopped, nobody has counted what waits.
 */
export function measure(report: Report, events: readonly RunEvent[]): readonly Measurement[] {
  const lags = events.flatMap((event) => (event.event === 'posted' ? (event.lag ?? []) : []))
  return [
    ...report.routes.flatMap(measureRoute),
    ...lags.map((value): Measurement => ({ name: 'Lag', unit: 'Seconds', value })),
  ]
}

function measureRoute({ outcome, posted, parked, waiting }: RouteReport): readonly Measurement[] {
  const count = (name: Measurement['name'], value: number): Measurement => ({ name, unit: 'Count', value })
  return [
    count('Succeeded', outcome === 'stopped' ? 0 : 1),
    ...(outcome === 'stopped' ? [] : [count('Waiting', waiting)]),
    ...(posted.length > 0 ? [count('Posted', posted.length)] : []),
    ...(parked.length > 0 ? [count('Parked', parked.length)] : []),
  ]
}

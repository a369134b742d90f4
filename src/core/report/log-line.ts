/** What a run writes to the log, and at which level. */
import type { Report, RunEvent } from './report.ts'
import { describeEvent, describeReport } from './sentences.ts'

/** `error`: a person is needed. `warn`: it is tried again by itself. */
export type LogLine = {
  readonly level: 'info' | 'warn' | 'error'
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** One line for each decision. */
export const lineOf = (event: RunEvent): LogLine => ({
  level: levelOf(event),
  message: describeEvent(event),
  fields: event,
})

function levelOf(event: RunEvent): LogLine['level'] {
  switch (event.event) {
    case 'parked':
      return 'error'
    case 'stopped':
      return event.retryAt === undefined ? 'error' : 'warn'
    case 'retrying':
      return 'warn'
    default:
      return 'info'
  }
}

/** The last line of an invocation: its whole report. */
export function lineOfReport(report: Report): LogLine {
  const { routes, unsent = [] } = report
  const failed = unsent.length > 0 || routes.some((route) => route.failed)
  const resting = routes.some(({ outcome }) => outcome === 'stopped')
  return {
    level: failed ? 'error' : resting ? 'warn' : 'info',
    message: describeReport(report),
    fields: { event: 'report', ...report },
  }
}

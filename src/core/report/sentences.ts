/** What a run tells, in the words that a person reads: on the terminal, and as the message of a line in the log. */
import type { Check, Report, RunEvent, Size } from './report.ts'

const kilobytes = (bytes: number): string =>
  bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
/** `1280×960, 31 kB` */
export const describeSize = ({ bytes, width, height }: Size): string =>
  `${width}×${height}, ${kilobytes(bytes)}`

export type ShownChange = { readonly change: string; readonly from: Size; readonly to: Size }

/** `1280×960, 31 kB → the same bytes` or `4000×3000, 9.1 MB → 2000×1500, 640 kB (shrunk)`. */
export const describeChange = ({ change, from, to }: ShownChange): string =>
  change === 'kept'
    ? `${describeSize(from)} → the same bytes`
    : `${describeSize(from)} → ${describeSize(to)} (${change})`

export function describeEvent(event: RunEvent): string {
  switch (event.event) {
    case 'image':
      return `post ${event.post}, image ${event.image} of ${event.of}: ${describeChange(event)}`
    case 'noted':
      return `post ${event.post} is new`
    case 'posted':
      return `post ${event.post} is posted: ${event.statuses.join(' ')}`
    case 'skipped':
      return `post ${event.post} is skipped: ${event.reason}`
    case 'retrying':
      return `post ${event.post} is tried again later (failed try ${event.attempts}): ${event.reason}`
    case 'parked':
      return `post ${event.post} is set aside: ${event.reason}`
    case 'edited':
      return `the statuses of post ${event.post} are edited: it was changed on Tumblr`
    case 'deleted':
      return `post ${event.post} is finished: ${event.reason}`
    case 'stopped':
      return `${event.route} stands still${event.retryAt === undefined ? '' : ` until ${event.retryAt}`}: ${event.reason}`
  }
}

/** `art: 2 posted, done; photos: 0 posted, stopped` */
export function describeReport({ routes, sent }: Report): string {
  const parts = routes.map(({ route, outcome, posted, plan, checks }) => {
    if (checks) return `${route}: ${describeChecks(checks)}`
    return plan ? `${route}: ${plan.length} planned` : `${route}: ${posted.length} posted, ${outcome}`
  })
  return [...(sent ? [`sent on to ${sent.join(', ') || 'nobody'}`] : []), ...parts].join('; ')
}

/** `14 checks, all well` or `14 checks, 2 not well` */
export function describeChecks(checks: readonly Check[]): string {
  const crosses = checks.filter(({ ok }) => !ok).length
  return `${checks.length} checks, ${crosses === 0 ? 'all' : crosses} ${crosses === 0 ? '' : 'not '}well`
}

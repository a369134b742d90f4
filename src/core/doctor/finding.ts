/** What became of a question that was asked of a service: its answer, or why there is none. */
import type { FailureFacts } from '../failure/failure.ts'
import type { Check } from '../report/report.ts'

export type Finding<T> =
  | { readonly is: 'found'; readonly found: T }
  /** `facts`: what the service answered, or that it did not. Absent for any other error. */
  | { readonly is: 'failed'; readonly reason: string; readonly facts?: FailureFacts }
  /** The settings do not say whom to ask. */
  | { readonly is: 'not asked' }

export const notAsked = { is: 'not asked' } as const

/** The service has answered, and named a cause. */
export const refusedBy = <T>(finding: Finding<T>): FailureFacts | undefined =>
  finding.is === 'failed' && finding.facts?.answer === 'json' ? finding.facts : undefined

export const crossForNotAsked = (check: string): Check => ({
  check,
  ok: false,
  says: 'it was not asked: the variables for it have mistakes',
})

export const tryLater =
  'see whether it works in a browser, and whether this machine has a network; then ask again'

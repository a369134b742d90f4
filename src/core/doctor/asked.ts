/** What became of a question: its answer, or why there is none. */
import type { FailureFacts } from '../failure/failure.ts'

export type Asked<T> =
  | { readonly is: 'found'; readonly found: T }
  /** `facts` where a service answered, or did not. */
  | { readonly is: 'failed'; readonly reason: string; readonly facts?: FailureFacts }
  /** The settings do not say whom to ask. */
  | { readonly is: 'unasked' }

/** The other side has answered, and named a cause. */
export const refusedBy = <T>(asked: Asked<T>): FailureFacts | undefined =>
  asked.is === 'failed' && asked.facts?.answer === 'json' ? asked.facts : undefined

export const unasked = 'it was not asked: the variables for it have mistakes'
export const tryLater =
  'see whether it works in a browser, and whether this machine has a network; then ask again'

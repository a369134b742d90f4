/** How a try at a post ended. */
import type { Verdict } from '../../core/failure/failure.ts'
import type { PostRecord } from '../../core/record/record.ts'

export type PostOutcome =
  | { readonly is: 'posted' | 'found'; readonly statuses: readonly string[] }
  | { readonly is: 'skipped' | 'deleted'; readonly reason: string }
  | { readonly is: 'parked'; readonly reason: string; readonly attempts: number }
  | { readonly is: 'retrying'; readonly reason: string; readonly attempts: number; readonly next: number }
  /** Another run works on it, or it is not due yet. No newer post may be published before it (E1). */
  | { readonly is: 'waiting'; readonly why: string; readonly until: number }
  | { readonly is: 'out of time' }
  /** `notAfter`: ms since 1970; the post may not rest longer than that. */
  | { readonly is: 'trouble'; readonly verdict: Verdict; readonly notAfter?: number }

export const overtaken: PostOutcome = { is: 'waiting', why: 'another run works on it', until: 0 }

/** Of a record that is settled or parked. */
export function outcomeOf(record: PostRecord): PostOutcome {
  const reason = record.reason ?? 'unknown'
  if (record.state === 'parked')
    return { is: 'parked', reason, attempts: record.failing?.tries ?? record.attempts }
  if (record.outcome === 'skipped' || record.outcome === 'deleted') return { is: record.outcome, reason }
  return { is: record.outcome ?? 'posted', statuses: record.statuses.map((status) => status.url) }
}

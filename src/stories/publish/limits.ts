/** V3: a refusal that a changed limit explains is answered by composing again, within the limits of now. */
import { ServiceError } from '../../core/failure/failure.ts'
import type { PostRecord } from '../../core/record/record.ts'
import { refitted, toComposeAnew } from '../../core/record/transitions.ts'
import type { Limits } from '../../core/server/limits.ts'
import { isWithin, refitThread } from '../../core/status/refit.ts'
import type { Publishing } from './progress.ts'
import { draftOf } from './upload.ts'

/** A refusal for which a limit may be the reason, in any form: a proxy has limits of its own, and answers in HTML. */
const mayBeLimit = (error: unknown): boolean =>
  error instanceof ServiceError &&
  error.facts.service === 'Mastodon' &&
  [400, 413, 422].includes(error.facts.status ?? 0)

/**
 * Whether the server's limits are others than those that the part was composed for. They are asked for once in a try. They may
 * have been read since the part was composed, after trouble or once a day: then the part itself tells.
 */
export async function limitsChanged(
  error: unknown,
  record: PostRecord,
  publishing: Publishing,
): Promise<boolean> {
  const { trial, readLimits } = publishing
  if (trial.limitsRead || !mayBeLimit(error)) return false
  trial.limitsRead = true
  return (await readLimits()) || !isWithin(draftOf(record), publishing.server.limits)
}

/** What of the thread is not out yet, to be composed again. What is out stays (E7). */
export function withinLimits(record: PostRecord, limits: Limits): PostRecord {
  const { thread, statuses } = record
  return statuses.length === 0 || thread === undefined
    ? toComposeAnew(record)
    : refitted(record, refitThread(thread, statuses.length, limits))
}

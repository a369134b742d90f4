/** What a person asks for by naming a post (L5). */

import type { Wishes } from '../config/settings.ts'
import type { PostRecord } from './record.ts'

/** Why the post cannot be published as that copy; undefined if it can. `before`: the record of the copy before. */
export function refuseByHand(
  id: string,
  copy: number,
  existing: PostRecord | undefined,
  before: PostRecord | undefined,
): string | undefined {
  if (existing?.state === 'parked')
    return `it is parked (${existing.reason}); {"retry":["${id}"]} tries it again`
  if (wasPosted(existing)) {
    return copy === 1
      ? 'it was posted already; "again":2 posts it a second time'
      : `its copy ${copy} was posted already; "again":${copy + 1} posts another`
  }
  if (copy > 1 && !wasPosted(before)) {
    return `Expected "again" to be the number of the next copy for post ${id} but received ${copy}: copy ${copy - 1} was never posted`
  }
  return undefined
}

const wasPosted = (record: PostRecord | undefined): boolean =>
  record?.state === 'settled' && record.outcome !== 'skipped'

/**
 * Whether a post that was skipped is judged again when Tumblr shows it: where its author has changed it, and where it only
 * waited. Not where a person has settled it.
 */
export const isJudgedAgain = (record: PostRecord, changed: boolean): boolean =>
  record.state === 'settled' &&
  record.outcome === 'skipped' &&
  record.byHand !== true &&
  (changed || record.waits === true)

/** The wishes for a post that a person has named: the tag rules that leave posts out do not count. */
export const unruled = (wishes: Wishes): Wishes => ({
  ...wishes,
  reblogs: wishes.reblogs === 'none' ? 'own' : wishes.reblogs,
  tagRules: wishes.tagRules.filter(({ action }) => action.do !== 'skip' && action.do !== 'only'),
})

/** What every step of a post is given, and how a step ends. */

import type { Wishes } from '../../core/config/settings.ts'
import type { Post } from '../../core/post/post.ts'
import type { Door } from '../../core/record/failing.ts'
import type { PostRecord } from '../../core/record/record.ts'
import type { KnownServer } from '../../core/record/route.ts'
import type { World } from '../../world.ts'

export type Publishing = {
  readonly world: World
  readonly server: KnownServer
  readonly wishes: Wishes
  /** The post as it is on Tumblr now; undefined where it is gone. */
  readonly findPost: (id: string) => Promise<Post | undefined>
  /** V3: reads the server's limits anew, and says whether they have changed. `server` has the new ones. */
  readonly readLimits: () => Promise<boolean>
  readonly trial: Trial
}

/** What one try at a post has shown, for the comparison with others (V2). */
export type Trial = {
  readonly passed: Set<Door>
  /** The record with its failure, as it was written. */
  failed?: PostRecord
  /** The record as it was written to wait. */
  waits?: PostRecord
  /** The last create call had no clear outcome. */
  inDoubt: boolean
  /** The limits were read anew after a refusal, once. */
  limitsRead: boolean
}
export const newTrial = (): Trial => ({ passed: new Set(), inDoubt: false, limitsRead: false })

/** How a step ended: with a record, which is in the ledger or about to be written, and perhaps with a reason to stop. */
export type Progress =
  | { readonly record: PostRecord; readonly stop?: Stop }
  /** Another run has written the record since. */
  | 'overtaken'
export type Stop =
  /** `door`: where, if the step does not tell. */
  | { readonly because: 'failure'; readonly error: unknown; readonly door?: Door }
  | { readonly because: 'wait'; readonly why: string; readonly until: number }
  | { readonly because: 'doubt'; readonly reason: string }
  | { readonly because: 'time' }

/** What a conditional write leaves: the record as stored, or another run's. */
export const stored = (record: PostRecord | undefined): Progress => (record ? { record } : 'overtaken')

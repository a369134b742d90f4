/** What every step of a post is given, and how a step ends. */

import type { Wishes } from '../../core/config/settings.ts'
import type { Post } from '../../core/post/post.ts'
import type { PostRecord } from '../../core/record/record.ts'
import type { KnownServer } from '../../core/record/route.ts'
import type { World } from '../../world.ts'

export type Publishing = {
  readonly world: World
  readonly server: KnownServer
  readonly wishes: Wishes
  /** The post as it is on Tumblr now; undefined where it is gone. */
  readonly findPost: (id: string) => Promise<Post | undefined>
}

/** How a step ended: with a record, which is in the ledger or about to be written, and perhaps with a reason to stop. */
export type Progress =
  | { readonly record: PostRecord; readonly stop?: Stop }
  /** Another run has written the record since. */
  | 'overtaken'
export type Stop =
  | { readonly because: 'failure'; readonly error: unknown }
  | { readonly because: 'wait'; readonly why: string; readonly until: number }
  | { readonly because: 'doubt'; readonly reason: string }
  | { readonly because: 'time' }

/** What a conditional write leaves: the record as stored, or another run's. */
export const stored = (record: PostRecord | undefined): Progress => (record ? { record } : 'overtaken')

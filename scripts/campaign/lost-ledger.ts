/** What may be said of posts once the ledger was lost: what stands there with a link is known by it, and the rest begins anew. */
import type { SandboxStatus } from '../sandbox/mastodon/mastodon.ts'
import type { Aftermath } from './aftermath.ts'
import { beginning, type Post } from './scene.ts'

/** When the ledger was lost last; undefined where it never was. */
export function lostAt({ scene }: Aftermath): number | undefined {
  const losses = scene.acts.filter((act) => act.do === 'lose the ledger')
  return losses.length === 0 ? undefined : beginning + Math.max(...losses.map(({ at }) => at))
}

/** Of those that stood there before the loss, copies included, nobody knows more than one, and none whose words its owner has changed. */
export function knownOf(roots: readonly SandboxStatus[], after: Aftermath): readonly SandboxStatus[] {
  const lost = lostAt(after) ?? 0
  const before = roots.filter(({ createdAt }) => createdAt <= lost)
  const known = before.filter(({ id }) => !after.byHand.words.has(id))
  return [...known.slice(0, 1), ...roots.filter((root) => !before.includes(root))]
}

/**
 * A thread that was begun before the loss is taken for whole, and nobody goes on with it where its post is gone. What its owner
 * deleted is not known to have been there.
 */
export const isBeyondKnowing = (post: Post, root: SandboxStatus | undefined, after: Aftermath): boolean => {
  const lost = lostAt(after)
  if (lost === undefined) return false
  const isFound = after.records.some(
    ({ id, outcome }) => id === after.stage.ids.get(post.key) && outcome === 'found',
  )
  if (root !== undefined) return root.createdAt <= lost || isFound || post.deleted !== undefined
  // A status of the owner's own that links to it counts as the post (L4). What was hidden when the archive was listed is not in it.
  return post.hidden !== undefined || after.byHand.words.size > 0 || after.byHand.deleted.has(post.key)
}

/** L4: which posts were posted before: by a ledger that was lost, or by another tool. */
import { timeOfId } from '../../core/post/ids.ts'
import { leadsTo, postLinks } from '../../core/post/links.ts'
import type { Post } from '../../core/post/post.ts'
import { showsPost } from '../../core/record/already-posted.ts'
import type { RouteRun } from './route-run.ts'

/** Why such a post is not posted. */
export const foundReason = 'a status of the account links to it'

/** The ids of those that a status of the account shows. Throws a ServiceError ('Mastodon') where the statuses cannot be read. */
export async function alreadyPosted(run: RouteRun, found: readonly Post[]): Promise<Set<string>> {
  const { world, route } = run
  const ids = new Set<string>()
  if (route.server === undefined || found.length === 0) return ids
  const { limits, account } = route.server
  const posts = new Map(found.map((post) => [post.id, post]))
  // No status is older than the post it links to; a re-dated post is as old as its id.
  const since = Math.min(...found.map((post) => timeOfId(post.id) ?? post.publishedAt))
  for await (const status of world.mastodon.fetchStatuses(account.id, since, archivePages)) {
    for (const link of postLinks(status.content)) {
      const post = posts.get(link.id)
      if (post && leadsTo(link, post) && showsPost(status, post, limits, world.config.wishes))
        ids.add(post.id)
    }
  }
  return ids
}
/** The newest 10,000 statuses; what links to older ones is not looked for. */
const archivePages = 250

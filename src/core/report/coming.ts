/** What a plan says about the posts that it does not show. */
import type { RouteConfig } from '../config/route.ts'
import { compareIds, timeOfId } from '../post/ids.ts'
import type { PostPage } from '../post/post.ts'
import type { RouteRecord } from '../record/route.ts'
import { count, describeSpan, describeTime } from './when.ts'

export type Coming = {
  readonly config: RouteConfig
  /** Undefined before the first run. */
  readonly route: RouteRecord | undefined
  readonly page: PostPage
  /** How many posts the plan has. */
  readonly planned: number
}

export function describeComing({ config, route, page, planned }: Coming): string {
  const { delayMs, maxPosts } = config
  const soon = delayMs === 0 ? 'by the next run' : `${describeSpan(delayMs)} later`
  const sentences = [
    ...(planned === 0 ? [`${newestOf(page, route, config)}.`] : []),
    ...(planned > maxPosts
      ? [`A run posts ${count(maxPosts, 'post')} at most, and the next one the rest.`]
      : []),
    ...listingOf(config, route, page),
    `What the blog publishes from now on is posted ${soon}, the oldest first.`,
  ]
  return sentences.join(' ')
}

function newestOf({ posts, blog }: PostPage, route: RouteRecord | undefined, { start }: RouteConfig): string {
  const newest = posts
    .map(({ id }) => id)
    .sort(compareIds)
    .at(-1)
  if (newest === undefined) return `There is nothing to post: ${blog.name} has no posts yet`
  const at = timeOfId(newest)
  const when = at === undefined ? newest : `${newest} of ${describeTime(at)}`
  return route === undefined
    ? `There is nothing to post: of what is there, up to post ${when}, nothing is wanted (LEVITY_START is ${start.from})`
    : `There is nothing to post: everything up to post ${when} is posted, or was left out`
}

/** A plan reads the newest page only. */
function listingOf(
  { start }: RouteConfig,
  route: RouteRecord | undefined,
  page: PostPage,
): readonly string[] {
  if (route?.listing?.kind === 'new') return ['Older ones that are new too come before all of these.']
  const older = (page.totalPosts ?? 0) > page.length
  const archive = route === undefined ? start.from !== 'now' : route.listing?.kind === 'archive'
  return archive && older
    ? ['Posts that are older than the newest page come too; a plan does not go there.']
    : []
}

/** What a run would do, worked out to the last byte; nothing is changed anywhere. */
import type { Ask } from './core/event.ts'
import { judgeFailure } from './core/failure.ts'
import { compareIds } from './core/ids.ts'
import type { Limits } from './core/limits.ts'
import { judgePost, type Post, type PostPage } from './core/post.ts'
import type { PlannedPost, RouteReport } from './core/report.ts'
import type { RouteRecord } from './core/route.ts'
import { composeThread } from './core/status.ts'
import { prepareImage } from './prepare.ts'
import type { Draft } from './route-run.ts'
import type { World } from './world.ts'

/** Plans the post asked for, else what is open, or new on the newest page. */
export async function planRoute(ask: Ask, report: Draft, world: World): Promise<RouteReport> {
  const [{ route, todo }, page, limits] = await Promise.all([
    world.ledger.read(),
    world.tumblr.fetchPage(),
    world.mastodon.fetchLimits(),
  ])
  const listed = new Map(page.posts.map((post) => [post.id, post]))
  const asked = route === undefined ? firstPosts(page, world) : newPosts(page, route)
  const ids = ask.post !== undefined ? [ask.post] : [...todo, ...asked].map(({ id }) => id)
  const atRest = route === undefined && ids.length === 0 && world.config.start.from === 'now'
  const newest = atRest ? newestWanted(page, world) : undefined
  if (newest) {
    ids.push(newest.id)
    report.why = `LEVITY_START=now posts nothing from before the first run; this is how the newest post would look, and {"post":"${newest.id}"} posts it`
  }
  const plan: PlannedPost[] = []
  for (const id of [...new Set(ids)].sort(compareIds)) {
    const post = listed.get(id) ?? (await world.tumblr.fetchPost(id))
    if (post === undefined) report.skipped.push({ post: id, reason: 'it is gone from Tumblr' })
    else await planOrExplain(post, limits, plan, report, world)
  }
  return { ...report, waiting: todo.length, plan }
}

function newPosts(page: PostPage, route: RouteRecord): readonly Post[] {
  const known = new Set(route.page.map(({ id }) => id))
  return page.posts.filter(({ id }) => !known.has(id) && compareIds(id, route.start) > 0)
}

/** Before the first run: what `LEVITY_START` asks for, as far as the newest page shows it. */
function firstPosts(page: PostPage, { config }: World): readonly Post[] {
  const { start, wishes } = config
  if (start.from === 'now') return []
  const since = start.from === 'since' ? start.time : 0
  const wanted = page.posts.filter((post) => post.publishedAt >= since && judgePost(post, wishes).wanted)
  return start.from === 'last' ? wanted.slice(0, start.count) : wanted
}

/** Without an example, a Levity that has just been set up would look dead. */
const newestWanted = (page: PostPage, { config }: World): Post | undefined =>
  page.posts
    .filter((post) => judgePost(post, config.wishes).wanted)
    .reduce<Post | undefined>((a, b) => (a && compareIds(a.id, b.id) > 0 ? a : b), undefined)

/** One post that cannot be planned must not end the plan of the others. */
async function planOrExplain(
  ...[post, limits, plan, report, world]: Parameters<typeof planPost>
): Promise<void> {
  try {
    await planPost(post, limits, plan, report, world)
  } catch (error) {
    const { blame, reason } = judgeFailure(error)
    if (blame !== 'post') throw error
    report.skipped.push({ post: post.id, reason })
  }
}

async function planPost(
  post: Post,
  limits: Limits,
  plan: PlannedPost[],
  report: Draft,
  world: World,
): Promise<void> {
  const judgement = judgePost(post, world.config.wishes)
  if (!judgement.wanted) {
    report.skipped.push({ post: post.id, reason: judgement.reason })
    return
  }
  const statuses: PlannedPost['statuses'][number][] = []
  for (const draft of composeThread(post, judgement.images, limits, world.config.wishes)) {
    const images: PlannedPost['statuses'][number]['images'][number][] = []
    for (const image of draft.images) {
      const { url, change, before, bytes, mimeType, width, height } = await prepareImage(
        image,
        limits,
        world.source,
        world.images,
      )
      const altText = image.altText === undefined ? {} : { altText: image.altText }
      images.push({
        url,
        change,
        from: before,
        to: { bytes: bytes.length, width, height, mimeType },
        ...altText,
      })
    }
    const { images: _, ...words } = draft
    statuses.push({ ...words, images })
  }
  plan.push({ post: post.id, url: post.url, statuses })
}

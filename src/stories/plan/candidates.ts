/** Which posts a plan shows. */
import { compareIds, timeOfId } from '../../core/post/ids.ts'
import { judgePost, type Post, type PostPage } from '../../core/post/post.ts'
import type { PostRecord } from '../../core/record/record.ts'
import type { RouteRecord } from '../../core/record/route.ts'
import type { Draft } from '../../core/report/draft.ts'
import type { World } from '../../world.ts'

/** What the ledger and the newest page know of a post. */
export type Candidate = {
  readonly id: string
  /** Absent if no run has noted the post yet. */
  readonly record?: PostRecord
  /** Ms since 1970: nothing is tried sooner. */
  readonly due?: number
}

/** Oldest first, each once. */
export async function candidates(
  route: RouteRecord | undefined,
  todo: readonly PostRecord[],
  page: PostPage,
  report: Draft,
  world: World,
): Promise<readonly Candidate[]> {
  const open = todo.map((record) => ({
    id: record.id,
    record,
    ...(record.notBefore !== undefined && { due: record.notBefore }),
  }))
  const fresh =
    route === undefined
      ? firstPosts(page, world).map(({ id }) => ({ id }))
      : newPosts(page, route).map((post) => ({
          id: post.id,
          due: (timeOfId(post.id) ?? post.publishedAt) + world.config.delayMs,
        }))
  const all = [...open, ...fresh.filter(({ id }) => !open.some((one) => one.id === id))]
  const newest = all.length === 0 ? await findExample(route, page, world) : undefined
  if (newest === undefined) return all.toSorted((a, b) => compareIds(a.id, b.id))
  const why = `LEVITY_START=now posts nothing from before the first run; this is how the newest post would look, and {"post":"${newest.id}"} posts it`
  report.why = report.why === undefined ? why : `${report.why}; ${why}`
  return [{ id: newest.id }]
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

/**
 * The newest post from before the start, as an example. It is shown until there is a newer post or it was posted by hand.
 * Without it, the plan of a Levity that has just been set up would be empty.
 */
async function findExample(
  route: RouteRecord | undefined,
  page: PostPage,
  world: World,
): Promise<Post | undefined> {
  const isBefore = ({ id }: Post): boolean => route === undefined || compareIds(id, route.start) <= 0
  if (world.config.start.from !== 'now' || !page.posts.every(isBefore)) return undefined
  const newest = newestWanted(page, world)
  if (newest === undefined || route === undefined) return newest
  const records = await world.ledger.fetchPosts([{ id: newest.id, copy: 1 }])
  return records.length === 0 ? newest : undefined
}

const newestWanted = (page: PostPage, { config }: World): Post | undefined =>
  page.posts
    .filter((post) => judgePost(post, config.wishes).wanted)
    .reduce<Post | undefined>((a, b) => (a && compareIds(a.id, b.id) > 0 ? a : b), undefined)

/** What a run would do, worked out to the last byte; nothing is changed anywhere. */
import { refuseByHand, unruled } from './core/by-hand.ts'
import { describeComing } from './core/coming.ts'
import type { Ask } from './core/event.ts'
import { judgeFailure } from './core/failure.ts'
import { compareIds, timeOfId } from './core/ids.ts'
import type { Limits } from './core/limits.ts'
import { judgePost, type Post, type PostPage } from './core/post.ts'
import type { PostRecord } from './core/record.ts'
import type { PlannedPost, RouteReport } from './core/report.ts'
import type { RouteRecord } from './core/route.ts'
import { composeThread, type StatusDraft } from './core/status.ts'
import type { Wishes } from './core/wishes.ts'
import { planStatuses } from './plan-status.ts'
import { type Draft, rests } from './route-run.ts'
import type { World } from './world.ts'

/** What is known of a post before it is looked at. */
type Candidate = {
  readonly id: string
  /** Absent for what no run has noted yet. */
  readonly record?: PostRecord
  /** Ms since 1970: nothing is tried sooner. */
  readonly due?: number
}

/** What is planned, what is not and why, and what it is planned with. */
type Planning = {
  readonly report: Draft
  readonly plan: PlannedPost[]
  readonly limits: Limits
  readonly wishes: Wishes
  readonly world: World
}

/** Plans the post asked for, else what is open, or new on the newest page. */
export async function planRoute(ask: Ask, report: Draft, world: World): Promise<RouteReport> {
  const [{ route, todo }, page, limits] = await Promise.all([
    world.ledger.read(),
    world.tumblr.fetchPage(),
    world.mastodon.fetchLimits(),
  ])
  const { wishes } = world.config
  const planning: Planning = { report, plan: [], limits, wishes, world }
  if (route?.trouble && rests(route, world))
    report.why = `the route rests until ${new Date(route.trouble.retryAt).toISOString()}, for ${route.trouble.reason}`
  if (ask.post !== undefined) {
    await planByHand(ask.post, ask.again ?? 1, { ...planning, wishes: unruled(wishes) })
  } else {
    const listed = new Map(page.posts.map((post) => [post.id, post]))
    for (const candidate of candidates(route, todo, page, planning))
      await planOne(candidate, listed.get(candidate.id), planning)
  }
  const { plan } = planning
  const next = describeComing({ config: world.config, route, page, planned: plan.length })
  return { ...report, waiting: todo.length, plan, ...(ask.post === undefined && { next }) }
}

/** Oldest first, each once. */
function candidates(
  route: RouteRecord | undefined,
  todo: readonly PostRecord[],
  page: PostPage,
  { report, world }: Planning,
): readonly Candidate[] {
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
  const atRest = route === undefined && all.length === 0 && world.config.start.from === 'now'
  const newest = atRest ? newestWanted(page, world) : undefined
  if (newest === undefined) return all.toSorted((a, b) => compareIds(a.id, b.id))
  report.why = `LEVITY_START=now posts nothing from before the first run; this is how the newest post would look, and {"post":"${newest.id}"} posts it`
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

/** Without an example, a Levity that has just been set up would look dead. */
const newestWanted = (page: PostPage, { config }: World): Post | undefined =>
  page.posts
    .filter((post) => judgePost(post, config.wishes).wanted)
    .reduce<Post | undefined>((a, b) => (a && compareIds(a.id, b.id) > 0 ? a : b), undefined)

async function planByHand(id: string, copy: number, planning: Planning): Promise<void> {
  const { ledger, config, tumblr } = planning.world
  const records = await ledger.fetchPosts([copy, copy - 1].filter((n) => n > 0).map((n) => ({ id, copy: n })))
  const [record, before] = [copy, copy - 1].map((n) => records.find((one) => one.copy === n))
  const post = await tumblr.fetchPost(id)
  const refusal = refuseByHand(id, copy, record, before)
  if (refusal !== undefined || post === undefined) {
    const reason = refusal ?? `the blog ${config.tumblr.blog} has no such post`
    planning.report.skipped.push({ post: id, reason })
  } else {
    const open = record?.state === 'settled' ? undefined : record
    await planOne({ id, ...(open && { record: open }) }, post, planning)
  }
}

/** One post that cannot be planned must not end the plan of the others. */
async function planOne(candidate: Candidate, listed: Post | undefined, planning: Planning): Promise<void> {
  const { report, world } = planning
  const { id } = candidate
  try {
    const post = listed ?? (await world.tumblr.fetchPost(id))
    await planPost(post, candidate, planning)
  } catch (error) {
    const { blame, reason } = judgeFailure(error)
    if (blame !== 'post') throw error
    report.skipped.push({ post: id, reason })
  }
}

/** A thread that was begun is finished as it was begun, whatever became of the post (E7). */
async function planPost(
  post: Post | undefined,
  { id, record, due }: Candidate,
  planning: Planning,
): Promise<void> {
  const { report, plan, limits, world } = planning
  const thread = record?.thread ?? composeOrSkip(post, planning)
  if (typeof thread === 'string') {
    report.skipped.push({ post: id, reason: thread })
    return
  }
  const out = record?.statuses.map(({ url }) => url) ?? []
  plan.push({
    post: id,
    url: post?.url ?? `https://www.tumblr.com/${world.config.tumblr.blog}/${id}`,
    ...(due !== undefined && due > world.clock.now() && { due: new Date(due).toISOString() }),
    statuses: await planStatuses(id, thread, out, limits, world),
  })
}

/** The thread, or why there is none. */
function composeOrSkip(
  post: Post | undefined,
  { limits, wishes }: Planning,
): readonly StatusDraft[] | string {
  if (post === undefined) return 'it is gone from Tumblr'
  const judgement = judgePost(post, wishes)
  return judgement.wanted ? composeThread(post, judgement.images, limits, wishes) : judgement.reason
}

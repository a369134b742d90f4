/** Works out what a run would do, to the last byte, and changes nothing. */

import type { Wishes } from '../../core/config/settings.ts'
import type { Ask } from '../../core/event/event.ts'
import { judgeFailure } from '../../core/failure/failure.ts'
import { judgePost, type Post } from '../../core/post/post.ts'
import { unruled } from '../../core/record/by-hand.ts'
import { describeComing } from '../../core/report/coming.ts'
import type { Draft } from '../../core/report/draft.ts'
import type { PlannedPost, RouteReport } from '../../core/report/report.ts'
import type { Limits } from '../../core/server/limits.ts'
import { composeThread, type StatusDraft } from '../../core/status/status.ts'
import type { World } from '../../world.ts'
import { lookUpByHand } from '../run/by-hand.ts'
import { believe } from '../run/clock.ts'
import { rests } from '../run/route-run.ts'
import { type Candidate, candidates } from './candidates.ts'
import { planStatuses } from './statuses.ts'

/** The plan so far, what is left out and why, and what the plan is made with. */
type Planning = {
  readonly report: Draft
  readonly plan: PlannedPost[]
  readonly limits: Limits
  readonly wishes: Wishes
  readonly world: World
}

/** Plans the post that was asked for; otherwise the open posts and those that are new on the newest page. */
export async function planRoute(ask: Ask, report: Draft, world: World): Promise<RouteReport> {
  const [read, page, limits] = await Promise.all([
    world.ledger.read(),
    world.tumblr.fetchPage(),
    world.mastodon.fetchLimits(),
  ])
  const { route, todo } = believe(read, world)
  const { wishes } = world.config
  const planning: Planning = { report, plan: [], limits, wishes, world }
  if (route?.trouble && rests(route, world))
    report.why = `the route rests until ${new Date(route.trouble.retryAt).toISOString()}, for ${route.trouble.reason}`
  if (ask.post !== undefined) {
    await planByHand(ask.post, ask.again ?? 1, { ...planning, wishes: unruled(wishes) })
  } else {
    const listed = new Map(page.posts.map((post) => [post.id, post]))
    for (const candidate of await candidates(route, todo, page, report, world))
      await planOne(candidate, listed.get(candidate.id), planning)
  }
  const { plan } = planning
  const next = describeComing({ config: world.config, route, page, planned: plan.length })
  return { ...report, waiting: todo.length, plan, ...(ask.post === undefined && { next }) }
}

async function planByHand(id: string, copy: number, planning: Planning): Promise<void> {
  const { report, world } = planning
  const find = (): Promise<Post | undefined> => world.tumblr.fetchPost(id)
  const { existing, post, refusal } = await lookUpByHand(id, copy, find, world)
  if (refusal !== undefined) {
    report.skipped.push({ post: id, reason: refusal })
  } else {
    const open = existing?.state === 'settled' ? undefined : existing
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

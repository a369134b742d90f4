/** The state of one run of one route, and how the run reports what happened. */
import { believed } from '../../core/clock/believed.ts'
import type { Verdict } from '../../core/failure/failure.ts'
import type { Post, PostPage } from '../../core/post/post.ts'
import { describeWait } from '../../core/record/listing.ts'
import type { PostRecord } from '../../core/record/record.ts'
import { type KnownServer, type RouteRecord, troubleAfter } from '../../core/record/route.ts'
import type { Draft } from '../../core/report/draft.ts'
import type { World } from '../../world.ts'
import type { PostOutcome } from '../publish/outcome.ts'
import { presentOf } from './clock.ts'

/** Thrown where another run has written the route's record: that run has the route now, and this one ends. */
export class Overtaken extends Error {}

/** What one run knows while it works on its route. */
export type RouteRun = {
  readonly world: World
  route: RouteRecord
  readonly page: PostPage
  /** Every post that was read in this run, so that none is requested twice. */
  readonly posts: Map<string, Post>
  /** No post was open when the run began. Then the oldest new post may be written as claimed at once (L2). */
  allSettled: boolean
  /** V2: some open post may stand aside as a suspect. */
  hasSuspects: boolean
  /** The new post that this run has claimed, if any. */
  claimed: PostRecord | undefined
  readonly skipped: { readonly post: string; readonly reason: string }[]
}

export async function saveRoute(run: RouteRun, changes: Partial<RouteRecord>): Promise<void> {
  const written = await run.world.ledger.writeRoute({ ...run.route, ...changes })
  if (!written) throw new Overtaken()
  run.route = written
}

export function serverOf(route: RouteRecord): KnownServer {
  if (!route.server)
    throw new Error('Expected the server to be known before anything is published but received none')
  return route.server
}

export async function findPost(run: RouteRun, id: string): Promise<Post | undefined> {
  const known = run.posts.get(id)
  if (known) return known
  const post = await run.world.tumblr.fetchPost(id)
  if (post) run.posts.set(id, post)
  return post
}

/** Adds an outcome to the report and to the log. `since`: when Tumblr published the post (ms), if its lag is to be measured. */
export async function tellOutcome(
  post: string,
  outcome: PostOutcome,
  report: Draft,
  run: RouteRun,
  since?: number,
): Promise<void> {
  const { world } = run
  const route = world.config.name
  switch (outcome.is) {
    case 'posted':
    case 'found': {
      report.posted.push({ post, statuses: [...outcome.statuses] })
      const lag =
        since === undefined ? {} : { lag: Math.max(0, Math.round((world.clock.now() - since) / 1000)) }
      return world.tell({ event: 'posted', route, post, statuses: outcome.statuses, ...lag })
    }
    case 'deleted':
      report.deleted.push(post)
      return world.tell({ event: 'deleted', route, post, reason: outcome.reason })
    case 'skipped':
      return tellSkipped(post, outcome.reason, report.skipped, world)
    case 'parked':
      report.parked.push({ post, reason: outcome.reason, attempts: outcome.attempts })
      return world.tell({ event: 'parked', route, post, reason: outcome.reason })
    case 'retrying': {
      const { reason, attempts, next } = outcome
      report.retrying.push({ post, reason, attempts, next: new Date(next).toISOString() })
      report.outcome = 'busy'
      report.why = `post ${post} is tried again: ${reason}`
      return world.tell({ event: 'retrying', route, post, reason, attempts })
    }
    case 'waiting':
      report.outcome = 'busy'
      report.why = `post ${post}: ${outcome.why}`
      return
    case 'out of time':
      report.outcome = 'more'
      return
    default:
      await writeTrouble(run.route, outcome.verdict, world, outcome.notAfter)
      stop(report, outcome.verdict, world)
  }
}

export function tellSkipped(post: string, reason: string, skipped: RouteRun['skipped'], world: World): void {
  skipped.push({ post, reason })
  world.tell({ event: 'skipped', route: world.config.name, post, reason })
}

/** V1, V7: says why new or older posts are not listed yet. */
export function tellWait(report: Draft, { route, page }: RouteRun, believed: boolean): void {
  const why = believed
    ? route.listing && describeWait(route.listing)
    : `Tumblr's newest page shows ${page.length} of ${page.totalPosts ?? 'its'} posts: this is believed if it is so in an hour too`
  if (why === undefined || report.why !== undefined) return
  report.why = why
  if (report.outcome === 'done') report.outcome = 'busy'
}

/** Reports that the route is stopped. Waiting for a rate limit is no failure, because it ends by itself at a known time. */
export function stop(report: Draft, verdict: Verdict, world: World): void {
  report.outcome = 'stopped'
  report.why = verdict.reason
  if (verdict.blame !== 'outside' || verdict.retryAt === undefined) report.failed = true
  const retryAt =
    verdict.blame === 'outside' && verdict.retryAt !== undefined ? new Date(verdict.retryAt) : undefined
  world.tell({
    event: 'stopped',
    route: world.config.name,
    reason: verdict.reason,
    ...(retryAt && { retryAt: retryAt.toISOString() }),
  })
}

const settingsDigest = ({ config, digest }: World): string =>
  digest(JSON.stringify([config.tumblr, config.mastodon]))

/** Whether a scheduled run does nothing on this route: the next try is not due, and the settings are the same as at the last one. */
export function rests({ trouble }: RouteRecord, world: World): boolean {
  if (trouble === undefined) return false
  const present = presentOf(world)
  if (believed('retryAt', trouble.retryAt, present) <= present.now) return false
  return trouble.settings === undefined || trouble.settings === settingsDigest(world)
}

/** Notes why the route is stopped and when it is tried again. If the ledger cannot be written, every run tries again. */
export async function writeTrouble(
  route: RouteRecord,
  verdict: Verdict,
  world: World,
  notAfter?: number,
): Promise<void> {
  if (verdict.blame === 'post') return
  const trouble = {
    ...troubleAfter(route.trouble, verdict, world.clock.now(), notAfter),
    settings: settingsDigest(world),
  }
  await world.ledger.writeRoute({ ...route, trouble }).catch(() => undefined)
}

/** The story of a run of one route: look, note what is new, publish the oldest first, follow changes, report. */

import type { Ask } from '../../core/event/event.ts'
import { judgeFailure } from '../../core/failure/failure.ts'
import { timeOfId } from '../../core/post/ids.ts'
import { pageItems, samePage } from '../../core/post/page.ts'
import type { PostRecord } from '../../core/record/record.ts'
import { released, uncounted } from '../../core/record/transitions.ts'
import { type Draft, emptyReport } from '../../core/report/draft.ts'
import type { RouteReport } from '../../core/report/report.ts'
import type { World } from '../../world.ts'
import { planRoute } from '../plan/plan.ts'
import { publishPost } from '../publish/publish.ts'
import { bearings, beginArchive, checkServer, expectSameBlog } from './begin.ts'
import { publishOne, retryParked } from './by-hand.ts'
import { followChanges } from './follow.ts'
import { goOnListing } from './listing.ts'
import { noteNew } from './note.ts'
import {
  findPost,
  Overtaken,
  type RouteRun,
  rests,
  saveRoute,
  serverOf,
  stop,
  tellOutcome,
  writeTrouble,
} from './route-run.ts'

/** Runs one route. Does not throw for failures of services: the report says them, and `failed` says whether the invocation must fail. */
export async function runRoute(ask: Ask, world: World): Promise<RouteReport> {
  const report = emptyReport(world.config.name)
  try {
    if (ask.mode === 'plan') return await planRoute(ask, report, world)
    await look(ask, report, world)
  } catch (error) {
    if (error instanceof Overtaken) {
      report.outcome = 'busy'
      report.why = 'another run works on this route'
    } else {
      stop(report, judgeFailure(error), world)
    }
  }
  return report
}

/** Makes one Tumblr request and one ledger read at the same time. If nothing is new and no post is open, the run ends here. */
async function look(ask: Ask, report: Draft, world: World): Promise<void> {
  const reading = world.ledger.read()
  const fetching = world.tumblr.fetchPage().then(
    (page) => ({ page }),
    (error: unknown) => ({ error }),
  )
  const { route, todo } = await reading
  report.waiting = todo.length
  if (route?.trouble && rests(route, world) && !ask.byHand) {
    report.outcome = 'stopped'
    report.why = route.trouble.reason
    return
  }
  const fetched = await fetching
  if ('error' in fetched) {
    if (route) await writeTrouble(route, judgeFailure(fetched.error), world)
    throw fetched.error
  }
  const { page } = fetched
  const run: RouteRun = {
    world,
    route: route ?? bearings(page, world),
    page,
    posts: new Map(page.posts.map((post) => [post.id, post])),
    allSettled: todo.length === 0,
    claimed: undefined,
    skipped: report.skipped,
  }
  try {
    await work(ask, report, run, todo)
  } catch (error) {
    // A claimed post is given back, so that the next run need not wait until the claim ends.
    if (run.claimed) await world.ledger.writePost(released(uncounted(run.claimed))).catch(() => undefined)
    if (!(error instanceof Overtaken)) await writeTrouble(run.route, judgeFailure(error), world)
    throw error
  }
}

async function work(ask: Ask, report: Draft, run: RouteRun, todo: readonly PostRecord[]): Promise<void> {
  const { world, page } = run
  expectSameBlog(run.route, page)
  await checkServer(run)
  if (ask.post !== undefined) return publishOne(ask, report, run)
  await beginArchive(run)
  if (ask.retry !== undefined) await retryParked(ask.retry, run)
  const changed = !samePage(pageItems(page, world.digest), run.route.page)
  if (!changed && todo.length === 0 && run.route.listing === undefined && ask.retry === undefined)
    return clearTrouble(run)
  // Before the page is noted: if the run dies in between, the next run must see the change again.
  if (changed) await followChanges(report, run)
  await noteNew(run)
  const listing = run.route.listing
  if (listing && listing.kind !== 'new') await goOnListing(run, listing)
  await publishAll(report, run)
  report.waiting = await world.ledger.countTodo()
  if (report.outcome !== 'stopped') await clearTrouble(run)
}

/** E1: publishes the oldest post first, and none before an older one is settled or parked. */
async function publishAll(report: Draft, run: RouteRun): Promise<void> {
  const { world } = run
  for (let published = 0; published < world.config.maxPosts; ) {
    const next = run.claimed ?? (await oldestOpen(run))
    run.claimed = undefined
    if (next === undefined) {
      if (run.route.listing?.kind === 'new' || run.route.listing?.kind === 'archive') report.outcome = 'more'
      return
    }
    const outcome = await publishPost(next, {
      world,
      server: serverOf(run.route),
      wishes: world.config.wishes,
      findPost: (id) => findPost(run, id),
    })
    if (outcome.is === 'posted') published += 1
    const since = next.archive ? undefined : (timeOfId(next.id) ?? run.posts.get(next.id)?.publishedAt)
    await tellOutcome(next.id, outcome, report, run, since)
    if (['retrying', 'waiting', 'out of time', 'trouble'].includes(outcome.is)) return
  }
  if (await oldestOpen(run)) report.outcome = 'more'
}

/**
 * The oldest open post, read anew before each claim: another run may have noted older posts since, or begun a listing that is
 * not finished. Records are noted oldest first, so this read shows whatever is older.
 */
async function oldestOpen(run: RouteRun): Promise<PostRecord | undefined> {
  const { route, todo } = await run.world.ledger.read()
  if (route) run.route = route
  const [next] = todo
  if (run.route.listing?.kind === 'new') return undefined
  return next?.archive && run.route.listing?.kind === 'archive' ? undefined : next
}

async function clearTrouble(run: RouteRun): Promise<void> {
  if (run.route.trouble === undefined) return
  await saveRoute(run, { trouble: undefined, succeededAt: run.world.clock.now() })
}

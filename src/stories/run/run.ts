/** The story of a run of one route: look, note what is new, publish the oldest first, follow changes, report. */

import type { Ask } from '../../core/event/event.ts'
import { judgeFailure } from '../../core/failure/failure.ts'
import { isAside } from '../../core/record/failing.ts'
import type { PostRecord } from '../../core/record/record.ts'
import { released, uncounted } from '../../core/record/transitions.ts'
import { type Draft, emptyReport } from '../../core/report/draft.ts'
import type { RouteReport } from '../../core/report/report.ts'
import type { World } from '../../world.ts'
import { planRoute } from '../plan/plan.ts'
import { bearings, beginArchive, checkServer, expectSameBlog } from './begin.ts'
import { publishOne, retryPosts } from './by-hand.ts'
import { believe, checkClock, inRightTime } from './clock.ts'
import { followChanges } from './follow.ts'
import { goOnListing } from './listing.ts'
import { believePage, itemsOf, pageIsNews } from './newest-page.ts'
import { noteNew } from './note.ts'
import { publishOldest } from './publish-oldest.ts'
import { Overtaken, type RouteRun, rests, saveRoute, stop, tellWait, writeTrouble } from './route-run.ts'

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
  const read = await reading
  report.waiting = read.todo.length
  // A clock that is behind would make every rest longer (V5).
  const fetched = await fetching
  const checked = await checkClock(world)
  if (checked.do === 'stop') return stop(report, { blame: 'route', reason: checked.reason }, world)
  const { route, todo } = believe(read, world)
  if (route?.trouble && rests(route, world) && !ask.byHand) {
    report.outcome = 'stopped'
    report.why = route.trouble.reason
    return
  }
  if ('error' in fetched) {
    const error = inRightTime(fetched.error, checked)
    if (route) await writeTrouble(route, judgeFailure(error), world)
    throw error
  }
  const { page } = fetched
  const run: RouteRun = {
    world,
    route: route ?? bearings(page, world),
    page,
    posts: new Map(page.posts.map((post) => [post.id, post])),
    allSettled: todo.length === 0,
    hasSuspects: todo.some(isAside),
    claimed: undefined,
    skipped: report.skipped,
  }
  try {
    await work(ask, report, run, todo)
  } catch (error) {
    // A claimed post is given back, so that the next run need not wait until the claim ends.
    if (run.claimed) await world.ledger.writePost(released(uncounted(run.claimed)))
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
  if (ask.retry !== undefined) await retryPosts(ask.retry, run)
  const believed = await believePage(run)
  const isNews = believed && pageIsNews(run)
  if (!isNews && todo.length === 0 && run.route.listing === undefined && ask.retry === undefined) {
    tellWait(report, run, believed)
    return clearTrouble(run)
  }
  if (believed) {
    // Before the page is noted: if the run dies in between, the next run must see the change again.
    const follows = isNews && page.length > 0
    await noteNew(run, follows ? await followChanges(report, run, itemsOf(run)) : run.route.page)
  }
  const listing = run.route.listing
  if (listing && listing.kind !== 'new') await goOnListing(run, listing)
  await publishOldest(report, run)
  report.waiting = await world.ledger.countTodo()
  tellWait(report, run, believed)
  if (report.outcome !== 'stopped') await clearTrouble(run)
}

async function clearTrouble(run: RouteRun): Promise<void> {
  if (run.route.trouble === undefined) return
  await saveRoute(run, { trouble: undefined, succeededAt: run.world.clock.now() })
}

/** The story of what is open: the oldest post first (E1), and whose fault it is where one does not get through (V2). */
import { shownOn } from '../../core/post/page.ts'
import { type Door, isAside, putAside } from '../../core/record/failing.ts'
import { describeWait } from '../../core/record/listing.ts'
import type { PostRecord } from '../../core/record/record.ts'
import { withoutPost } from '../../core/record/route.ts'
import type { Draft } from '../../core/report/draft.ts'
import type { PostOutcome } from '../publish/outcome.ts'
import { publishPost } from '../publish/publish.ts'
import { compare, fetchOpen, goesAround, keyOf, tell } from './compare.ts'
import { publishing } from './publishing.ts'
import { type RouteRun, saveRoute } from './route-run.ts'

/** Publishes the oldest post first, and none before an older one is settled, parked, or set aside as a suspect. */
export async function publishOldest(report: Draft, run: RouteRun): Promise<void> {
  const { world } = run
  const tried = new Set<string>()
  for (let published = 0; published < world.config.maxPosts; ) {
    const next = run.claimed ?? nextOf(await fetchOpen(run), tried, world.clock.now())
    run.claimed = undefined
    if (next === undefined) {
      const { listing } = run.route
      const goesOn = listing !== undefined && describeWait(listing) === undefined
      if (goesOn && listing.kind !== 'late') report.outcome = 'more'
      return
    }
    const trying = publishing(run, world.config.wishes)
    const outcome = await publishPost(next, trying)
    if (outcome.is === 'posted') published += 1
    const { passed, failed } = trying.trial
    for (const key of await markServed(run, passed, next)) tried.delete(key)
    if (!stops(outcome)) {
      await tell(next, outcome, report, run)
      if (outcome.is === 'skipped') await expectBack(run, next.id)
      continue
    }
    if (outcome.is === 'out of time' && (published > 0 || hasGained(passed))) report.cutShort = true
    tried.add(keyOf(next))
    if (failed?.failing === undefined) {
      if (
        outcome.is === 'waiting' &&
        (await goesAround(trying.trial.waits ?? next, outcome.until, report, run))
      )
        continue
      return tell(next, outcome, report, run)
    }
    if (!(await compare(failed, failed.failing, outcome, report, run))) return
  }
  if ((await fetchOpen(run)).some((record) => !isAside(record))) report.outcome = 'more'
}

/** Whether this try uploaded an image or created a status. */
const hasGained = (passed: ReadonlySet<Door>): boolean => passed.has('uploads') || passed.has('creates')

const stops = ({ is }: PostOutcome): boolean => ['retrying', 'waiting', 'out of time', 'trouble'].includes(is)

/** A post that stands aside is tried when it is due, and once in a run. */
function nextOf(
  open: readonly PostRecord[],
  tried: ReadonlySet<string>,
  now: number,
): PostRecord | undefined {
  return open.find((record) => {
    const waits = isAside(record) && (record.notBefore ?? 0) > now
    return !waits && !(isAside(record) && tried.has(keyOf(record)))
  })
}

/** A door that has just served one post: each suspect at that door is tried once more, at once. */
async function markServed(
  run: RouteRun,
  passed: ReadonlySet<string>,
  by: PostRecord,
): Promise<readonly string[]> {
  if (passed.size === 0 || !run.hasSuspects) return []
  const suspects = (await fetchOpen(run)).filter(
    (record) =>
      record.failing?.aside === 'suspect' && passed.has(record.failing.door) && keyOf(record) !== keyOf(by),
  )
  for (const record of suspects) await run.world.ledger.writePost(putAside(record, 'served'))
  return suspects.map(keyOf)
}

/** A post that was gone from Tumblr is found, and counted, again when the newest page shows it. */
async function expectBack(run: RouteRun, id: string): Promise<void> {
  const { total, page } = run.route
  if (run.posts.has(id) || !shownOn(page).some((item) => item.id === id)) return
  await saveRoute(run, { ...withoutPost(run.route, id), ...(total !== undefined && { total: total - 1 }) })
}

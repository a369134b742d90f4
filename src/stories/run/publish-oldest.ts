/** The story of what is open: the oldest post first (E1), and whose fault it is where one does not get through (V2). */
import type { Verdict } from '../../core/failure/failure.ts'
import { timeOfId } from '../../core/post/ids.ts'
import { shownOn } from '../../core/post/page.ts'
import {
  type Door,
  type Failing,
  isAside,
  judgeFailed,
  nextTry,
  putAside,
} from '../../core/record/failing.ts'
import { describeWait } from '../../core/record/listing.ts'
import type { PostRecord } from '../../core/record/record.ts'
import { withoutPost } from '../../core/record/route.ts'
import { parked } from '../../core/record/transitions.ts'
import type { Draft } from '../../core/report/draft.ts'
import { outcomeOf, type PostOutcome } from '../publish/outcome.ts'
import { publishPost } from '../publish/publish.ts'
import { believe } from './clock.ts'
import { publishing } from './publishing.ts'
import { type RouteRun, saveRoute, tellOutcome } from './route-run.ts'

/** Publishes the oldest post first, and none before an older one is settled, parked, or set aside as a suspect. */
export async function publishOldest(report: Draft, run: RouteRun): Promise<void> {
  const { world } = run
  const tried = new Set<string>()
  for (let published = 0; published < world.config.maxPosts; ) {
    const next = run.claimed ?? nextOf(await fetchOpen(run), tried)
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
      if (isAside(next) && outcome.is === 'waiting') continue
      if (outcome.is === 'waiting' && isOwnWait(next, outcome.until, world.clock.now()))
        await takeBack(next, run)
      return tell(next, outcome, report, run)
    }
    if (!(await compare(failed, failed.failing, outcome, report, run))) return
  }
  if ((await fetchOpen(run)).some((record) => !isAside(record))) report.outcome = 'more'
}

const keyOf = ({ id, copy }: PostRecord): string => `${id} ${copy}`

/** Whether this try uploaded an image or created a status. */
const hasGained = (passed: ReadonlySet<Door>): boolean => passed.has('uploads') || passed.has('creates')

const stops = ({ is }: PostOutcome): boolean => ['retrying', 'waiting', 'out of time', 'trouble'].includes(is)

/**
 * The oldest open posts, read anew before each claim: another run may have noted older posts since, or begun a listing that is
 * not finished. Records are noted oldest first, so this read shows whatever is older.
 */
async function fetchOpen(run: RouteRun): Promise<readonly PostRecord[]> {
  const { route, todo } = believe(await run.world.ledger.read(), run.world)
  if (route) run.route = route
  const { listing } = run.route
  if (listing?.kind === 'new') return []
  return listing?.kind === 'archive' ? todo.filter(({ archive }) => !archive) : todo
}

/** A post that stands aside is tried once in a run. Where it is not due yet, that leaves it. */
const nextOf = (open: readonly PostRecord[], tried: ReadonlySet<string>): PostRecord | undefined =>
  open.find((record) => !(isAside(record) && tried.has(keyOf(record))))

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

/** True where the run goes on with another post. `failed`: the record with its failure, as written. */
async function compare(
  failed: PostRecord,
  failing: Failing,
  outcome: PostOutcome,
  report: Draft,
  run: RouteRun,
): Promise<boolean> {
  const { ledger, clock } = run.world
  const now = clock.now()
  const others = (await fetchOpen(run)).filter((record) => keyOf(record) !== keyOf(failed))
  switch (judgeFailed(failing, others, now, outcome.is === 'retrying')) {
    case 'hold':
      await tell(failed, outcome, report, run)
      return false
    case 'park': {
      const written = await ledger.writePost(parked(failed, failing.reason))
      if (written) await tell(failed, outcomeOf(written), report, run)
      return true
    }
    case 'outage':
      for (const record of others)
        if (record.failing?.door === failing.door && isAside(record))
          await ledger.writePost(putAside(record, undefined))
      await tell(failed, asOutage(outcome, failing), report, run)
      return false
    default: {
      const next = Math.max(failed.notBefore ?? 0, nextTry(failing, now))
      const aside = putAside(failed, 'suspect')
      await ledger.writePost({ ...aside, notBefore: next })
      run.hasSuspects = true
      const told = { post: failed.id, reason: failing.reason, attempts: failing.tries }
      report.retrying.push({ ...told, next: new Date(next).toISOString(), aside: true })
      run.world.tell({ event: 'retrying', route: run.world.config.name, ...told })
      return true
    }
  }
}

/** It waits by itself, and not for another run that works on it. */
const isOwnWait = ({ claim }: PostRecord, until: number, now: number): boolean =>
  until > now && (claim === undefined || claim.until <= now)

/** A post that waits for the outcome of a create call which failed alike is no proof that the door serves others. */
async function takeBack({ failing }: PostRecord, run: RouteRun): Promise<void> {
  if (failing === undefined || !run.hasSuspects) return
  for (const record of await fetchOpen(run))
    if (record.failing?.aside === 'suspect' && record.failing.door === failing.door)
      await run.world.ledger.writePost({ ...putAside(record, undefined), notBefore: record.notBefore })
}

/** What a door gives to all counts against no post: the route rests. */
function asOutage(outcome: PostOutcome, { reason }: Failing): PostOutcome {
  const verdict: Verdict = { blame: 'outside', reason }
  return outcome.is === 'trouble' ? outcome : { is: 'trouble', verdict }
}

/** A post that was gone from Tumblr is found, and counted, again when the newest page shows it. */
async function expectBack(run: RouteRun, id: string): Promise<void> {
  const { total, page } = run.route
  if (run.posts.has(id) || !shownOn(page).some((item) => item.id === id)) return
  await saveRoute(run, { ...withoutPost(run.route, id), ...(total !== undefined && { total: total - 1 }) })
}

async function tell(record: PostRecord, outcome: PostOutcome, report: Draft, run: RouteRun): Promise<void> {
  const since = record.archive ? undefined : (timeOfId(record.id) ?? run.posts.get(record.id)?.publishedAt)
  await tellOutcome(record.id, outcome, report, run, since)
}

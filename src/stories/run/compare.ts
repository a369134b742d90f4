/** V2: a post that does not get through is compared with the other open ones. */
import type { Verdict } from '../../core/failure/failure.ts'
import { timeOfId } from '../../core/post/ids.ts'
import { type Failing, isAside, judgeFailed, nextTry, putAside } from '../../core/record/failing.ts'
import type { PostRecord } from '../../core/record/record.ts'
import { parked } from '../../core/record/transitions.ts'
import type { Draft } from '../../core/report/draft.ts'
import { outcomeOf, type PostOutcome } from '../publish/outcome.ts'
import { believe } from './clock.ts'
import { type RouteRun, tellOutcome } from './route-run.ts'

export const keyOf = ({ id, copy }: PostRecord): string => `${id} ${copy}`

/**
 * The oldest open posts, read anew before each claim: another run may have noted older posts since, or begun a listing that is
 * not finished. Records are noted oldest first, so this read shows whatever is older.
 */
export async function fetchOpen(run: RouteRun): Promise<readonly PostRecord[]> {
  const { route, todo } = believe(await run.world.ledger.read(), run.world)
  if (route) run.route = route
  const { listing } = run.route
  if (listing?.kind === 'new') return []
  return listing?.kind === 'archive' ? todo.filter(({ archive }) => !archive) : todo
}

/** True where the run goes on with another post. `failed`: the record with its failure, as written. */
export async function compare(
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
    default:
      await standAside(failed, failing, report, run)
      return true
  }
}

/** It waits by itself, and not for another run that works on it. */
const isOwnWait = ({ claim }: PostRecord, until: number, now: number): boolean =>
  until > now && (claim === undefined || claim.until <= now)

/**
 * True where the run goes on with another post. A post that waits for the outcome of a failed create is compared like one that
 * has just failed: it holds the others no longer, if it failed more than once, and is no proof that the door serves others.
 */
export async function goesAround(
  waiting: PostRecord,
  until: number,
  report: Draft,
  run: RouteRun,
): Promise<boolean> {
  const { failing } = waiting
  const now = run.world.clock.now()
  if (failing?.aside !== undefined) return true
  if (failing === undefined || !isOwnWait(waiting, until, now)) return false
  const others = (await fetchOpen(run)).filter((record) => keyOf(record) !== keyOf(waiting))
  const judgement = judgeFailed(failing, others, now, false)
  const isHeld = judgement === 'set aside' && failing.tries > 1
  if (isHeld) await standAside(waiting, failing, report, run)
  if (judgement === 'outage')
    for (const record of others)
      if (record.failing?.aside === 'suspect' && record.failing.door === failing.door)
        await run.world.ledger.writePost({ ...putAside(record, undefined), notBefore: record.notBefore })
  return isHeld
}

async function standAside(failed: PostRecord, failing: Failing, report: Draft, run: RouteRun): Promise<void> {
  const next = Math.max(failed.notBefore ?? 0, nextTry(failing, run.world.clock.now()))
  await run.world.ledger.writePost({ ...putAside(failed, 'suspect'), notBefore: next })
  run.hasSuspects = true
  const told = { post: failed.id, reason: failing.reason, attempts: failing.tries }
  report.retrying.push({ ...told, next: new Date(next).toISOString(), aside: true })
  run.world.tell({ event: 'retrying', route: run.world.config.name, ...told })
}

/** What a door gives to all counts against no post: the route rests. */
function asOutage(outcome: PostOutcome, { reason }: Failing): PostOutcome {
  const verdict: Verdict = { blame: 'outside', reason }
  return outcome.is === 'trouble' ? outcome : { is: 'trouble', verdict }
}

export async function tell(
  record: PostRecord,
  outcome: PostOutcome,
  report: Draft,
  run: RouteRun,
): Promise<void> {
  const since = record.archive ? undefined : (timeOfId(record.id) ?? run.posts.get(record.id)?.publishedAt)
  await tellOutcome(record.id, outcome, report, run, since)
}

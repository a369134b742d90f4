/** How a try ends that got nowhere: the claim is given back, and the record says why. */
import {
  isLedgerOut,
  isPermanent,
  isTokenDead,
  judgeFailure,
  type Verdict,
} from '../../core/failure/failure.ts'
import { type Door, failed, holdMs, nextTry, unserved } from '../../core/record/failing.ts'
import type { PostRecord } from '../../core/record/record.ts'
import { parked, postponed, released, uncounted } from '../../core/record/transitions.ts'
import type { World } from '../../world.ts'
import { outcomeOf, overtaken, type PostOutcome } from './outcome.ts'
import type { Publishing, Stop } from './progress.ts'

/** Gives the claim back and says how the post stands. */
export async function end(record: PostRecord, stop: Stop, publishing: Publishing): Promise<PostOutcome> {
  const { world } = publishing
  switch (stop.because) {
    case 'time':
      await giveBack(record, world)
      return { is: 'out of time' }
    case 'doubt':
      return setAside(record, stop.reason, world)
    case 'wait':
      return endWaiting(record, stop, publishing)
    default:
      return endFailed(record, stop.error, stop.door ?? 'creates', publishing)
  }
}

const giveBack = async (record: PostRecord, { ledger, owner }: World): Promise<unknown> =>
  record.claim?.owner === owner && ledger.writePost(released(uncounted(record)))

async function setAside(record: PostRecord, reason: string, { ledger }: World): Promise<PostOutcome> {
  const written = await ledger.writePost(parked(record, reason))
  return written ? outcomeOf(written) : overtaken
}

async function endWaiting(
  record: PostRecord,
  { why, until }: Extract<Stop, { because: 'wait' }>,
  { world, trial }: Publishing,
): Promise<PostOutcome> {
  const { failing } = record
  const doubted = trial.inDoubt && failing !== undefined
  const later = doubted ? Math.max(until, nextTry(failing, world.clock.now())) : until
  const reason = doubted ? `${failing.reason}; ${why}` : why
  const written = await world.ledger.writePost(postponed(uncounted(record), later, reason))
  if (!written) return overtaken
  if (doubted) trial.failed = written
  else trial.waits = written
  return { is: 'waiting', why: reason, until: later }
}

/** A rate limit says itself when it ends. */
const isLimit = (verdict: Verdict): boolean => verdict.blame === 'outside' && verdict.retryAt !== undefined

async function endFailed(
  record: PostRecord,
  error: unknown,
  door: Door,
  { world, trial }: Publishing,
): Promise<PostOutcome> {
  const now = world.clock.now()
  const verdict = judgeFailure(error)
  const { reason } = verdict
  if (isLedgerOut(error) || isTokenDead(error)) {
    // Neither is judged by comparison. The next write of the ledger may be done; else the claim ends by itself.
    await giveBack(record, world)
    return { is: 'trouble', verdict }
  }
  if (isPermanent(error)) return setAside(failed(record, door, reason, now), reason, world)
  const free = uncounted(record)
  const saysNothing = verdict.blame === 'route' || isLimit(verdict)
  const trying = failed(saysNothing ? unserved(free) : free, door, reason, now)
  const { since, tries } = trying.failing
  const next = nextTry(trying.failing, now)
  const own = verdict.blame === 'post'
  const written = await world.ledger.writePost(own ? postponed(trying, next, reason) : released(trying))
  if (!written) return overtaken
  trial.failed = written
  return own
    ? { is: 'retrying', reason, attempts: tries, next }
    : { is: 'trouble', verdict, ...(!isLimit(verdict) && { notAfter: since + holdMs }) }
}

/** The story of one post: step by step from claimed to settled, resumable at any step by any run. */
import { isLedgerOut, judgeFailure, type Verdict } from '../../core/failure/failure.ts'
import { judgePost } from '../../core/post/post.ts'
import { backOffMs, maxAttempts, nextStep, type PostRecord, type Step } from '../../core/record/record.ts'
import {
  claimed,
  composed,
  parked,
  postponed,
  released,
  settled,
  skipped,
  uncounted,
} from '../../core/record/transitions.ts'
import { composeThread } from '../../core/status/status.ts'
import type { World } from '../../world.ts'
import { lookUpPart } from './look-up.ts'
import { type Progress, type Publishing, type Stop, stored } from './progress.ts'
import { sendPart } from './send.ts'
import { imageTimeMs, uploadPart } from './upload.ts'
import { verifyPart } from './verify.ts'

export type PostOutcome =
  | { readonly is: 'posted' | 'found'; readonly statuses: readonly string[] }
  | { readonly is: 'skipped' | 'deleted'; readonly reason: string }
  | { readonly is: 'parked'; readonly reason: string; readonly attempts: number }
  | { readonly is: 'retrying'; readonly reason: string; readonly attempts: number; readonly next: number }
  /** Another run works on it, or it is not due yet. No newer post may be published before it (E1). */
  | { readonly is: 'waiting'; readonly why: string; readonly until: number }
  | { readonly is: 'out of time' }
  | { readonly is: 'trouble'; readonly verdict: Verdict }

/** Ms. Enough for a create call, which has 60 s, and for writing its outcome (E3). */
const sendTimeMs = 75_000

/** Does steps until the post is settled, parked, or has to wait. Throws only what the ledger throws. */
export async function publishPost(first: PostRecord, publishing: Publishing): Promise<PostOutcome> {
  const { world } = publishing
  let record = first
  for (;;) {
    const step = nextStep(record, world.clock.now(), world.owner)
    if (step.do === 'nothing') return outcomeOf(record)
    if (step.do === 'leave') return { is: 'waiting', why: step.why, until: step.until }
    const progress = await takeStep(step, record, publishing)
    if (progress === 'overtaken') return overtaken
    if (progress.stop) return end(progress.record, progress.stop, world)
    record = progress.record
  }
}

const overtaken: PostOutcome = { is: 'waiting', why: 'another run works on it', until: 0 }

async function takeStep(step: Step, record: PostRecord, publishing: Publishing): Promise<Progress> {
  const { world } = publishing
  const tooLate = world.timeLeft() < (step.do === 'upload' ? imageTimeMs : sendTimeMs)
  if (tooLate && step.do !== 'park' && step.do !== 'settle') {
    return { record, stop: { because: 'time' } }
  }
  try {
    switch (step.do) {
      case 'claim':
        return stored(
          await world.ledger.writePost(claimed(record, world.owner, world.clock.now(), world.timeLeft())),
        )
      case 'park':
        return stored(await world.ledger.writePost(parked(record, step.reason)))
      case 'compose':
        return await compose(record, publishing)
      case 'upload':
        return await uploadPart(record, publishing)
      case 'send':
        return await sendPart(record, publishing)
      case 'look up':
        return await lookUpPart(record, publishing)
      case 'verify':
        return await verifyPart(record, publishing)
      default:
        return stored(await world.ledger.writePost(settled(record, 'posted', world.clock.now())))
    }
  } catch (error) {
    return { record, stop: { because: 'failure', error } }
  }
}

async function compose(
  record: PostRecord,
  { world, server, wishes, findPost }: Publishing,
): Promise<Progress> {
  const now = world.clock.now()
  const skip = async (why: { readonly reason: string; readonly waits?: boolean }): Promise<Progress> =>
    stored(await world.ledger.writePost(skipped(record, why, now)))
  const post = await findPost(record.id)
  if (post === undefined) return skip({ reason: 'it is gone from Tumblr' })
  const judgement = judgePost(post, wishes)
  if (!judgement.wanted) return skip(judgement)
  const thread = composeThread(post, judgement.images, server.limits, wishes)
  return { record: composed(record, thread, world.owner) }
}

/** Gives the claim back and says how the post stands. */
async function end(record: PostRecord, stop: Stop, world: World): Promise<PostOutcome> {
  const { ledger, clock } = world
  const given = released(uncounted(record))
  if (stop.because === 'time') {
    if (record.claim?.owner === world.owner) await ledger.writePost(given)
    return { is: 'out of time' }
  }
  if (stop.because === 'doubt') {
    const written = await ledger.writePost(parked(record, stop.reason))
    return written ? outcomeOf(written) : overtaken
  }
  if (stop.because === 'wait') {
    const written = await ledger.writePost(postponed(uncounted(record), stop.until, stop.why))
    return written ? { is: 'waiting', why: stop.why, until: stop.until } : overtaken
  }
  const verdict = judgeFailure(stop.error)
  if (verdict.blame !== 'post') {
    // Where the ledger cannot be reached, nothing can be written: the claim ends by itself.
    if (!isLedgerOut(stop.error) && record.claim?.owner === world.owner) await ledger.writePost(given)
    return { is: 'trouble', verdict }
  }
  const { reason } = verdict
  if (record.attempts >= maxAttempts) {
    const written = await ledger.writePost(parked(record, reason))
    return written ? outcomeOf(written) : overtaken
  }
  const next = clock.now() + backOffMs(record.attempts)
  const written = await ledger.writePost(postponed(record, next, reason))
  return written ? { is: 'retrying', reason, attempts: record.attempts, next } : overtaken
}

function outcomeOf(record: PostRecord): PostOutcome {
  const reason = record.reason ?? 'unknown'
  if (record.state === 'parked') return { is: 'parked', reason, attempts: record.attempts }
  if (record.outcome === 'skipped' || record.outcome === 'deleted') return { is: record.outcome, reason }
  return { is: record.outcome ?? 'posted', statuses: record.statuses.map((status) => status.url) }
}

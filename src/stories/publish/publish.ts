/** The story of one post: step by step from claimed to settled, resumable at any step by any run. */
import { believedAfterMs } from '../../core/failure/absence.ts'
import { judgePost } from '../../core/post/post.ts'
import type { Door } from '../../core/record/failing.ts'
import { nextStep, type PostRecord, type Step } from '../../core/record/record.ts'
import {
  claimed,
  composed,
  isMissed,
  missed,
  parked,
  settled,
  skipped,
} from '../../core/record/transitions.ts'
import { composeThread } from '../../core/status/status.ts'
import { end } from './end.ts'
import { limitsChanged, withinLimits } from './limits.ts'
import { lookUpPart } from './look-up.ts'
import { outcomeOf, overtaken, type PostOutcome } from './outcome.ts'
import { type Progress, type Publishing, stored } from './progress.ts'
import { sendPart } from './send.ts'
import { uploadDoor, uploadImages, withoutLostUploads } from './upload.ts'
import { verifyPart } from './verify.ts'

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
    if (progress.stop) return end(progress.record, progress.stop, publishing)
    record = progress.record
  }
}

async function takeStep(step: Step, record: PostRecord, publishing: Publishing): Promise<Progress> {
  const { world } = publishing
  // An upload checks the time before each image.
  const tooLate = step.do !== 'upload' && world.timeLeft() < sendTimeMs
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
        return await upload(record, publishing)
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
    return { record, stop: { because: 'failure', error, door: doorOf(step, error) } }
  }
}

function doorOf(step: Step, error: unknown): Door {
  switch (step.do) {
    case 'compose':
      return 'the post on Tumblr'
    case 'upload':
      return uploadDoor(error)
    case 'look up':
      return 'look-ups'
    case 'verify':
      return 'statuses'
    default:
      return 'creates'
  }
}

async function upload(record: PostRecord, publishing: Publishing): Promise<Progress> {
  const progress = await uploadImages(record, publishing)
  const { stop } = progress
  return stop?.because === 'failure' && (await limitsChanged(stop.error, progress.record, publishing))
    ? { record: withinLimits(progress.record, publishing.server.limits) }
    : progress
}

async function compose(
  record: PostRecord,
  { world, server, wishes, findPost }: Publishing,
): Promise<Progress> {
  const now = world.clock.now()
  const skip = async (why: { readonly reason: string; readonly waits?: boolean }): Promise<Progress> =>
    stored(await world.ledger.writePost(skipped(record, why, now)))
  const post = await findPost(record.id)
  if (post === undefined) return composeNothing(record, now, skip)
  const judgement = judgePost(post, wishes)
  if (!judgement.wanted) return skip(judgement)
  const thread = composeThread(post, judgement.images, server.limits, wishes)
  return { record: await withoutLostUploads(composed(record, thread, world.owner, now), world) }
}

/** V1: the post is not on Tumblr. It may come back after that is believed, and is judged again then. */
async function composeNothing(
  record: PostRecord,
  now: number,
  skip: (why: { readonly reason: string; readonly waits: boolean }) => Promise<Progress>,
): Promise<Progress> {
  const doubted = missed(record, 'post', now)
  if (isMissed(doubted, now)) return skip({ reason: 'it is gone from Tumblr', waits: true })
  return {
    record: doubted,
    stop: {
      because: 'wait',
      why: 'Tumblr does not show it; it is looked for again',
      until: now + believedAfterMs,
    },
  }
}

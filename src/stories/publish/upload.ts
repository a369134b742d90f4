/** One part of a thread: its images fetched, fitted and uploaded. */
import { ServiceError } from '../../core/failure/failure.ts'
import type { PostRecord } from '../../core/record/record.ts'
import { uploaded } from '../../core/record/transitions.ts'
import type { StatusDraft } from '../../core/status/status.ts'
import { prepareImage } from './prepare.ts'
import type { Progress, Publishing } from './progress.ts'

/** Ms. Enough to fetch, fit and upload one image, each within its deadline. */
export const imageTimeMs = 100_000

/** The draft of the part at hand. */
export function draftOf(record: PostRecord): StatusDraft {
  const draft = record.thread?.[record.statuses.length]
  if (!draft)
    throw new Error(
      `Expected a draft for part ${record.statuses.length + 1} of post ${record.id} but received none`,
    )
  return draft
}

/** Puts the media ids into the record and does not write it. If the run dies before `sending`, only the uploads are lost. */
export async function uploadPart(
  record: PostRecord,
  { world, server, trial }: Publishing,
): Promise<Progress> {
  const draft = draftOf(record)
  const budget = world.mastodon.uploadBudget()
  if (budget && budget.left < draft.images.length && budget.resetAt > world.clock.now()) {
    throw new ServiceError({
      service: 'Mastodon',
      doing: `take ${draft.images.length} more images`,
      status: 429,
      answer: 'json',
      reason: `${budget.left} uploads are left until ${new Date(budget.resetAt).toISOString()}`,
      retryAt: budget.resetAt,
    })
  }
  const ids: string[] = []
  const uploadedAt = world.clock.now()
  const before = (record.thread ?? []).slice(0, record.statuses.length).flatMap((part) => part.images).length
  const total = (record.thread ?? []).flatMap((part) => part.images).length
  for (const image of draft.images) {
    if (world.timeLeft() < imageTimeMs) return { record, stop: { because: 'time' } }
    const {
      bytes,
      mimeType,
      width,
      height,
      change,
      before: from,
    } = await prepareImage(image, server.limits, world.source, world.images)
    trial.passed.add('the images')
    const { altText } = image
    ids.push(await world.mastodon.uploadMedia({ bytes, mimeType, ...(altText !== undefined && { altText }) }))
    trial.passed.add('uploads')
    world.tell({
      event: 'image',
      route: world.config.name,
      post: record.id,
      image: before + ids.length,
      of: total,
      change,
      from: { bytes: from.bytes, width: from.width, height: from.height },
      to: { bytes: bytes.length, width, height },
      altText: altText !== undefined,
    })
  }
  return { record: uploaded(record, ids, uploadedAt) }
}

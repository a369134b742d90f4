/** The images of a thread: fetched, fitted and uploaded. */
import { isBelievedGone } from '../../core/failure/absence.ts'
import { ServiceError } from '../../core/failure/failure.ts'
import type { Door } from '../../core/record/failing.ts'
import { imagesToUpload, livingMedia, type PostRecord } from '../../core/record/record.ts'
import { uploaded } from '../../core/record/transitions.ts'
import type { DraftImage, StatusDraft } from '../../core/status/status.ts'
import type { World } from '../../world.ts'
import { prepareImage } from './prepare.ts'
import type { Progress, Publishing } from './progress.ts'

/** Ms. An image is begun with so much left: most are fetched, fitted and uploaded well within it. */
const imageTimeMs = 60_000
/** Ms. Enough for any image, each of its calls within its deadline. */
const amplyMs = 120_000
/** Ms. An image that is not done by then is given up, so that the run can write down what it has and end. */
const endTimeMs = 15_000

/** The draft of the part at hand. */
export function draftOf(record: PostRecord): StatusDraft {
  const draft = record.thread?.[record.statuses.length]
  if (!draft)
    throw new Error(
      `Expected a draft for part ${record.statuses.length + 1} of post ${record.id} but received none`,
    )
  return draft
}

/**
 * V4: uploads the images that are not on the server yet: of the whole thread before its first part, later of the part at hand.
 * Each is in the record that comes back, however the step ends, and nothing is written here: `sending` is the next write, or
 * the one that gives the claim back. If the run dies before that, only the uploads are lost.
 */
export async function uploadImages(
  record: PostRecord,
  publishing: Publishing,
): Promise<Exclude<Progress, 'overtaken'>> {
  const { world } = publishing
  let next: PostRecord = { ...record, media: livingMedia(record.media, world.clock.now()) }
  for (const image of imagesToUpload(next, next.media)) {
    const hadMs = world.timeLeft()
    if (hadMs < imageTimeMs) return { record: next, stop: { because: 'time' } }
    const uploadedAt = world.clock.now()
    try {
      const id = await uploadImage(image, next, publishing)
      next = uploaded(next, id, uploadedAt)
    } catch (error) {
      // An image that had time enough and was not done would not be done by the next run either: it has failed.
      const isCutShort = hadMs < amplyMs && world.timeLeft() < endTimeMs + 1000
      const failure = { because: 'failure', error, door: uploadDoor(error) } as const
      return { record: next, stop: isCutShort ? { because: 'time' } : failure }
    }
  }
  return { record: next }
}

/** What the image did not pass (V2). */
export const uploadDoor = (error: unknown): Door =>
  error instanceof ServiceError && error.facts.service === 'Mastodon' ? 'uploads' : 'the images'

async function uploadImage(
  image: DraftImage,
  record: PostRecord,
  { world, server, trial }: Publishing,
): Promise<string> {
  expectBudget(world)
  const timeLeft = (): number => world.timeLeft() - endTimeMs
  const settle = settlesForLess(record, world.clock.now())
  const prepared = await prepareImage(image, server.limits, world.source, world.images, { settle, timeLeft })
  trial.passed.add('the images')
  const { bytes, mimeType, width, height, change, before: from } = prepared
  const { altText } = image
  const media = { bytes, mimeType, ...(altText !== undefined && { altText }) }
  const id = await world.mastodon.uploadMedia(media, timeLeft)
  trial.passed.add('uploads')
  const thread = record.thread ?? []
  const countOf = (parts: readonly StatusDraft[]): number => parts.flatMap(({ images }) => images).length
  world.tell({
    event: 'image',
    route: world.config.name,
    post: record.id,
    image: countOf(thread.slice(0, record.statuses.length)) + (record.media?.ids.length ?? 0) + 1,
    of: countOf(thread),
    change,
    from: { bytes: from.bytes, width: from.width, height: from.height },
    to: { bytes: bytes.length, width, height },
    altText: altText !== undefined,
  })
  return id
}

/** Whether the post has waited long enough for the best variants of its images. */
const settlesForLess = ({ failing }: PostRecord, now: number): boolean =>
  failing?.door === 'the images' && isBelievedGone(failing.since, now)

/** Throws where the server has said that it takes no more uploads for now: those that it took are kept. */
function expectBudget({ mastodon, clock }: World): void {
  const budget = mastodon.uploadBudget()
  if (budget === undefined || budget.left > 0 || budget.resetAt <= clock.now()) return
  throw new ServiceError({
    service: 'Mastodon',
    doing: 'take more images',
    status: 429,
    answer: 'json',
    reason: `no uploads are left until ${new Date(budget.resetAt).toISOString()}`,
    retryAt: budget.resetAt,
  })
}

/** V4: uploads that are to be kept for a thread that was composed anew, up to the first that the server does not show. */
export async function withoutLostUploads(record: PostRecord, { mastodon }: World): Promise<PostRecord> {
  const { media } = record
  if (media === undefined) return record
  const states = await Promise.all(media.ids.map((id) => mastodon.fetchMedia(id)))
  const lost = states.findIndex((state) => state !== 'there')
  if (lost < 0) return record
  return { ...record, media: lost === 0 ? undefined : { ...media, ids: media.ids.slice(0, lost) } }
}

/** Verifies a part of a thread that has a status: it must be visible, and have all its images. */
import { saysMediaMissing } from '../../core/failure/failure.ts'
import { mediaOfPart, type PostRecord, quietMs } from '../../core/record/record.ts'
import {
  beforeLastStatus,
  created,
  isMissed,
  mending,
  missed,
  seenWhole,
} from '../../core/record/transitions.ts'
import type { StatusDraft } from '../../core/status/status.ts'
import type { SeenStatus } from '../../world.ts'
import { type Found, findOurs } from './find-ours.ts'
import { type Progress, type Publishing, type Stop, stored } from './progress.ts'
import { draftOf, uploadImages } from './upload.ts'

/** Takes the status of the part at hand, verifies it and writes it down. `seen`: the status as a look-up has just shown it. */
export async function see(
  record: PostRecord,
  status: SeenStatus,
  publishing: Publishing,
  seen?: SeenStatus,
): Promise<Progress> {
  const next = created(record, status)
  try {
    const found = seen ?? (await publishing.world.mastodon.fetchStatus(status.id))
    return await judgeSeen(next, found, publishing)
  } catch (error) {
    // The status's id must not be lost because it could not be verified: `end` writes this record.
    return { record: next, stop: { because: 'failure', error, door: 'statuses' } }
  }
}

/** Verifies a part whose status was created in an earlier step or run. */
export async function verifyPart(record: PostRecord, publishing: Publishing): Promise<Progress> {
  const id = record.statuses.at(-1)?.id ?? ''
  return judgeSeen(record, await publishing.world.mastodon.fetchStatus(id), publishing)
}

async function judgeSeen(
  record: PostRecord,
  seen: SeenStatus | undefined,
  publishing: Publishing,
): Promise<Progress> {
  if (seen === undefined) return doubtSeen(record, publishing)
  publishing.trial.passed.add('statuses')
  const sent = mediaOfPart(beforeLastStatus(record))
  if (seen.mediaIds.length >= sent.length) return advance(record, seen, publishing)
  return mend(record, seen, publishing)
}

/** E6, V1: a later run looks for the status again. It is never created again. */
async function doubtSeen(record: PostRecord, publishing: Publishing): Promise<Progress> {
  const now = publishing.world.clock.now()
  const doubted = missed(record, 'status', now)
  if (!isMissed(doubted, now)) {
    const why = 'Mastodon took it and does not show it yet'
    return { record: doubted, stop: { because: 'wait', why, until: now + quietMs } }
  }
  // The list proves that the server answers well, and may have what the status's own address has not.
  const listed = await lookUp(beforeLastStatus(record), publishing)
  if ('stop' in listed) return { record, stop: listed.stop }
  if (listed.ours) return advance(record, listed.ours, publishing)
  return { record, stop: { because: 'doubt', reason: 'Mastodon took it and does not show it' } }
}

/** E6: mends a status that has fewer images than were sent. */
async function mend(record: PostRecord, seen: SeenStatus, publishing: Publishing): Promise<Progress> {
  const { mastodon } = publishing.world
  const before = beforeLastStatus(record)
  const draft = draftOf(before)
  const sent = mediaOfPart(before)
  const listed = await lookUp(before, publishing)
  if ('stop' in listed) return { record, stop: listed.stop }
  const whole = listed.ours
  if (whole && whole.id !== seen.id && whole.mediaIds.length >= sent.length) {
    await mastodon.deleteStatus(seen.id)
    return advance(record, whole, publishing)
  }
  let edited = await editUnlessLost(seen, draft, sent, publishing)
  if (edited.mediaIds.length < sent.length) {
    const alone: PostRecord = { ...before, statuses: [], thread: [draft], media: record.mending }
    const anew = await uploadImages(alone, publishing)
    if (anew.stop) return { record: mending(record, anew.record), stop: anew.stop }
    edited = await mastodon.editStatus(seen.id, draft, anew.record.media?.ids ?? [])
  }
  if (edited.mediaIds.length >= sent.length) return advance(record, edited, publishing)
  const reason = `its status shows ${edited.mediaIds.length} of ${sent.length} images: ${seen.url}`
  return { record, stop: { because: 'doubt', reason } }
}

/** V2: lists are another door than a single status. */
async function lookUp(record: PostRecord, publishing: Publishing): Promise<Found | { readonly stop: Stop }> {
  try {
    return await findOurs(record, publishing)
  } catch (error) {
    return { stop: { because: 'failure', error, door: 'look-ups' } }
  }
}

/** The status as it is after the edit: unchanged where the server has lost the images that it dropped. */
async function editUnlessLost(
  seen: SeenStatus,
  draft: StatusDraft,
  mediaIds: readonly string[],
  { world }: Publishing,
): Promise<SeenStatus> {
  try {
    return await world.mastodon.editStatus(seen.id, draft, mediaIds)
  } catch (error) {
    if (saysMediaMissing(error)) return seen
    throw error
  }
}

/** The part is complete: goes on to the next one, or settles the post. */
const advance = async (record: PostRecord, seen: SeenStatus, { world }: Publishing): Promise<Progress> =>
  stored(await world.ledger.writePost(seenWhole(record, seen, world.clock.now())))

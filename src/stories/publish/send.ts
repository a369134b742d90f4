/** One part of a thread: sent once. */
import {
  disallowedHashtag,
  isDefiniteRefusal,
  isStillProcessing,
  ServiceError,
} from '../../core/failure/failure.ts'
import { guardMs, idempotencyKey, type PostRecord } from '../../core/record/record.ts'
import { mended, neverSent, refused, sending, settled, toComposeAnew } from '../../core/record/transitions.ts'
import { familyOf } from '../../core/server/families.ts'
import { dropHashtag } from '../../core/status/text.ts'
import type { SeenStatus } from '../../world.ts'
import { type Progress, type Publishing, stored } from './progress.ts'
import { draftOf } from './upload.ts'
import { see } from './verify.ts'

/** E3: writes `sending`, then creates within the guard; what comes of it is known for certain, or looked up. */
export async function sendPart(record: PostRecord, publishing: Publishing): Promise<Progress> {
  const { ledger, clock, mastodon } = publishing.world
  const draft = draftOf(record)
  const sentAt = clock.now()
  const started = clock.monotonic()
  const written = await ledger.writePost(sending(record, sentAt))
  if (!written) return 'overtaken'
  // Both clocks: the wall clock may be set back, the other stands still while a machine is frozen.
  if (clock.now() - sentAt > guardMs || clock.monotonic() - started > guardMs) {
    const why = 'the ledger took too long to answer'
    return { record: neverSent(written), stop: { because: 'wait', why, until: clock.now() } }
  }
  let status: SeenStatus
  try {
    status = await mastodon.createStatus({
      draft,
      mediaIds: written.media?.ids ?? [],
      idempotencyKey: idempotencyKey(written),
      ...(record.statuses.length > 0 && { inReplyToId: record.statuses.at(-1)?.id ?? '' }),
    })
  } catch (error) {
    // E5: every other outcome is unknown. The record says `sending`, so the next step looks it up.
    if (!isDefiniteRefusal(error)) return { record: written }
    return isGone(error, record, publishing)
      ? settleDeleted(written, publishing)
      : goOnAfterRefusal(written, error, publishing)
  }
  return see(written, status, publishing)
}

/**
 * Whether a status was made under this key before, and its owner has deleted it since. The media alone do not tell, for most
 * clients delete a status and leave its media: they are there, and unattached.
 */
const isGone = (error: unknown, before: PostRecord, { server }: Publishing): boolean =>
  familyOf(server.limits).keysTellOfDeletion &&
  before.sentAt !== undefined &&
  before.statuses.length === 0 &&
  error instanceof ServiceError &&
  error.facts.status === 404

const settleDeleted = async (record: PostRecord, { world }: Publishing): Promise<Progress> =>
  stored(
    await world.ledger.writePost(
      settled(record, 'deleted', world.clock.now(), 'its status was deleted from Mastodon'),
    ),
  )

/** Nothing was created, for certain: the same may be sent again, mended, under the next key (E5). */
async function goOnAfterRefusal(
  record: PostRecord,
  error: unknown,
  publishing: Publishing,
): Promise<Progress> {
  const { mastodon, ledger, clock } = publishing.world
  const free = refused(record)
  const tag = disallowedHashtag(error)
  const draft = draftOf(record)
  const text = tag === undefined ? draft.text : dropHashtag(draft.text, tag)
  if (text !== draft.text) return { record: mended(free, text) }
  const parent = record.statuses.at(-1)
  const isPostsOwn =
    error instanceof ServiceError && (error.facts.status === 404 || error.facts.status === 422)
  if (parent && isPostsOwn && (await mastodon.fetchStatus(parent.id)) === undefined) {
    return stored(
      await ledger.writePost(
        settled(free, 'deleted', clock.now(), 'its thread was deleted from Mastodon half-way'),
      ),
    )
  }
  // The server refuses what was composed for its limits as we knew them: the next try composes afresh, if nothing is out.
  // Images that it works on still are waited for: others in their place would only be as slow.
  const fresh = isPostsOwn && !parent && !isStillProcessing(error) ? toComposeAnew(free) : free
  return { record: fresh, stop: { because: 'failure', error } }
}

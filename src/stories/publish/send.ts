/** Sends one part of a thread, once. */
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

/** E3: writes `sending`, then creates the status within the guard. An outcome that is not certain is looked up by the next step. */
export async function sendPart(record: PostRecord, publishing: Publishing): Promise<Progress> {
  const { ledger, clock, mastodon } = publishing.world
  const draft = draftOf(record)
  const sentAt = clock.now()
  const started = clock.monotonic()
  const written = await ledger.writePost(sending(record, sentAt))
  if (!written) return 'overtaken'
  // Two clocks, because the wall clock may be set back, and the monotonic one stands still while a machine is frozen.
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
    // E5: after any other error the outcome is unknown. The record says `sending`, so the next step looks for the status.
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

/** Nothing was created, for certain. The draft may be mended, and is sent again under the next key (E5). */
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
  // The server's limits may have changed since the thread was composed. If nothing of it is out, the next try composes it anew.
  // Images that the server is still processing are kept: new uploads would take as long.
  const fresh = isPostsOwn && !parent && !isStillProcessing(error) ? toComposeAnew(free) : free
  return { record: fresh, stop: { because: 'failure', error } }
}

/** Sends one part of a thread, once. */
import { believedAfterMs } from '../../core/failure/absence.ts'
import {
  isDefiniteRefusal,
  isStillProcessing,
  judgeFailure,
  ServiceError,
} from '../../core/failure/failure.ts'
import { failed } from '../../core/record/failing.ts'
import { guardMs, idempotencyKey, mediaOfPart, type PostRecord } from '../../core/record/record.ts'
import {
  isMissed,
  mended,
  missed,
  neverSent,
  refused,
  sending,
  settled,
  toComposeAnew,
} from '../../core/record/transitions.ts'
import { familyOf } from '../../core/server/families.ts'
import { withoutHashtags, withoutNamedHashtag } from '../../core/status/refused-hashtags.ts'
import type { SeenStatus } from '../../world.ts'
import { limitsChanged, withinLimits } from './limits.ts'
import { type Progress, type Publishing, stored } from './progress.ts'
import { draftOf } from './upload.ts'
import { see } from './verify.ts'

/** E3: writes `sending`, then creates the status within the guard. An outcome that is not certain is looked up by the next step. */
export async function sendPart(record: PostRecord, publishing: Publishing): Promise<Progress> {
  const { ledger, clock, mastodon } = publishing.world
  const draft = draftOf(record)
  const sentAt = clock.now()
  const written = await ledger.writePost(sending(record, sentAt))
  if (!written) return 'overtaken'
  if (clock.now() - sentAt > guardMs) {
    const why = 'the ledger took too long to answer'
    return { record: neverSent(written), stop: { because: 'wait', why, until: clock.now() } }
  }
  let status: SeenStatus
  try {
    status = await mastodon.createStatus({
      draft,
      mediaIds: mediaOfPart(written),
      idempotencyKey: idempotencyKey(written),
      ...(record.statuses.length > 0 && { inReplyToId: record.statuses.at(-1)?.id ?? '' }),
    })
  } catch (error) {
    // E5: after any other error the outcome is unknown. The record says `sending`, so the next step looks for the status.
    if (!isDefiniteRefusal(error)) return { record: inDoubt(written, error, publishing) }
    return isGone(error, record, publishing)
      ? doubtDeleted(written, publishing)
      : goOnAfterRefusal(written, error, publishing)
  }
  publishing.trial.passed.add('creates')
  return see(written, status, publishing)
}

/** V2: no clear outcome counts as a failure for the comparison, until the status is found. */
function inDoubt(record: PostRecord, error: unknown, { world, trial }: Publishing): PostRecord {
  trial.inDoubt = true
  return failed(record, 'creates', judgeFailure(error).reason, world.clock.now())
}

/**
 * Whether a status was made under this key before, and its owner may have deleted it since. The media alone do not tell, for
 * most clients delete a status and leave its media: they are there, and unattached.
 */
const isGone = (error: unknown, before: PostRecord, { server }: Publishing): boolean =>
  familyOf(server.limits).keysTellOfDeletion &&
  before.sentAt !== undefined &&
  before.statuses.length === 0 &&
  error instanceof ServiceError &&
  error.facts.status === 404

/** V1: nobody has seen that status. It is looked for again before anything is made of this. */
function doubtDeleted(record: PostRecord, { world }: Publishing): Progress {
  const now = world.clock.now()
  const why = 'Mastodon says that it made the status, and does not show it; it is looked for once more'
  const until = now + believedAfterMs
  return { record: missed(record, 'made status', now), stop: { because: 'wait', why, until } }
}

/** Nothing was created, for certain. The draft may be mended, and is sent again under the next key (E5). */
async function goOnAfterRefusal(
  record: PostRecord,
  error: unknown,
  publishing: Publishing,
): Promise<Progress> {
  const { mastodon } = publishing.world
  const free = refused(record)
  const draft = draftOf(record)
  const allowed = withoutNamedHashtag(draft.text, error)
  if (allowed !== draft.text) return { record: mended(free, allowed) }
  const parent = record.statuses.at(-1)
  const isPostsOwn =
    error instanceof ServiceError && (error.facts.status === 404 || error.facts.status === 422)
  if (parent && isPostsOwn && (await mastodon.fetchStatus(parent.id)) === undefined)
    return doubtThread(free, publishing)
  if (await limitsChanged(error, free, publishing))
    return { record: withinLimits(free, publishing.server.limits) }
  const bare = withoutHashtags(draft.text, error)
  if (bare !== draft.text) return { record: mended(free, bare) }
  // Images that the server is still processing are kept: new uploads would take as long.
  const fresh = isPostsOwn && !parent && !isStillProcessing(error) ? toComposeAnew(free) : free
  return { record: fresh, stop: { because: 'failure', error } }
}

/** V1: the status that a part replies to was seen once. Where it stays gone, its owner has deleted it. */
async function doubtThread(record: PostRecord, { world }: Publishing): Promise<Progress> {
  const now = world.clock.now()
  const doubted = missed(record, 'thread', now)
  if (isMissed(doubted, now)) {
    const reason = 'its thread was deleted from Mastodon half-way'
    return stored(await world.ledger.writePost(settled(doubted, 'deleted', now, reason)))
  }
  const why = 'Mastodon does not show the part before; it is looked for once more'
  return { record: doubted, stop: { because: 'wait', why, until: now + believedAfterMs } }
}

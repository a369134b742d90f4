/** The story of one part of a thread: upload its images, send it once, find it again, see that it is whole. */
import { disallowedHashtag, isDefiniteRefusal, ServiceError } from './core/failure.ts'
import {
  guardMs,
  idempotencyKey,
  isOurPart,
  judgeLookUp,
  type LookUp,
  maxAttempts,
  type PostRecord,
  quietMs,
  sentSince,
  tooEarlyToBelieve,
} from './core/record.ts'
import type { StatusDraft } from './core/status.ts'
import { dropHashtag } from './core/text.ts'
import { settled } from './core/transitions.ts'
import type { SeenStatus } from './io/mastodon.ts'
import { prepareImage } from './prepare.ts'
import type { Progress, Publishing } from './publish.ts'

/** One image: fetched, fitted and uploaded, each within its deadline. */
export const imageTimeMs = 100_000

/** What a conditional write leaves: the record as stored, or another run's. */
export const stored = (record: PostRecord | undefined): Progress => (record ? { record } : 'overtaken')

/** The draft of the part at hand. */
function draftOf(record: PostRecord): StatusDraft {
  const draft = record.thread?.[record.statuses.length]
  if (!draft)
    throw new Error(
      `Expected a draft for part ${record.statuses.length + 1} of post ${record.id} but received none`,
    )
  return draft
}

function withDraft(record: PostRecord, draft: StatusDraft): PostRecord['thread'] {
  const [root, ...replies] = record.thread ?? []
  if (!root) return undefined
  const part = record.statuses.length
  return part === 0 ? [draft, ...replies] : [root, ...replies.with(part - 1, draft)]
}

/** Ends with the media ids in the record, not yet written: a death before `sending` costs the uploads and nothing else. */
export async function uploadPart(record: PostRecord, { world, server }: Publishing): Promise<Progress> {
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
  const of = (record.thread ?? []).flatMap((part) => part.images).length
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
    const { altText } = image
    ids.push(await world.mastodon.uploadMedia({ bytes, mimeType, ...(altText !== undefined && { altText }) }))
    world.tell({
      event: 'image',
      route: world.config.name,
      post: record.id,
      image: before + ids.length,
      of,
      change,
      from: { bytes: from.bytes, width: from.width, height: from.height },
      to: { bytes: bytes.length, width, height },
      altText: altText !== undefined,
    })
  }
  return { record: { ...record, media: { ids, uploadedAt } } }
}

/** E3: writes `sending`, then creates within the guard; what comes of it is known for certain, or looked up. */
export async function sendPart(record: PostRecord, publishing: Publishing): Promise<Progress> {
  const { ledger, clock, mastodon } = publishing.world
  const draft = draftOf(record)
  const sentAt = clock.now()
  const started = clock.monotonic()
  const sending = await ledger.writePost({ ...record, state: 'sending', sentAt })
  if (!sending) return 'overtaken'
  // Both clocks: the wall clock may be set back, the other stands still while a machine is frozen.
  if (clock.now() - sentAt > guardMs || clock.monotonic() - started > guardMs) {
    const why = 'the ledger took too long to answer'
    return { record: { ...sending, state: 'claimed' }, stop: { because: 'wait', why, until: clock.now() } }
  }
  let status: SeenStatus
  try {
    status = await mastodon.createStatus({
      draft,
      mediaIds: sending.media?.ids ?? [],
      idempotencyKey: idempotencyKey(sending),
      ...(record.statuses.length > 0 && { inReplyToId: record.statuses.at(-1)?.id ?? '' }),
    })
  } catch (error) {
    // E5: every other outcome is unknown. The record says `sending`, so the next step looks it up.
    return isDefiniteRefusal(error) ? refused(sending, error, publishing) : { record: sending }
  }
  return see(sending, status, publishing)
}

/** Nothing was created, for certain: the same may be sent again, mended, under the next key (E5). */
async function refused(record: PostRecord, error: unknown, publishing: Publishing): Promise<Progress> {
  const { mastodon, ledger, clock } = publishing.world
  const free: PostRecord = { ...record, state: 'claimed', generation: record.generation + 1 }
  const tag = disallowedHashtag(error)
  const draft = draftOf(record)
  const mended = tag === undefined ? draft.text : dropHashtag(draft.text, tag)
  if (mended !== draft.text) {
    return { record: { ...free, thread: withDraft(record, { ...draft, text: mended }) } }
  }
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
  const fresh =
    isPostsOwn && !parent ? { ...free, thread: undefined, media: undefined, sentAt: undefined } : free
  return { record: fresh, stop: { because: 'failure', error } }
}

/** A create call of unknown outcome: by its media ids, is it among the account's own statuses? */
export async function lookUpPart(record: PostRecord, publishing: Publishing): Promise<Progress> {
  const { world, server } = publishing
  const ours = await findOurs(record, publishing)
  const now = world.clock.now()
  const early = tooEarlyToBelieve(record, now)
  const look: LookUp = {
    found: ours !== undefined,
    media: ours !== undefined || early ? 'unknown' : await fetchMediaOf(record, publishing),
  }
  switch (judgeLookUp(record, look, now, server.limits.software === 'mastodon')) {
    case 'keep':
      return ours ? see(record, ours, publishing, ours) : { record }
    case 'wait':
      return {
        record,
        stop: {
          because: 'wait',
          why: 'the last try may still arrive on Mastodon; it is looked for again',
          until: (record.sentAt ?? now) + quietMs,
        },
      }
    case 'send again':
      if (record.attempts >= maxAttempts)
        return {
          record,
          stop: {
            because: 'doubt',
            reason: 'Mastodon never said whether it took this post, and does not show it',
          },
        }
      // The server answers and yet the post does not appear: that is the post's own failure, and counts.
      return { record: { ...record, state: 'claimed', attempts: record.attempts + 1 } }
    case 'upload anew':
      return { record: { ...record, state: 'claimed', media: undefined, generation: record.generation + 1 } }
    case 'deleted':
      return stored(
        await world.ledger.writePost(settled(record, 'deleted', now, 'its status was deleted from Mastodon')),
      )
    default:
      return {
        record,
        stop: {
          because: 'doubt',
          reason:
            'its images are gone from the server and no status shows them: it may have been posted and deleted',
        },
      }
  }
}

/** The status that is our part, the one with the most images where there are two (E6). */
async function findOurs(record: PostRecord, { world, server }: Publishing): Promise<SeenStatus | undefined> {
  let best: SeenStatus | undefined
  for await (const status of world.mastodon.fetchStatuses(server.account.id, sentSince(record))) {
    if (!isOurPart(status, record)) continue
    if (best === undefined || status.mediaIds.length > best.mediaIds.length) best = status
  }
  return best
}

async function fetchMediaOf(record: PostRecord, { world }: Publishing): Promise<LookUp['media']> {
  const states = await Promise.all((record.media?.ids ?? []).map((id) => world.mastodon.fetchMedia(id)))
  if (states.length === 0 || states.includes('unknown')) return 'unknown'
  if (states.every((state) => state === 'there')) return 'there'
  return states.includes('there') ? 'some' : 'gone'
}

/** A status has an id: see that it is there and whole, then write it down. `seen` where a look-up has just shown it. */
async function see(
  record: PostRecord,
  status: SeenStatus,
  publishing: Publishing,
  seen?: SeenStatus,
): Promise<Progress> {
  const { id, url, mediaIds } = status
  const created: PostRecord = {
    ...record,
    state: 'created',
    statuses: [...record.statuses, { id, url, mediaIds: [...mediaIds] }],
  }
  try {
    return await judgeSeen(created, seen ?? (await publishing.world.mastodon.fetchStatus(id)), publishing)
  } catch (error) {
    // Its id must not be lost with the answer about it: `end` writes this record.
    return { record: created, stop: { because: 'failure', error } }
  }
}

/** A part whose id is known and that was not seen whole yet. */
export async function verifyPart(record: PostRecord, publishing: Publishing): Promise<Progress> {
  const id = record.statuses.at(-1)?.id ?? ''
  return judgeSeen(record, await publishing.world.mastodon.fetchStatus(id), publishing)
}

async function judgeSeen(
  record: PostRecord,
  seen: SeenStatus | undefined,
  publishing: Publishing,
): Promise<Progress> {
  const { clock } = publishing.world
  if (seen === undefined) {
    // E6: it is looked for again by a later run, and never created again.
    if (record.unseenAt !== undefined)
      return { record, stop: { because: 'doubt', reason: 'Mastodon took it and does not show it' } }
    const until = clock.now() + quietMs
    const why = 'Mastodon took it and does not show it yet'
    return { record: { ...record, unseenAt: clock.now() }, stop: { because: 'wait', why, until } }
  }
  const sent = record.media?.ids ?? []
  if (seen.mediaIds.length >= sent.length) return advance(record, seen, publishing)
  return mend(record, seen, publishing)
}

/** E6: a status that came out with fewer images than were sent. */
async function mend(record: PostRecord, seen: SeenStatus, publishing: Publishing): Promise<Progress> {
  const { mastodon } = publishing.world
  const before: PostRecord = { ...record, state: 'sending', statuses: record.statuses.slice(0, -1) }
  const sent = record.media?.ids ?? []
  const whole = await findOurs(before, publishing)
  if (whole && whole.id !== seen.id && whole.mediaIds.length >= sent.length) {
    await mastodon.deleteStatus(seen.id)
    return advance(
      { ...record, statuses: [...before.statuses, { ...whole, mediaIds: [...whole.mediaIds] }] },
      whole,
      publishing,
    )
  }
  let edited = await mastodon.editStatus(seen.id, draftOf(before), sent)
  if (edited.mediaIds.length < sent.length) {
    const anew = await uploadPart({ ...before, media: undefined }, publishing)
    if (anew === 'overtaken' || anew.stop)
      return anew === 'overtaken' ? anew : { record, ...(anew.stop && { stop: anew.stop }) }
    edited = await mastodon.editStatus(seen.id, draftOf(before), anew.record.media?.ids ?? [])
  }
  if (edited.mediaIds.length >= sent.length) return advance(record, edited, publishing)
  const reason = `its status shows ${edited.mediaIds.length} of ${sent.length} images: ${seen.url}`
  return { record, stop: { because: 'doubt', reason } }
}

/** The part is out and whole: on to the next, or the end. */
async function advance(record: PostRecord, seen: SeenStatus, { world }: Publishing): Promise<Progress> {
  const { id, url, mediaIds } = seen
  const statuses = [...record.statuses.slice(0, -1), { id, url, mediaIds: [...mediaIds] }]
  const done: PostRecord = {
    ...record,
    state: 'claimed',
    statuses,
    media: undefined,
    unseenAt: undefined,
    generation: 1,
  }
  const next = statuses.length === record.thread?.length ? settled(done, 'posted', world.clock.now()) : done
  return stored(await world.ledger.writePost(next))
}

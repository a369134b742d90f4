/** Looks for the status of a part whose create call may have succeeded. */
import { judgeLookUp, type LookUp, tooEarlyToBelieve } from '../../core/record/look-up.ts'
import { maxAttempts, type PostRecord, quietMs } from '../../core/record/record.ts'
import { settled, toSendAgain, toUploadAnew } from '../../core/record/transitions.ts'
import { familyOf } from '../../core/server/families.ts'
import { type Progress, type Publishing, stored } from './progress.ts'
import { findOurs, see } from './verify.ts'

/** Searches the account's own statuses for the part, by its media ids, and decides what comes next. */
export async function lookUpPart(record: PostRecord, publishing: Publishing): Promise<Progress> {
  const { world, server } = publishing
  const ours = await findOurs(record, publishing)
  const now = world.clock.now()
  const early = tooEarlyToBelieve(record, now)
  const look: LookUp = {
    found: ours !== undefined,
    media: ours !== undefined || early ? 'unknown' : await fetchMediaOf(record, publishing),
  }
  switch (judgeLookUp(record, look, now, familyOf(server.limits).hidesAttachedMedia)) {
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
      return { record: toSendAgain(record) }
    case 'upload anew':
      return { record: toUploadAnew(record) }
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

async function fetchMediaOf(record: PostRecord, { world }: Publishing): Promise<LookUp['media']> {
  const states = await Promise.all((record.media?.ids ?? []).map((id) => world.mastodon.fetchMedia(id)))
  if (states.length === 0 || states.includes('unknown')) return 'unknown'
  if (states.every((state) => state === 'there')) return 'there'
  return states.includes('there') ? 'some' : 'gone'
}

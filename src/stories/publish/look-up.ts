/** Looks for the status of a part whose create call may have succeeded. */

import { believedAfterMs } from '../../core/failure/absence.ts'
import { judgeLookUp, type LookUp, tooEarlyToBelieve } from '../../core/record/look-up.ts'
import { mediaOfPart, type PostRecord, quietMs } from '../../core/record/record.ts'
import { isMissed, missed, toSendAgain, toUploadAnew } from '../../core/record/transitions.ts'
import { familyOf } from '../../core/server/families.ts'
import { findOurs } from './find-ours.ts'
import type { Progress, Publishing } from './progress.ts'
import { see } from './verify.ts'

/** Searches the account's own statuses for the part, and decides what comes next. */
export async function lookUpPart(record: PostRecord, publishing: Publishing): Promise<Progress> {
  const { world, server, trial } = publishing
  const { ours, perhaps } = await findOurs(record, publishing)
  trial.passed.add('look-ups')
  const now = world.clock.now()
  const early = tooEarlyToBelieve(record, now)
  const look: LookUp = {
    found: ours ? 'ours' : perhaps ? 'perhaps ours' : 'nothing',
    media: ours || perhaps || early ? 'unknown' : await fetchMediaOf(record, publishing),
  }
  if (ours === undefined && record.missing?.what === 'made status' && isMissed(record, now)) {
    const reason =
      'Mastodon says that it made a status of this post, and does not have it any more: somebody may have deleted it'
    return { record, stop: { because: 'doubt', reason } }
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
    case 'look again':
      return lookAgain(record, now)
    case 'send again':
      return { record: toSendAgain(record) }
    case 'doubtful': {
      const reason = `a status looks like this post, and nothing proves whose it is: ${perhaps?.url}`
      return { record, stop: { because: 'doubt', reason } }
    }
    default:
      return { record: toUploadAnew(record) }
  }
}

/** V1: the status is not there, and nothing but that says that it was never made. */
const lookAgain = (record: PostRecord, now: number): Progress => ({
  record: missed(record, 'status', now),
  stop: {
    because: 'wait',
    why: 'Mastodon does not show the status of the last try; it is looked for once more',
    until: now + believedAfterMs,
  },
})

async function fetchMediaOf(record: PostRecord, { world }: Publishing): Promise<LookUp['media']> {
  const states = await Promise.all(mediaOfPart(record).map((id) => world.mastodon.fetchMedia(id)))
  if (states.length === 0 || states.includes('unknown')) return 'unknown'
  return states.includes('gone') ? 'gone' : 'there'
}

import { isOurPart, sentSince } from '../../core/record/look-up.ts'
import type { PostRecord } from '../../core/record/record.ts'
import type { SeenStatus } from '../../io/mastodon/mastodon.ts'
import type { Publishing } from './progress.ts'

/** The status that is our part, the one with the most images where there are two (E6). */
export async function findOurs(
  record: PostRecord,
  { world, server }: Publishing,
): Promise<SeenStatus | undefined> {
  let best: SeenStatus | undefined
  for await (const status of world.mastodon.fetchStatuses(server.account.id, sentSince(record))) {
    if (!isOurPart(status, record)) continue
    if (best === undefined || status.mediaIds.length > best.mediaIds.length) best = status
  }
  return best
}

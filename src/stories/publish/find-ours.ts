/** Searches the account's statuses for the part whose create call may have landed (V6). */
import { compareWithPart, type Likeness, searchedSince } from '../../core/record/look-up.ts'
import type { PostRecord } from '../../core/record/record.ts'
import { familyOf } from '../../core/server/families.ts'
import type { SeenStatus } from '../../world.ts'
import type { Publishing } from './progress.ts'

/** `perhaps`: nothing proves whether it is ours. */
export type Found = { readonly ours?: SeenStatus; readonly perhaps?: SeenStatus }

/** Of several that are ours, the one with the most images (E6). */
export async function findOurs(record: PostRecord, { world, server }: Publishing): Promise<Found> {
  const { keepsMediaIds } = familyOf(server.limits)
  const found: { readonly status: SeenStatus; readonly is: Likeness }[] = []
  for await (const status of world.mastodon.fetchStatuses(server.account.id, searchedSince(record)))
    found.push({ status, is: compareWithPart(status, record, keepsMediaIds) })
  const best = (wanted: Likeness, taken: ReadonlySet<string>): SeenStatus | undefined =>
    found
      .filter(({ status, is }) => is === wanted && !taken.has(status.id))
      .map(({ status }) => status)
      .toSorted((a, b) => b.mediaIds.length - a.mediaIds.length)[0]
  const proven = best('ours', new Set())
  if (proven !== undefined) return { ours: proven }
  if (found.every(({ is }) => is === 'not ours')) return {}
  const taken = await statusesOfOthers(record, world)
  const ours = best('alike', taken)
  if (ours !== undefined) return { ours }
  const perhaps = best('perhaps ours', taken)
  return perhaps === undefined ? {} : { perhaps }
}

/** The statuses that the ledger has as parts of other posts, or of other copies of this one. It is read whole, which is rare. */
async function statusesOfOthers(
  { id, copy }: PostRecord,
  { ledger }: Publishing['world'],
): Promise<ReadonlySet<string>> {
  const taken = new Set<string>()
  for await (const other of ledger.posts())
    if (other.id !== id || other.copy !== copy) for (const status of other.statuses) taken.add(status.id)
  return taken
}

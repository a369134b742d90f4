/** The story of changes on Tumblr after a post was noted: waited for, edited, deleted (`LEVITY_FOLLOW`). */
import { isBelievedGone } from '../../core/failure/absence.ts'
import { isLedgerOut, judgeFailure } from '../../core/failure/failure.ts'
import { compareIds } from '../../core/post/ids.ts'
import { lowestOf } from '../../core/post/page.ts'
import { judgePost, type Post } from '../../core/post/post.ts'
import { isJudgedAgain } from '../../core/record/by-hand.ts'
import { holdMs } from '../../core/record/failing.ts'
import type { PostRecord } from '../../core/record/record.ts'
import type { RouteRecord } from '../../core/record/route.ts'
import { settled } from '../../core/record/transitions.ts'
import type { Draft } from '../../core/report/draft.ts'
import { composeThread } from '../../core/status/status.ts'
import { reopen } from './note-posts.ts'
import { type RouteRun, serverOf, tellSkipped } from './route-run.ts'

type Item = RouteRecord['page'][number]

/**
 * Compares the newest page with what was noted of it. Returns the page as it is to be noted: an item that a later run must look at
 * again is kept on it. A post that is missing below the oldest one shown is not deleted: newer posts have pushed it off the page.
 */
export async function followChanges(
  report: Draft,
  run: RouteRun,
  items: readonly Item[],
): Promise<RouteRecord['page']> {
  const { world, page, route } = run
  const shown = new Map(items.map((item) => [item.id, item]))
  const lowest = lowestOf(page)
  const isAbsent = ({ id, missing }: Item): boolean =>
    missing || (lowest !== undefined && compareIds(id, lowest) > 0)
  const changed = route.page.filter(({ id, digest }) => (shown.get(id)?.digest ?? digest) !== digest)
  const absent = route.page.filter((item) => !shown.has(item.id) && isAbsent(item))
  const touched = world.config.follow.deletions ? [...changed, ...absent] : changed
  const keys = touched.map(({ id }) => ({ id, copy: 1 }))
  const records = keys.length === 0 ? [] : await world.ledger.fetchPosts(keys)
  const settledOf = ({ id }: Item): PostRecord | undefined =>
    records.find((record) => record.id === id && record.state === 'settled')
  for (const item of changed) {
    const record = settledOf(item)
    const kept = record && (await followChange(report, run, item, record))
    if (kept) shown.set(kept.id, kept)
  }
  const missing: Item[] = []
  for (const item of absent) {
    const kept = await followAbsence(report, run, item, settledOf(item))
    if (kept) missing.push(kept)
  }
  return [...shown.values(), ...missing.slice(-world.tumblr.pageLength)]
}

/** A skipped post may be wanted after a change, such as a new alt text or another tag. */
async function followChange(
  report: Draft,
  run: RouteRun,
  item: Item,
  record: PostRecord,
): Promise<Item | undefined> {
  const { config } = run.world
  const post = run.posts.get(record.id)
  if (post === undefined) return undefined
  if (isJudgedAgain(record, true)) {
    if (judgePost(post, config.wishes).wanted) await reopen(run, record)
    return undefined
  }
  if (record.outcome !== 'posted' || !config.follow.edits) return undefined
  const { id, digest, failingSince = run.world.clock.now() } = item
  const follow = (): Promise<void> => followEdit(report, run, record, post)
  return (await follows(run, id, failingSince, follow)) ? undefined : { id, digest, failingSince }
}

/** V1: a deletion is believed of a post that was missing from the page, and by its id, in two runs an hour apart. */
async function followAbsence(
  report: Draft,
  run: RouteRun,
  item: Item,
  record: PostRecord | undefined,
): Promise<Item | undefined> {
  const { world } = run
  const now = world.clock.now()
  const { id, digest, missingSince, failingSince = now } = item
  const missing = { id, digest, missing: true } as const
  const isDue = isBelievedGone(missingSince, now)
  // It may have been hidden, and is counted again when it is back (F4).
  if (!world.config.follow.deletions || record?.outcome !== 'posted') return missing
  if (item.missing && !isDue) return item
  let isThere = false
  const done = await follows(run, id, failingSince, async () => {
    isThere = (await world.tumblr.fetchPost(id)) !== undefined
    if (!isThere && isDue) await deleteAll(report, run, record)
  })
  if (!done) return { ...item, failingSince }
  return isThere || isDue ? undefined : { ...missing, missingSince: now }
}

/** V7: whether the change is dealt with. One that fails holds up nothing, and is left to later runs for three hours. */
async function follows(
  { world, skipped }: RouteRun,
  id: string,
  since: number,
  follow: () => Promise<void>,
): Promise<boolean> {
  try {
    await follow()
    return true
  } catch (error) {
    if (isLedgerOut(error)) throw error
    if (world.clock.now() - since < holdMs) return false
    const { reason } = judgeFailure(error)
    tellSkipped(id, `its change on Tumblr was not carried over: ${reason}`, skipped, world)
    return true
  }
}

/** Edits the statuses: texts, warnings and alt texts. Added and removed images are not followed, because they decide how the thread is divided. */
async function followEdit(report: Draft, run: RouteRun, record: PostRecord, post: Post): Promise<void> {
  const { world, route } = run
  const judgement = judgePost(post, world.config.wishes)
  if (!judgement.wanted) return
  const thread = composeThread(post, judgement.images, serverOf(route).limits, world.config.wishes)
  const sameShape =
    thread.length === record.statuses.length &&
    thread.every((draft, part) => draft.images.length === record.statuses[part]?.mediaIds.length)
  if (!sameShape) return
  let edited = 0
  for (const [part, status] of record.statuses.entries()) {
    const draft = thread[part]
    if (draft && (await world.mastodon.fetchStatus(status.id))) {
      await world.mastodon.editStatus(status.id, draft, status.mediaIds)
      edited += 1
    }
  }
  if (edited === 0) return
  report.edited.push(post.id)
  world.tell({ event: 'edited', route: world.config.name, post: post.id })
}

/** The post and its copies, the post last: while its record says `posted`, a later run goes on with what is left. */
async function deleteAll(report: Draft, run: RouteRun, first: PostRecord): Promise<void> {
  const records: PostRecord[] = []
  for (let record: PostRecord | undefined = first; record !== undefined; ) {
    records.push(record)
    ;[record] = await run.world.ledger.fetchPosts([{ id: first.id, copy: records.length + 1 }])
  }
  for (const record of records.toReversed())
    if (record.outcome === 'posted') await followDeletion(report, run, record)
}

async function followDeletion(report: Draft, { world }: RouteRun, record: PostRecord): Promise<void> {
  for (const status of record.statuses.toReversed()) await world.mastodon.deleteStatus(status.id)
  const reason = 'it was deleted on Tumblr'
  if (!(await world.ledger.writePost(settled(record, 'deleted', world.clock.now(), reason)))) return
  report.deleted.push(record.id)
  world.tell({ event: 'deleted', route: world.config.name, post: record.id, reason })
}

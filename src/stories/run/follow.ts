/** The story of changes on Tumblr after a post was noted: waited for, edited, deleted (`LEVITY_FOLLOW`). */
import { judgeFailure } from '../../core/failure/failure.ts'
import { compareIds } from '../../core/post/ids.ts'
import { pageItems } from '../../core/post/page.ts'
import { judgePost, type Post } from '../../core/post/post.ts'
import type { PostRecord } from '../../core/record/record.ts'
import { reopened, settled } from '../../core/record/transitions.ts'
import type { Draft } from '../../core/report/draft.ts'
import { composeThread } from '../../core/status/status.ts'
import { type RouteRun, serverOf, tellSkipped } from './route-run.ts'

/** Compares the newest page with what was noted of it. A post that is missing below the oldest one shown is not deleted: newer posts have pushed it off the page. */
export async function followChanges(report: Draft, run: RouteRun): Promise<void> {
  const { world, page, route } = run
  const now = new Map(pageItems(page, world.digest).map((item) => [item.id, item.digest]))
  const lowest = [...now.keys()].sort(compareIds)[0]
  const changed = route.page.filter(({ id, digest }) => now.has(id) && now.get(id) !== digest)
  const gone = route.page.filter(
    ({ id }) => !now.has(id) && lowest !== undefined && compareIds(id, lowest) > 0,
  )
  const { follow } = world.config
  const ids = [...changed, ...(follow.deletions ? gone : [])].map(({ id }) => ({ id, copy: 1 }))
  if (ids.length === 0) return
  for (const record of await world.ledger.fetchPosts(ids)) {
    if (record.state !== 'settled') continue
    const post = run.posts.get(record.id)
    if (!now.has(record.id)) await followDeletion(report, run, record)
    else if (post === undefined) continue
    else if (record.outcome === 'skipped' && record.byHand !== true)
      await followSecondThought(run, record, post)
    else if (record.outcome === 'posted' && follow.edits) await followEdit(report, run, record, post)
  }
}

/** A skipped post may be wanted after a change, such as a new alt text or another tag. */
async function followSecondThought(run: RouteRun, record: PostRecord, post: Post): Promise<void> {
  const { world } = run
  if (!judgePost(post, world.config.wishes).wanted) return
  await world.ledger.writePost(reopened(record))
  run.allSettled = false
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
  try {
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
  } catch (error) {
    // An edit that the server refuses must not hold up other posts. The statuses stay as they are.
    const verdict = judgeFailure(error)
    if (verdict.blame !== 'post') throw error
    tellSkipped(post.id, `its edit was refused: ${verdict.reason}`, report.skipped, world)
  }
}

async function followDeletion(report: Draft, { world }: RouteRun, record: PostRecord): Promise<void> {
  if (record.outcome !== 'posted' || (await world.tumblr.fetchPost(record.id)) !== undefined) return
  for (const status of record.statuses.toReversed()) await world.mastodon.deleteStatus(status.id)
  const reason = 'it was deleted on Tumblr'
  if (!(await world.ledger.writePost(settled(record, 'deleted', world.clock.now(), reason)))) return
  report.deleted.push(record.id)
  world.tell({ event: 'deleted', route: world.config.name, post: record.id, reason })
}

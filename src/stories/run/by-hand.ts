/** What a person asks for by hand: one post now, a copy of it, or parked posts again (L5). */

import { believedRecord } from '../../core/clock/believed.ts'
import type { Ask } from '../../core/event/event.ts'
import { compareIds } from '../../core/post/ids.ts'
import type { Post } from '../../core/post/post.ts'
import { refuseByHand, unruled } from '../../core/record/by-hand.ts'
import { newRecord, type PostRecord } from '../../core/record/record.ts'
import { claimed, dueNow, reopened, resumed, settled } from '../../core/record/transitions.ts'
import type { Draft } from '../../core/report/draft.ts'
import type { World } from '../../world.ts'
import { publishPost } from '../publish/publish.ts'
import { alreadyPosted, foundReason } from './already-posted.ts'
import { presentOf } from './clock.ts'
import { publishing } from './publishing.ts'
import { findPost, type RouteRun, tellOutcome, tellSkipped } from './route-run.ts'

/** Publishes one post, whatever its age and whatever the tag rules say. If it cannot, `skipped` has the reason. */
export async function publishOne(ask: Ask, report: Draft, run: RouteRun): Promise<void> {
  const { world } = run
  const id = ask.post ?? ''
  const copy = ask.again ?? 1
  const { existing, post, refusal } = await lookUpByHand(id, copy, () => findPost(run, id), world)
  if (refusal !== undefined) return tellSkipped(id, refusal, report.skipped, world)
  // Should it fail, what is newer need not wait for it.
  const archive = copy > 1 || compareIds(id, run.route.start) <= 0
  if (post && copy === 1 && archive && existing === undefined && (await alreadyPosted(run, [post])).has(id)) {
    await world.ledger.writePost(settled(newRecord(id, { archive }), 'found', world.clock.now(), foundReason))
    return tellSkipped(id, `${foundReason}; "again":2 posts it a second time`, report.skipped, world)
  }
  const begun = existing?.state === 'settled' ? reopened({ ...existing, archive }) : existing
  const record = begun ?? (await world.ledger.writePost(claimedNow(newRecord(id, { copy, archive }), run)))
  if (record === undefined) {
    report.outcome = 'busy'
    report.why = `post ${id}: another run works on it`
    return
  }
  const outcome = await publishPost(dueNow(record), publishing(run, unruled(world.config.wishes)))
  await tellOutcome(id, outcome, report, run)
}

/** The record of that copy and the post, where there are such; `refusal`: why it cannot be published. */
export async function lookUpByHand(
  id: string,
  copy: number,
  find: () => Promise<Post | undefined>,
  world: World,
): Promise<{ readonly existing?: PostRecord; readonly post?: Post; readonly refusal?: string }> {
  const { ledger, config } = world
  const stored = await ledger.fetchPosts([copy, copy - 1].filter((n) => n > 0).map((n) => ({ id, copy: n })))
  const records = stored.map((record) => believedRecord(record, presentOf(world)))
  const [existing, before] = [copy, copy - 1].map((n) => records.find((one) => one.copy === n))
  const refusal = refuseByHand(id, copy, existing, before)
  if (refusal !== undefined) return { refusal }
  const post = await find()
  if (post === undefined) return { refusal: `the blog ${config.tumblr.blog} has no such post` }
  return { post, ...(existing && { existing }) }
}

const claimedNow = (record: PostRecord, { world }: RouteRun): PostRecord =>
  claimed(record, world.owner, world.clock.now(), world.timeLeft())

/** L5: parked posts get fresh attempts and resume at their step. A post that was named and waits for its next try is due now. */
export async function retryPosts(which: 'parked' | readonly string[], run: RouteRun): Promise<void> {
  const { world, skipped } = run
  const { ledger, clock } = world
  const asked = which === 'parked' ? undefined : new Set(which)
  const seen = new Set<string>()
  for await (const record of ledger.posts()) {
    if (asked ? !asked.has(record.id) : record.state !== 'parked') continue
    if (record.state === 'settled') continue
    seen.add(record.id)
    run.allSettled = false
    if (record.state === 'parked') await ledger.writePost(resumed(record))
    // What another run has claimed waits for no time, and is left to that run.
    else if ((record.notBefore ?? 0) > clock.now()) await ledger.writePost(dueNow(record))
  }
  for (const id of asked ?? []) if (!seen.has(id)) tellSkipped(id, 'it is not parked', skipped, world)
}

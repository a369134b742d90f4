/** Every post after the route's start gets a record, skipped ones too (L2). */
import { compareIds, timeOfId } from '../../core/post/ids.ts'
import { judgePost, type Post, type PostPage } from '../../core/post/post.ts'
import { isJudgedAgain } from '../../core/record/by-hand.ts'
import { newRecord, type PostRecord } from '../../core/record/record.ts'
import { claimed, reopened, settled, skipped } from '../../core/record/transitions.ts'
import { foundReason } from './already-posted.ts'
import { type RouteRun, tellSkipped } from './route-run.ts'

/**
 * Writes a record for each post that has none, oldest first, so that a run that dies leaves no gap among what is noted.
 * A post that was skipped and only waited is judged again. Returns which ones were new, or are wanted now.
 */
export async function note(
  run: RouteRun,
  found: readonly Post[],
  how: { readonly archive?: boolean; readonly posted?: ReadonlySet<string>; readonly claim?: boolean },
): Promise<ReadonlySet<string>> {
  const { world } = run
  const { config, ledger, clock } = world
  const posts = [...new Map(found.map((post) => [post.id, post])).values()].sort((a, b) =>
    compareIds(a.id, b.id),
  )
  const known = await fetchKnown(run, posts)
  const records = new Map(known.map((record) => [record.id, record]))
  const fresh = new Set<string>()
  // If another run has noted posts meanwhile, those may be older: then nothing is claimed here (E1).
  let first = how.claim === true && known.every(({ state }) => state === 'settled')
  for (const post of posts) {
    run.posts.set(post.id, post)
    const judgement = judgePost(post, config.wishes)
    const before = records.get(post.id)
    if (before !== undefined) {
      if (!judgement.wanted || !isJudgedAgain(before, false)) continue
      first = false
      if (await reopen(run, before)) fresh.add(post.id)
      continue
    }
    const now = clock.now()
    const due = how.archive ? now : (timeOfId(post.id) ?? post.publishedAt) + config.delayMs
    let record = newRecord(post.id, { archive: how.archive === true, ...(due > now && { notBefore: due }) })
    if (how.posted?.has(post.id)) {
      record = settled(record, 'found', now, foundReason)
    } else if (!judgement.wanted) {
      record = skipped(record, judgement, now)
      tellSkipped(post.id, judgement.reason, run.skipped, world)
    } else if (first && due <= now) {
      record = claimed(record, world.owner, now, world.timeLeft())
    }
    if (record.state !== 'settled') first = false
    const written = await ledger.writePost(record)
    if (!written) continue
    fresh.add(post.id)
    if (written.claim) run.claimed = written
    if (written.state !== 'settled') world.tell({ event: 'noted', route: config.name, post: post.id })
  }
  return fresh
}

const fetchKnown = async ({ world }: RouteRun, posts: readonly Post[]): Promise<readonly PostRecord[]> =>
  posts.length === 0 ? [] : world.ledger.fetchPosts(posts.map(({ id }) => ({ id, copy: 1 })))

/** Queues a skipped post that is wanted after all. False where another run has written it since. */
export async function reopen(run: RouteRun, record: PostRecord): Promise<boolean> {
  const { world } = run
  if (!(await world.ledger.writePost(reopened(record)))) return false
  run.allSettled = false
  world.tell({ event: 'noted', route: world.config.name, post: record.id })
  return true
}

/**
 * Notes each post that cannot be read as skipped, once, and reports the reason. Returns how many were new. Those from before the
 * start count in an archive alone.
 */
export async function noteUnreadable(run: RouteRun, page: PostPage, archive = false): Promise<number> {
  const { world, route } = run
  tellNameless(run, page)
  const broken = page.unreadable.flatMap(({ id, reason }) =>
    id !== undefined && (archive || compareIds(id, route.start) > 0) ? [{ id, reason }] : [],
  )
  const has = new Set(
    (await world.ledger.fetchPosts(broken.map(({ id }) => ({ id, copy: 1 })))).map(({ id }) => id),
  )
  let fresh = 0
  for (const { id, reason } of broken) {
    if (has.has(id)) continue
    const why = `it cannot be read: ${reason}`
    const record = newRecord(id, { archive: compareIds(id, route.start) <= 0 })
    if (!(await world.ledger.writePost(skipped(record, { reason: why }, world.clock.now())))) continue
    tellSkipped(id, why, run.skipped, world)
    fresh += 1
  }
  return fresh
}

/** In place of an id, in the report and the log. */
const nameless = 'without an id'

/** Once in a run: without an id it cannot be noted. */
function tellNameless({ world, skipped }: RouteRun, page: PostPage): void {
  const broken = page.unreadable.find(({ id }) => id === undefined)
  if (broken === undefined || skipped.some(({ post }) => post === nameless)) return
  tellSkipped(nameless, `it cannot be read: ${broken.reason}`, skipped, world)
}

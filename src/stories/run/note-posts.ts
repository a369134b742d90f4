/** Every post after the route's start gets a record, skipped ones too (L2). */
import { compareIds, timeOfId } from '../../core/post/ids.ts'
import { judgePost, type Post, type PostPage } from '../../core/post/post.ts'
import { newRecord, type PostRecord } from '../../core/record/record.ts'
import { claimed, settled, skipped } from '../../core/record/transitions.ts'
import { type RouteRun, tellSkipped } from './route-run.ts'

/**
 * Writes a record for each post that has none, oldest first, so that a run that dies leaves no gap among what is noted.
 * Returns how many were new.
 */
export async function note(
  run: RouteRun,
  found: readonly Post[],
  how: { readonly archive?: boolean; readonly posted?: ReadonlySet<string>; readonly claim?: boolean },
): Promise<number> {
  const { world } = run
  const { config, ledger, clock } = world
  const posts = [...new Map(found.map((post) => [post.id, post])).values()].sort((a, b) =>
    compareIds(a.id, b.id),
  )
  const known = await fetchKnown(run, posts)
  const has = new Set(known.map(({ id }) => id))
  let fresh = 0
  // If another run has noted posts meanwhile, those may be older: then nothing is claimed here (E1).
  let first = how.claim === true && known.every(({ state }) => state === 'settled')
  for (const post of posts) {
    run.posts.set(post.id, post)
    if (has.has(post.id)) continue
    const judgement = judgePost(post, config.wishes)
    const now = clock.now()
    const due = how.archive ? now : (timeOfId(post.id) ?? post.publishedAt) + config.delayMs
    let record = newRecord(post.id, { archive: how.archive === true, ...(due > now && { notBefore: due }) })
    if (how.posted?.has(post.id)) {
      record = settled(record, 'found', now, 'a status of the account links to it')
    } else if (!judgement.wanted) {
      record = skipped(record, judgement, now)
      tellSkipped(post.id, judgement.reason, run.skipped, world)
    } else if (first && due <= now) {
      record = claimed(record, world.owner, now, world.timeLeft())
    }
    if (record.state !== 'settled') first = false
    const written = await ledger.writePost(record)
    if (!written) continue
    fresh += 1
    if (written.claim) run.claimed = written
    if (written.state !== 'settled') world.tell({ event: 'noted', route: config.name, post: post.id })
  }
  return fresh
}

const fetchKnown = async ({ world }: RouteRun, posts: readonly Post[]): Promise<readonly PostRecord[]> =>
  posts.length === 0 ? [] : world.ledger.fetchPosts(posts.map(({ id }) => ({ id, copy: 1 })))

/** Notes each post that cannot be read as skipped, once, and reports the reason. */
export async function noteUnreadable(run: RouteRun, page: PostPage): Promise<void> {
  const { world, route } = run
  const broken = page.unreadable.flatMap(({ id, reason }) =>
    id !== undefined && compareIds(id, route.start) > 0 ? [{ id, reason }] : [],
  )
  const has = new Set(
    (await world.ledger.fetchPosts(broken.map(({ id }) => ({ id, copy: 1 })))).map(({ id }) => id),
  )
  for (const { id, reason } of broken) {
    if (has.has(id)) continue
    const why = `it cannot be read: ${reason}`
    await world.ledger.writePost(skipped(newRecord(id), { reason: why }, world.clock.now()))
    tellSkipped(id, why, run.skipped, world)
  }
}

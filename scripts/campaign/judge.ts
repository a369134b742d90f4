/** The oracle: what must be true after every scene, and the word for each way in which it is not. */
import type { PostRecord } from '../../src/core/record/record.ts'
import type { SandboxStatus } from '../sandbox/mastodon/mastodon.ts'
import type { Aftermath, Verdict, Word } from './aftermath.ts'
import { copiesOf, isNamed, missingCopy, reasonOfParking } from './copies.ts'
import { isBeyondKnowing, knownOf, lostAt } from './lost-ledger.ts'
import { imageOf } from './pictures.ts'
import { routesOf } from './running.ts'
import { beginning, hour, type Post } from './scene.ts'
import { altTextOf } from './stage.ts'
import { mostMs, waitedMs } from './waiting.ts'

const pageSize = 20

export function judge(after: Aftermath): readonly Verdict[] {
  const { scene, breaches, stage } = after
  const { statuses } = stage.mastodon
  const posted = statuses.filter(({ kind }) => kind === 'post')
  const strange = posted.filter(
    (status) => !status.deleted && postOf(status) === undefined && status.media.length > 0,
  )
  return [
    ...breaches.map(({ is, run, why }) => ({ word: is, why: `${run}: ${why}` })),
    ...strange.map(
      ({ text }): Verdict => ({ word: 'unasked for', why: `a status says ${JSON.stringify(text)}` }),
    ),
    ...scene.posts.flatMap((post) => judgePost(post, after)),
    ...judgeOrder(after),
    ...judgeByHand(after),
  ]
}

/** The post whose images a status shows. */
function postOf({ media, text }: SandboxStatus): number | undefined {
  const [first] = media.flatMap(({ width }) => imageOf(width)?.post ?? [])
  if (first !== undefined) return first
  const named = /Post (\d+) of/.exec(text)?.[1]
  return named === undefined ? undefined : Number(named)
}

const rootsOf = (key: number, { stage, byHand }: Aftermath): readonly SandboxStatus[] =>
  stage.mastodon.statuses.filter(
    (status) =>
      status.kind === 'post' &&
      status.inReplyToId === undefined &&
      postOf(status) === key &&
      (!status.deleted || byHand.deleted.has(key)),
  )

function judgePost(post: Post, after: Aftermath): readonly Verdict[] {
  const { stage, byHand, records } = after
  const id = stage.ids.get(post.key)
  const record = records.find((one) => one.id === id)
  const name = `post ${post.key}`
  const state = record
    ? `${record.state}${record.outcome ? ` (${record.outcome})` : ''}${record.reason ? `: ${record.reason}` : ''}`
    : 'not in the ledger'
  const say = (word: Word, why: string): readonly Verdict[] => [
    { word, why: `${name} ${why}; its record is ${state}` },
  ]
  const deletedAt = byHand.deleted.get(post.key)
  const roots = rootsOf(post.key, after)
  if (post.unreadable) {
    if (roots.length > 0) return say('unasked for', 'cannot be read and stands there')
    // What is from before the start is not looked at.
    const isOld = beginning + post.at <= (lostAt(after) ?? 0)
    return record?.outcome === 'skipped' || post.deleted !== undefined || isOld
      ? []
      : say('lost', 'is not said to be unreadable')
  }
  const copies = copiesOf(post.key, after)
  if (deletedAt !== undefined && (lostAt(after) ?? 0) > deletedAt) return []
  if (deletedAt !== undefined)
    return roots.filter(({ createdAt, deleted }) => !deleted && createdAt > deletedAt).length > copies.length
      ? say('doubled', 'came again after its owner had deleted it')
      : []
  if (knownOf(roots, after).length > 1 + copies.length)
    return say('doubled', `stands there ${roots.length} times`)
  const set = record?.state === 'parked' || reasonOfParking(post.key, after) !== undefined
  const reason = record?.reason ?? reasonOfParking(post.key, after)
  if (post.spoilt) {
    if (roots.length > 0) return say('torn', 'stands there without an image that cannot be had')
    if (set && reason) return []
    return post.deleted === undefined
      ? say(record && isOpen(record) ? 'held' : 'lost', 'can never be posted and is not set aside')
      : []
  }
  const mayBeSetAside = isOwnFault(post, after)
  const [root] = roots
  // What a lost ledger had posted is not proved to be Levity's own (V6).
  const isKnown = lostAt(after) === undefined || (record !== undefined && record.outcome !== 'found')
  if (isKnown && isLeftStanding(post, root, after))
    return say('unasked for', 'was deleted on Tumblr and still stands')
  if (root === undefined) {
    if (post.deleted !== undefined || isBeyondKnowing(post, root, after)) return []
    if (set) return mayBeSetAside && reason ? [] : say('parked for an outage', 'is not there')
    return record && isOpen(record) ? say('held', 'is not there') : say('lost', 'is not there')
  }
  const open = copies.find(isOpen)
  if (open) return say('held', `has a copy ${open.copy} that is not there`)
  const wanted = copies.filter(({ outcome }) => outcome === 'posted' || outcome === 'found').length + 1
  const missing = missingCopy(post, after)
  if (roots.length < wanted || missing !== undefined)
    return say('lost', missing ? `has no copy ${missing}` : `stands there ${roots.length} times of ${wanted}`)
  if (isBeyondKnowing(post, root, after)) return []
  const torn = tornBy(post, roots, after)
  if (torn !== undefined) return set && mayBeSetAside ? [] : say('torn', torn)
  if (set) return mayBeSetAside ? [] : say('parked for an outage', 'is there')
  const waited = waitedMs(post, root.createdAt, after)
  return waited > mostMs
    ? say('held', `waited ${(waited / hour).toFixed(1)} hours that no weather explains`)
    : []
}

/** Deletions are followed, and it was out for a while before its author deleted it. */
function isLeftStanding(post: Post, root: SandboxStatus | undefined, { scene, runs }: Aftermath): boolean {
  if (!scene.deletions || post.deleted === undefined || root === undefined) return false
  const deletedAt = beginning + post.deleted
  // A page shows so many posts; one that is pushed off it is not known to be deleted.
  const newer = scene.posts.filter(({ at }) => at >= post.at).length
  const between = runs.filter(
    ({ dead, startedAt, report, plan }) =>
      plan.ask === undefined &&
      startedAt > root.createdAt &&
      startedAt < deletedAt &&
      !dead &&
      report?.outcome === 'done',
  )
  return newer < pageSize && between.length > 0
}

const isOpen = ({ state }: PostRecord): boolean => state !== 'settled' && state !== 'parked'

/** Whether something in the scene is this post's own, and so may set it aside. */
function isOwnFault(post: Post, after: Aftermath): boolean {
  const { scene, runs } = after
  const long = scene.weather.some((one) => one.post === post.key && one.until - one.from > 2 * hour)
  const dropped = scene.acts.some((act) => act.do === 'drop')
  // snac lets no edit add an image.
  const unmendable =
    scene.server.software === 'snac' && scene.acts.some((act) => act.do === 'lose an attachment')
  const cut = post.images > 2 && scene.acts.some((act) => act.do === 'limit' && act.attachments !== undefined)
  return (
    long || dropped || unmendable || cut || isDoubtful(after) || runs.filter(({ dead }) => dead).length >= 5
  )
}

/** Whether nothing can prove whose a status is: the server renames media, and the template has no link or the owner's statuses look like ours. */
const isDoubtful = ({ scene: { server, withLink, acts } }: Aftermath): boolean =>
  (server.software === 'snac' || server.software === 'pleroma') &&
  (!withLink || acts.some((act) => act.do === 'write' || act.do === 'copy' || act.do === 'edit'))

/** What is wrong with a thread; undefined where it is whole. */
function tornBy(
  post: Post,
  roots: readonly SandboxStatus[],
  { stage, byHand }: Aftermath,
): string | undefined {
  const alive = stage.mastodon.statuses.filter((status) => status.kind === 'post' && !status.deleted)
  const threads = roots.map((root) => {
    const thread = [root]
    for (const last of thread) thread.push(...alive.filter(({ inReplyToId }) => inReplyToId === last.id))
    return thread
  })
  const stray = alive.filter((status) => postOf(status) === post.key && !threads.flat().includes(status))
  if (stray.length > 0) return 'has a part that hangs on nothing'
  return threads.map((thread) => tornThread(post, thread, byHand)).find((why) => why !== undefined)
}

function tornThread(
  post: Post,
  thread: readonly SandboxStatus[],
  byHand: Aftermath['byHand'],
): string | undefined {
  const [root] = thread
  const answered = thread.map(({ inReplyToId }) => inReplyToId)
  if (new Set(answered).size < answered.length) return 'has several replies where one belongs'
  const shown = thread.flatMap(({ media }) => media)
  const wanted = Array.from({ length: post.images }, (_, image) => image)
  const images = shown.map(({ width }) => imageOf(width)?.image)
  if (images.join() !== wanted.join()) return `shows images ${images.join(', ')} of ${wanted.length}`
  const wrong = shown.findIndex(
    ({ description = '' }, image) => description !== (altTextOf(post, image) ?? ''),
  )
  if (wrong >= 0) return `has the alt text ${shown[wrong]?.description} at image ${wrong}`
  if (root && !byHand.words.has(root.id) && !root.text.includes(`Post ${post.key} of`))
    return `says ${root.text}`
  return undefined
}

/** By the ids, as they were published; posts that came in another way are no part of the order. */
function judgeOrder(after: Aftermath): readonly Verdict[] {
  const { scene, stage, records, runs } = after
  const aside = new Set(
    runs.flatMap(({ report }) => report?.retrying.flatMap((one) => (one.aside ? one.post : [])) ?? []),
  )
  // What was not out comes with the archive then, behind what is new.
  if (lostAt(after) !== undefined) return []
  const plain = scene.posts.filter((post) => {
    const { key, dated, hidden, spoilt } = post
    return (
      dated === undefined &&
      !isNamed(post, after) &&
      reasonOfParking(key, after) === undefined &&
      hidden === undefined &&
      spoilt === undefined &&
      !scene.weather.some(({ post }) => post === key) &&
      !scene.acts.some((act) => act.do === 'drop') &&
      records.find(({ id }) => id === stage.ids.get(key))?.state !== 'parked' &&
      !aside.has(stage.ids.get(key) ?? '')
    )
  })
  const placed = plain.flatMap(({ key, at: postAt, other }) => {
    const [root] = rootsOf(key, after)
    return root === undefined
      ? []
      : [
          {
            key,
            old: postAt < 0,
            other,
            id: BigInt(stage.ids.get(key) ?? 0),
            at: stage.mastodon.statuses.indexOf(root),
          },
        ]
  })
  const byId = placed.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  // Each blog has its order, and what is from before the start its own, between the others.
  const rows = [true, false].flatMap((isOld) =>
    routesOf(scene).map((route) => byId.filter(({ old, other }) => old === isOld && other === route.other)),
  )
  const early = rows.flatMap((row) =>
    row.filter(({ at }, place) => place > 0 && at < (row[place - 1]?.at ?? 0)),
  )
  return early
    .slice(0, 1)
    .map(({ key }) => ({ word: 'disordered', why: `post ${key} came before an older one` }))
}

function judgeByHand({ scene, stage, byHand }: Aftermath): readonly Verdict[] {
  return [...byHand.words].flatMap(([id, { text, images }]): readonly Verdict[] => {
    const status = stage.mastodon.statuses.find((one) => one.id === id)
    const key = status && postOf(status)
    // Its post is gone, and its owner wants it to go too.
    if (scene.deletions && scene.posts.some((post) => post.key === key && post.deleted !== undefined))
      return []
    const shown = status?.media.map((media) => media.id).join()
    if (status?.text === text && shown === images.join() && !status.deleted) return []
    const became =
      status?.deleted === false
        ? `now says ${JSON.stringify(status.text)} with ${status.media.length} images`
        : 'is gone'
    return [
      { word: 'foreign status touched', why: `what the owner wrote (${JSON.stringify(text)}) ${became}` },
    ]
  })
}

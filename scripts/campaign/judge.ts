/** The oracle: what must be true after every scene, and the word for each way in which it is not. */
import type { PostRecord } from '../../src/core/record/record.ts'
import type { SandboxStatus } from '../sandbox/mastodon/mastodon.ts'
import type { Aftermath, Verdict, Word } from './aftermath.ts'
import { imageOf } from './pictures.ts'
import { hour, type Post } from './scene.ts'
import { altTextOf } from './stage.ts'
import { waitedMs } from './waiting.ts'

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
  if (deletedAt !== undefined)
    return roots.some(({ createdAt, deleted }) => !deleted && createdAt > deletedAt)
      ? say('doubled', 'came again after its owner had deleted it')
      : []
  if (roots.length > 1) return say('doubled', `stands there ${roots.length} times`)
  const set = record?.state === 'parked'
  if (post.spoilt) {
    if (roots.length > 0) return say('torn', 'stands there without an image that cannot be had')
    if (set && record.reason) return []
    return post.deleted === undefined
      ? say(record && isOpen(record) ? 'held' : 'lost', 'can never be posted and is not set aside')
      : []
  }
  const mayBeSetAside = isOwnFault(post, after)
  const [root] = roots
  if (root === undefined) {
    if (post.deleted !== undefined) return []
    if (set) return mayBeSetAside && record.reason ? [] : say('parked for an outage', 'is not there')
    return record && isOpen(record) ? say('held', 'is not there') : say('lost', 'is not there')
  }
  const torn = tornBy(post, root, after)
  if (torn !== undefined) return set && mayBeSetAside ? [] : say('torn', torn)
  if (set) return mayBeSetAside ? [] : say('parked for an outage', 'is there')
  const waited = waitedMs(post, root.createdAt, after)
  return waited > 4 * hour
    ? say('held', `waited ${(waited / hour).toFixed(1)} hours that no weather explains`)
    : []
}

const isOpen = ({ state }: PostRecord): boolean => state !== 'settled' && state !== 'parked'

/** Whether something in the scene is this post's own, and so may set it aside. */
function isOwnFault(post: Post, after: Aftermath): boolean {
  const { scene, runs } = after
  const long = scene.weather.some((one) => one.post === post.key && one.until - one.from > 2 * hour)
  const dropped = scene.acts.some((act) => act.do === 'drop')
  const cut = post.images > 2 && scene.acts.some((act) => act.do === 'limit' && act.attachments !== undefined)
  return long || dropped || cut || isDoubtful(after) || runs.filter(({ dead }) => dead).length >= 5
}

/** Whether nothing can prove whose a status is: the server renames media, and the template has no link or the owner's statuses look like ours. */
const isDoubtful = ({ scene: { server, withLink, acts } }: Aftermath): boolean =>
  (server.software === 'snac' || server.software === 'pleroma') &&
  (!withLink || acts.some((act) => act.do === 'write' || act.do === 'copy' || act.do === 'edit'))

/** What is wrong with a thread; undefined where it is whole. */
function tornBy(post: Post, root: SandboxStatus, { stage, byHand }: Aftermath): string | undefined {
  const alive = stage.mastodon.statuses.filter((status) => status.kind === 'post' && !status.deleted)
  const thread = [root]
  for (let last: SandboxStatus = root; ; ) {
    const replies = alive.filter(({ inReplyToId }) => inReplyToId === last.id)
    const [next] = replies
    if (replies.length > 1) return `has ${replies.length} replies where one belongs`
    if (next === undefined) break
    thread.push(next)
    last = next
  }
  const stray = alive.filter((status) => postOf(status) === post.key && !thread.includes(status))
  if (stray.length > 0) return 'has a part that hangs on nothing'
  const shown = thread.flatMap(({ media }) => media)
  const wanted = Array.from({ length: post.images }, (_, image) => image)
  const images = shown.map(({ width }) => imageOf(width)?.image)
  if (images.join() !== wanted.join()) return `shows images ${images.join(', ')} of ${wanted.length}`
  const wrong = shown.findIndex(
    ({ description = '' }, image) => description !== (altTextOf(post, image) ?? ''),
  )
  if (wrong >= 0) return `has the alt text ${shown[wrong]?.description} at image ${wrong}`
  if (!byHand.words.has(root.id) && !root.text.includes(`Post ${post.key} of`)) return `says ${root.text}`
  return undefined
}

/** By the ids, as they were published; posts that came in another way are no part of the order. */
function judgeOrder(after: Aftermath): readonly Verdict[] {
  const { scene, stage, records } = after
  const plain = scene.posts.filter(
    ({ key, dated, hidden, spoilt }) =>
      dated === undefined &&
      hidden === undefined &&
      spoilt === undefined &&
      !scene.weather.some(({ post }) => post === key) &&
      !scene.acts.some((act) => act.do === 'drop') &&
      records.find(({ id }) => id === stage.ids.get(key))?.state !== 'parked',
  )
  const placed = plain.flatMap(({ key, at: postAt }) => {
    const [root] = rootsOf(key, after)
    return root === undefined
      ? []
      : [
          {
            key,
            old: postAt < 0,
            id: BigInt(stage.ids.get(key) ?? 0),
            at: stage.mastodon.statuses.indexOf(root),
          },
        ]
  })
  const byId = placed.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  // What is from before the start comes in its own order, between the others.
  const rows = [byId.filter(({ old }) => old), byId.filter(({ old }) => !old)]
  const early = rows.flatMap((row) =>
    row.filter(({ at }, place) => place > 0 && at < (row[place - 1]?.at ?? 0)),
  )
  return early
    .slice(0, 1)
    .map(({ key }) => ({ word: 'disordered', why: `post ${key} came before an older one` }))
}

function judgeByHand({ stage, byHand }: Aftermath): readonly Verdict[] {
  return [...byHand.words].flatMap(([id, { text, images }]): readonly Verdict[] => {
    const status = stage.mastodon.statuses.find((one) => one.id === id)
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

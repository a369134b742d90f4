/** What the server's keepers and the owner of the account do by hand. */
import type { PostRecord } from '../../src/core/record/record.ts'
import type { SandboxStatus } from '../sandbox/mastodon/mastodon.ts'
import type { ByHand } from './aftermath.ts'
import type { Levity } from './levity.ts'
import type { Act, Post, Scene } from './scene.ts'
import { blogOf, type Stage, textOf } from './stage.ts'

type Place = {
  readonly scene: Scene
  readonly stage: Stage
  readonly levity: Levity
  readonly byHand: ByHand
}

/** Does it; what is to be undone later is returned. */
export async function perform(
  act: Act,
  place: Place,
): Promise<{ readonly at: number; readonly undo: () => Promise<void> } | undefined> {
  const { mastodon } = place.stage
  const { traits } = mastodon
  switch (act.do) {
    case 'limit': {
      const before = traits.limits
      const { characters = before.characters, attachments = before.attachments } = act
      traits.limits = { ...before, characters, attachments }
      return {
        at: act.until,
        undo: async () => {
          traits.limits = before
        },
      }
    }
    case 'drop':
      traits.silentDrop += act.creates
      return undefined
    case 'lose an attachment':
      traits.loseAttachments += 1
      return undefined
    case 'ban the hashtag':
      mastodon.refuseHashtag('hills')
      return undefined
    case 'lose the ledger':
      await place.stage.ledger.empty()
      return undefined
    case 'write':
      write(act, place)
      return undefined
    case 'copy':
      copyNewest(act, place)
      return undefined
    case 'edit':
    case 'delete':
      await touchNewest(act.do, place)
  }
  return undefined
}

function remember({ id, text, media }: SandboxStatus, { byHand }: Place): void {
  byHand.words.set(id, { text, images: media.map((one) => one.id) })
}

/** The newest post that was published, and the address of it. */
function newestPost({ scene, stage }: Place): { readonly post: Post; readonly link: string } | undefined {
  const post = scene.posts.findLast(({ key }) => stage.ids.has(key))
  if (post === undefined) return undefined
  const id = stage.ids.get(post.key)
  const found = stage.tumblr.posts(blogOf(post)).find((one) => one['id_string'] === id)
  return { post, link: String(found?.['post_url']) }
}

function write({ images, link }: Extract<Act, { do: 'write' }>, place: Place): void {
  const newest = link ? newestPost(place) : undefined
  const text = newest === undefined ? 'A word of my own.' : `A word of my own: ${newest.link}`
  remember(place.stage.mastodon.postByHand(text, images), place)
}

function copyNewest({ images }: Extract<Act, { do: 'copy' }>, place: Place): void {
  const newest = newestPost(place)
  if (newest === undefined) return
  const { post, link } = newest
  const text = place.scene.withLink ? `${textOf(post)}\n\n${link}\n\n#hills` : `${textOf(post)} #hills`
  remember(place.stage.mastodon.postByHand(text, images), place)
}

/** Of the newest thread that Levity has settled: nothing of it is on its way any more. */
async function touchNewest(how: 'edit' | 'delete', place: Place): Promise<void> {
  const { scene, stage, levity, byHand } = place
  const records: PostRecord[] = []
  for await (const record of stage.ledger.open(levity).posts()) records.push(record)
  const newest = records.findLast(({ state, outcome }) => state === 'settled' && outcome === 'posted')
  const key = scene.posts.find((post) => stage.ids.get(post.key) === newest?.id)?.key
  if (newest === undefined || key === undefined) return
  const standing = newest.statuses.filter(({ id }) =>
    stage.mastodon.statuses.some((status) => status.id === id && !status.deleted),
  )
  const [root] = standing
  if (root === undefined) return
  if (how === 'edit') return remember(stage.mastodon.editByHand(root.id, 'The owner says so.'), place)
  for (const { id } of standing.toReversed()) {
    stage.mastodon.deleteStatus(id, 'gone')
    byHand.words.delete(id)
  }
  byHand.deleted.set(key, stage.switchboard.clock.now())
}

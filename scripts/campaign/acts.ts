/** What the server's keepers and the owner of the account do by hand. */
import type { PostRecord } from '../../src/core/record/record.ts'
import type { ByHand } from './aftermath.ts'
import type { Levity } from './levity.ts'
import type { Act, Scene } from './scene.ts'
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
      remember(mastodon.postByHand('A word of my own.'), place)
      return undefined
    case 'copy':
      copyNewest(place)
      return undefined
    case 'edit':
    case 'delete':
      await touchNewest(act.do, place)
  }
  return undefined
}

function remember({ id, text }: { readonly id: string; readonly text: string }, { byHand }: Place): void {
  byHand.words.set(id, text)
}

function copyNewest(place: Place): void {
  const { scene, stage } = place
  const newest = scene.posts.findLast(({ key }) => stage.ids.has(key))
  if (newest === undefined) return
  const id = stage.ids.get(newest.key)
  const { post_url: link } = stage.tumblr.posts(blogOf(newest)).find((post) => post['id_string'] === id) ?? {}
  const text = scene.withLink ? `${textOf(newest)}\n\n${link}\n\n#hills` : `${textOf(newest)} #hills`
  remember(stage.mastodon.postByHand(text), place)
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

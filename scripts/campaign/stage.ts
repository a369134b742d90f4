/** The servers of one scene, in a time that stands still until somebody moves it. */
import { certificateOfThisProcess, trust } from '../sandbox/certificate.ts'
import { type MastodonSandbox, startMastodon } from '../sandbox/mastodon/mastodon.ts'
import { Switchboard } from '../sandbox/switchboard.ts'
import { startTumblr, type TumblrSandbox } from '../sandbox/tumblr/tumblr.ts'
import { openLedger, type SceneLedger } from './ledgers.ts'
import { drawn, smallerWidth, widthOf } from './pictures.ts'
import { beginning, day, epoch, type Post, type Scene } from './scene.ts'

/** The second is there where the scene has two routes. */
const blogs = ['hillside', 'valleyside'] as const
export const blogOf = ({ other }: Pick<Post, 'other'>): string => blogs[other ? 1 : 0]

export interface Stage {
  readonly switchboard: Switchboard
  readonly tumblr: TumblrSandbox
  readonly mastodon: MastodonSandbox
  readonly ledger: SceneLedger
  /** Tumblr's id of each post that was published, by its key. */
  readonly ids: Map<number, string>
  /** Which post an address of a picture belongs to. */
  readonly pictures: Map<string, number>
  close(): Promise<void>
}

const boundless = { perHour: 1_000_000, perDay: 1_000_000 }

export async function setStage(scene: Scene): Promise<Stage> {
  const switchboard = new Switchboard(() => epoch)
  const certificate = await certificateOfThisProcess()
  trust(certificate)
  const [tumblr, mastodon, ledger] = await Promise.all([
    startTumblr(switchboard, certificate, { limits: boundless }),
    startMastodon(switchboard, scene.server),
    openLedger(scene.ledger, switchboard),
  ])
  for (const name of scene.twoRoutes ? blogs : blogs.slice(0, 1)) {
    tumblr.addBlog({ name })
    for (let left = scene.old; left > 0; left--)
      tumblr.publish(name, { at: epoch - left * day, text: 'From before.' })
  }
  return {
    switchboard,
    tumblr,
    mastodon,
    ledger,
    ids: new Map(),
    pictures: new Map(),
    close: async () => {
      await Promise.all([tumblr.close(), mastodon.close(), ledger.close()])
    },
  }
}

export const altTextOf = (post: Post, image: number): string | undefined =>
  post.bare && image === 0 ? undefined : `Alt ${post.key}.${image}`

/** Words of the wished length; the last is where it ends. */
export function textOf({ key, length }: Post): string {
  const words = `Post ${key} of the hillside`
  return length <= words.length
    ? words
    : `${words}: ${'on and on, '.repeat(length / 11)}`.slice(0, length).trim()
}

/** Publishes the post as its author does. */
export async function publish(post: Post, { tumblr, ids, pictures }: Stage): Promise<void> {
  const content = []
  for (let image = 0; image < post.images; image++) {
    const spoilt = post.spoilt !== undefined && image === Math.min(1, post.images - 1)
    const width = widthOf(post.key, image)
    const altText = altTextOf(post, image)
    const media = []
    for (const real of [width, smallerWidth(width)]) {
      const served = spoilt && post.spoilt === 'no image' ? Buffer.alloc(600, 'no image ') : await drawn(real)
      const url = tumblr.pictures.addOne({
        ...{ width: real, height: 8, format: 'png', served },
        ...(spoilt && post.spoilt === 'missing' && { state: 'missing' }),
      })
      pictures.set(new URL(url).pathname, post.key)
      const foreign = spoilt && post.spoilt === 'elsewhere'
      media.push({
        url: foreign ? `https://pictures.example/${real}.png` : url,
        type: 'image/png',
        width: post.huge ? 2 ** 53 : real === width ? width : Math.floor(width * 0.6),
        height: 8,
      })
    }
    content.push({ type: 'image', media, ...(altText !== undefined && { alt_text: altText }) })
  }
  const { id } = tumblr.publish(blogOf(post), {
    text: textOf(post),
    content,
    tags: ['hills'],
    ...(post.at < 0 && { at: beginning + post.at }),
    ...(post.pinned && { pinned: true }),
    ...(post.unreadable && { fields: { content: 'no blocks' } }),
    ...(post.dated !== undefined && { timestamp: Math.floor((beginning + post.at + post.dated) / 1000) }),
  })
  ids.set(post.key, id)
}

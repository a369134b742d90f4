import type { Wishes } from '../config/settings.ts'
import type { TagRule } from '../config/tag-rules.ts'

/** A Tumblr post as the rest of Levity knows it. `core/npf` makes it; nothing else knows Tumblr's format. */

/** One served size of an image. `type` is what Tumblr says, but it is often wrong: https://github.com/tumblr/docs/issues/78 */
export type ImageVariant = {
  readonly url: string
  readonly type?: string
  /** Pixels, where Tumblr says them. */
  readonly width?: number
  readonly height?: number
}

/** Whose work it is if it is not the blog's own. */
export type Credit = { readonly name: string; readonly url?: string }

export type PostImage = {
  /** Uncropped, largest area first, at least one. */
  readonly variants: readonly [ImageVariant, ...ImageVariant[]]
  /** Absent where the author wrote none ("", "image" and "photo" are Tumblr's placeholders, not alt texts). */
  readonly altText?: string
  readonly caption?: string
  /** `own`: made or added by the blog. `reblogged`: it stands in the trail. `asked`: sent by an asker or taken from another's post. */
  readonly origin: 'own' | 'reblogged' | 'asked'
  readonly credit?: Credit
}

export type Post = {
  /** Decimal digits, exact: ids are larger than 2^53. */
  readonly id: string
  /** The permalink, on the blog's own host. */
  readonly url: string
  readonly blog: { readonly name: string; readonly uuid?: string; readonly nsfw: boolean }
  /** The time the author set, ms since 1970 (a back-dated post is older than its id). */
  readonly publishedAt: number
  readonly published: boolean
  readonly pinned: boolean
  readonly reblog: boolean
  readonly tags: readonly string[]
  /** The blog's own words, readable as plain text: paragraphs parted by an empty line, inline links written out. */
  readonly text: string
  /** The words of the trail and of an asker, for `LEVITY_REBLOGS=all`; empty where there are none. */
  readonly quoted: string
  /** In reading order: of the trail, oldest first, then of the post itself. */
  readonly images: readonly PostImage[]
  /** Whose work this is where it is not the blog's: the root of a reblog's trail, or who submitted it. */
  readonly credit?: Credit
}

/** What stands on one page of the blog, newest first (pinned ones may stand before). */
export type PostPage = {
  readonly blog: { readonly name: string; readonly uuid?: string; readonly nsfw: boolean }
  readonly posts: readonly Post[]
  /** How many entries Tumblr sent, unreadable ones included. */
  readonly length: number
  /** The entries no post could be made of, with the reason; `id` where that much could be read. */
  readonly unreadable: readonly { readonly id?: string; readonly reason: string }[]
  readonly totalPosts?: number
}

/** Whether a post is wanted, with the images that count, or why not. `waits`: it may be wanted later, as it is. */
export type Judgement =
  | { readonly wanted: true; readonly images: readonly [PostImage, ...PostImage[]] }
  | { readonly wanted: false; readonly reason: string; readonly waits?: true }

/** Tags compare without `#`, outer spaces and case, as Tumblr's own tag pages do. */
const plain = (tag: string): string =>
  tag
    .trim()
    .replace(/^#+\s*/, '')
    .normalize('NFC')
    .toLowerCase()

/** The first of the post's tags that a rule names; undefined where the rule does not hold. */
export function matchingTag(post: Pick<Post, 'tags'>, rule: TagRule): string | undefined {
  const named = new Set(rule.tags.map(plain))
  return post.tags.map(plain).find((tag) => named.has(tag))
}

/** Judges a post by the wishes of a route, the strictest reason first. The result does not depend on the time. */
export function judgePost(post: Post, wishes: Wishes): Judgement {
  const reason = unwanted(post, wishes)
  if (reason !== undefined) return { wanted: false, reason }
  const [first, ...others] = imagesThatCount(post, wishes)
  if (first === undefined) {
    const which = post.images.length === 0 ? '' : " of the blog's own"
    return { wanted: false, reason: `it has no image${which}` }
  }
  const images = [first, ...others] as const
  const waiting = wishes.altText === 'required' ? withoutAltText(images) : undefined
  return waiting === undefined ? { wanted: true, images } : { wanted: false, reason: waiting, waits: true }
}

/** Why a post is left out, whatever images it has. */
function unwanted(post: Post, wishes: Wishes): string | undefined {
  if (!post.published) return 'it is not published'
  if (post.reblog && wishes.reblogs === 'none') return 'it is a reblog, and LEVITY_REBLOGS is none'
  for (const rule of wishes.tagRules) {
    const tag = rule.action.do === 'skip' ? matchingTag(post, rule) : undefined
    if (tag !== undefined) return `its tag ${tag} is to be left out (LEVITY_TAG_RULES)`
  }
  const only = wishes.tagRules.filter(({ action }) => action.do === 'only')
  if (only.length === 0 || only.some((rule) => matchingTag(post, rule) !== undefined)) return undefined
  return `only posts tagged ${only.flatMap(({ tags }) => tags).join(' or ')} are wanted (LEVITY_TAG_RULES)`
}

/** Other people's images count under `all` alone, and then with their credit. */
function imagesThatCount(post: Post, { reblogs }: Wishes): readonly PostImage[] {
  return reblogs === 'all' ? post.images : post.images.filter(({ origin }) => origin === 'own')
}

function withoutAltText(images: readonly PostImage[]): string | undefined {
  const bare = images.flatMap(({ altText }, at) => (altText === undefined ? [String(at + 1)] : []))
  if (bare.length === 0) return undefined
  const which =
    bare.length === 1 ? `image ${bare[0]}` : `images ${bare.slice(0, -1).join(', ')} and ${bare.at(-1)}`
  return `it waits for alt text: ${which} of ${images.length} ${bare.length === 1 ? 'has' : 'have'} none`
}

/** A Tumblr post as the rest of Levity knows it; `npf.ts` makes it, nothing after it knows Tumblr's format. */

/** One served size of an image. `type` is what Tumblr says; the bytes decide (facts: extension and type lie). */
export type ImageVariant = {
  readonly url: string
  readonly type?: string
  /** Pixels, where Tumblr says them. */
  readonly width?: number
  readonly height?: number
}

/** Whose work it is, where it is not the blog's own. */
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
  /** Whom a reblog is from; the root of the trail. */
  readonly credit?: Credit
}

/** What stands on one page of the blog, newest first (pinned ones may stand before). */
export type PostPage = {
  readonly blog: { readonly name: string; readonly uuid?: string; readonly nsfw: boolean }
  readonly posts: readonly Post[]
  /** How many entries Tumblr sent, unreadable ones included. */
  readonly length: number
  readonly totalPosts?: number
}

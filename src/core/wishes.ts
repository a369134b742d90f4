/** What the owner of a route wants of it, beyond the two accounts. */

export const visibilities = ['public', 'unlisted', 'private', 'direct'] as const
/** Mastodon's four: https://docs.joinmastodon.org/entities/Status/#visibility */
export type Visibility = (typeof visibilities)[number]

/** What a tag of the post does to its statuses. */
export type TagAction =
  | { readonly do: 'cw'; readonly text: string }
  | { readonly do: 'skip' }
  | { readonly do: 'only' }
  | { readonly do: 'sensitive' }
  | { readonly do: 'visibility'; readonly visibility: Visibility }

/** `tags` are lower case, without `#`; the rule holds for a post that has one of them. */
export type TagRule = { readonly tags: readonly string[]; readonly action: TagAction }

export type Wishes = {
  /** Which images of a reblog count: the blog's own additions, everything with credit, or no reblog at all. */
  readonly reblogs: 'own' | 'all' | 'none'
  readonly tagRules: readonly TagRule[]
  readonly sensitive: 'auto' | 'always' | 'never'
  readonly visibility: Visibility
  /** ISO 639 code; left out where unknown, for some servers refuse a wrong one. */
  readonly language?: string
  /** How many hashtags at most; Infinity is all. */
  readonly hashtags: number
  /** `{text}` `{link}` `{tags}` `{date}` `{credit}`; a line that is empty once filled in is left out. */
  readonly template: string
  readonly altText: 'own' | 'caption' | 'required'
}

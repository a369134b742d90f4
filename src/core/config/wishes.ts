/** What the owner of a route wants of it, beyond the two accounts. */

import { matchingTag, type Post } from '../post/post.ts'
import { neutralMentions } from '../status/mentions.ts'

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
  /** Reads warnings out of the tags themselves; its rule names no tags. On unless `no preset` stands among the rules. */
  | { readonly do: 'preset' }
  | { readonly do: 'no preset' }

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

/** Where `LEVITY_TEMPLATE` is unset. */
export const defaultTemplate = '{text}\n\n{credit}\n\n{link}\n\n{tags}'

const bare = (tag: string): string => tag.trim().replace(/^#+\s*/, '')

/** What a tag like `cw blood`, `tw: blood` or `tw // blood` warns of; undefined for every other tag. */
export function warningOf(tag: string): string | undefined {
  const found = /^(?:cw|tw)(?:\s*(?:\/\/|[:/|–—-])\s*|\s+)(\S.*)$/isu.exec(bare(tag))
  return found?.[1]
}

/** Whether the rules have the preset, so that `warningOf` counts. */
export function hasPreset(wishes: Wishes): boolean {
  return wishes.tagRules.some((rule) => rule.action.do === 'preset')
}

/**
 * Reads `LEVITY_TAG_RULES`: `nsfw=cw:Nudity; "wip; old"=skip; sketch=unlisted; selfie=sensitive; portfolio=only; no preset`.
 * Quotes let a tag or a warning hold `;` and `=`. Every mistake is a sentence of its own in `problems`.
 */
export function parseTagRules(value: string): { readonly rules: TagRule[]; readonly problems: string[] } {
  const rules: TagRule[] = []
  const problems: string[] = []
  for (const part of splitOutsideQuotes(value)) {
    const rule = parseTagRule(part)
    if (typeof rule === 'string') problems.push(rule)
    else rules.push(rule)
  }
  return { rules, problems }
}

const splitOutsideQuotes = (value: string): readonly string[] =>
  (value.match(/(?:"[^"]*"|[^;"]|"(?![^"]*"))+/g) ?? [])
    .map((part) => part.trim())
    .filter((part) => part !== '')

const unquote = (text: string): string =>
  text
    .trim()
    .replace(/^"([^"]*)"$/, '$1')
    .trim()

function parseTagRule(part: string): TagRule | string {
  const word = part.toLowerCase()
  if (word === 'preset' || word === 'no preset') return { tags: [], action: { do: word } }
  const found = /^("[^"]*"|[^"=]+?)\s*=\s*(.*)$/su.exec(part)
  const tag = bare(unquote(found?.[1] ?? '')).toLowerCase()
  if (tag === '')
    return `Expected TAG=ACTION, preset or no preset for a tag rule but received ${JSON.stringify(part)}`
  const action = parseAction((found?.[2] ?? '').trim())
  if (action !== undefined) return { tags: [tag], action }
  const expected = 'cw:TEXT, skip, only, sensitive, unlisted, private or direct'
  return `Expected ${expected} for the tag ${JSON.stringify(tag)} but received ${JSON.stringify(found?.[2] ?? '')}`
}

function parseAction(text: string): TagAction | undefined {
  const word = text.toLowerCase()
  if (word === 'skip' || word === 'only' || word === 'sensitive') return { do: word }
  // A rule can only make a post quieter than its route, so `public` would be a promise that is not kept.
  const visibility = visibilities.find((name) => name === word)
  if (visibility !== undefined && visibility !== 'public') return { do: 'visibility', visibility }
  const warning = unquote(/^cw\s*:(.*)$/isu.exec(text)?.[1] ?? '').replace(/\s+/g, ' ')
  return warning === '' ? undefined : { do: 'cw', text: warning }
}

/** What tags and wishes make of a post. Warnings stand once each, joined by ", ", and mention nobody. */
export function applyTagRules(
  post: Pick<Post, 'tags' | 'blog'>,
  wishes: Wishes,
): { readonly spoilerText?: string; readonly sensitive: boolean; readonly visibility: Visibility } {
  const actions = wishes.tagRules
    .filter((rule) => matchingTag(post, rule) !== undefined)
    .map((rule) => rule.action)
  const preset = hasPreset(wishes)
  const warnings = [
    ...actions.flatMap((action) => (action.do === 'cw' ? [action.text] : [])),
    ...(preset ? post.tags.flatMap((tag) => warningOf(tag) ?? []) : []),
  ]
  const spoilerText = neutralMentions(onceEach(warnings).join(', '))
  const asked =
    actions.some((action) => action.do === 'sensitive') ||
    (preset && post.tags.some((tag) => /^(?:nsfw|cw|tw)$/i.test(bare(tag))))
  const auto = wishes.sensitive === 'auto' && (asked || post.blog.nsfw)
  const visibility = [
    wishes.visibility,
    ...actions.flatMap((action) => (action.do === 'visibility' ? [action.visibility] : [])),
  ].reduce((a, b) => (visibilities.indexOf(b) > visibilities.indexOf(a) ? b : a))
  return {
    ...(spoilerText !== '' && { spoilerText }),
    // Mastodon hides the images behind any warning, whatever is asked.
    sensitive: spoilerText !== '' || wishes.sensitive === 'always' || auto,
    visibility,
  }
}

const onceEach = (texts: readonly string[]): readonly string[] =>
  texts.filter((text, at) => texts.findIndex((other) => other.toLowerCase() === text.toLowerCase()) === at)

/** What the tags of a post do to its statuses: a warning, hidden images, a smaller audience. */
import type { Wishes } from '../config/settings.ts'
import { bareTag, type Visibility, visibilities } from '../config/tag-rules.ts'
import { matchingTag, type Post } from '../post/post.ts'
import { neutralMentions } from './mentions.ts'

/** What a tag such as `cw blood`, `tw: blood` or `tw // blood` warns of; undefined for every other tag. */
export function warningOf(tag: string): string | undefined {
  const found = /^(?:cw|tw)(?:\s*(?:\/\/|[:/|–—-])\s*|\s+)(\S.*)$/isu.exec(bareTag(tag))
  return found?.[1]
}

/** Whether the rules have the preset, so that `warningOf` counts. */
export function hasPreset(wishes: Wishes): boolean {
  return wishes.tagRules.some((rule) => rule.action.do === 'preset')
}

/** What tags and wishes make of a post. Each warning appears once, joined by ", ", and mentions nobody. */
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
    (preset && post.tags.some((tag) => /^(?:nsfw|cw|tw)$/i.test(bareTag(tag))))
  const auto = wishes.sensitive === 'auto' && (asked || post.blog.nsfw)
  const visibility = [
    wishes.visibility,
    ...actions.flatMap((action) => (action.do === 'visibility' ? [action.visibility] : [])),
  ].reduce((a, b) => (visibilities.indexOf(b) > visibilities.indexOf(a) ? b : a))
  return {
    ...(spoilerText !== '' && { spoilerText }),
    // Mastodon hides the images behind any warning, whatever the status says.
    sensitive: spoilerText !== '' || wishes.sensitive === 'always' || auto,
    visibility,
  }
}

const onceEach = (texts: readonly string[]): readonly string[] =>
  texts.filter((text, at) => texts.findIndex((other) => other.toLowerCase() === text.toLowerCase()) === at)

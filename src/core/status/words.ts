/** The words of a thread's first status. */

import type { Wishes } from '../config/settings.ts'
import type { Post, PostImage } from '../post/post.ts'
import type { Limits } from '../server/limits.ts'
import { hasPreset, warningOf } from './apply-tag-rules.ts'
import { composeHashtags } from './hashtags.ts'
import { neutralMentions, neutralNumbers } from './mentions.ts'
import { type Filling, fillTemplate } from './template.ts'
import { countCharacters, cutText } from './text.ts'

/**
 * The template filled in, within `limits` together with the warning (`spoilerText`), mentioning nobody; never empty. What
 * is too long gives way in this order: the author's text down to half of the room, hashtags that do not fit whole, the
 * rest of the text, the links of the credit. The link home and the names stay.
 */
export function composeText(
  post: Post,
  images: readonly PostImage[],
  limits: Limits,
  wishes: Wishes,
  around: { readonly spoilerText: string; readonly place: string },
): string {
  const count = (text: string): number => countCharacters(text, around.spoilerText, limits)
  const fits = (text: string): boolean => count(text) <= limits.characters
  const date = isoDay(post.publishedAt)
  const fill = (parts: Pick<Filling, 'text' | 'tags' | 'credit'>): string =>
    neutralMentions(fillTemplate(wishes.template, { link: post.url, date, ...parts }, around.place))
  const cut = (text: string, room: number): string =>
    cutText(text, room, (part) => countCharacters(part, '', limits))

  const credits = composeCredits(post, images)
  const credit =
    credits.find((line) => fits(fill({ text: '', tags: '', credit: line }))) ?? credits.at(-1) ?? ''
  // Cut roughly first, because a Tumblr text may have millions of characters, and what follows counts them several times.
  const text = cut(wordsOf(post, wishes), limits.characters)
  const least = cut(text, Math.floor(limits.characters / 2))
  let tags = ''
  for (const hashtag of composeHashtags(namedTags(post, wishes), wishes.hashtags)) {
    const more = tags === '' ? hashtag : `${tags} ${hashtag}`
    if (fits(fill({ text: least, tags: more, credit }))) tags = more
  }
  const whole = (part: string): string => fill({ text: part, tags, credit })
  const filled = whole(cutText(text, limits.characters, (part) => count(whole(part))))
  // Mastodon drops the warning of a status without words, and so does a reader:
  // https://github.com/mastodon/mastodon/blob/main/app/services/post_status_service.rb
  const said = filled === '' ? neutralMentions(post.url) : filled
  return cutText(said, limits.characters, count) || '…'
}

/** The blog's own words, else those it shared where others' images count. */
function wordsOf(post: Post, wishes: Wishes): string {
  const words = post.text.trim() || (wishes.reblogs === 'all' ? post.quoted.trim() : '')
  return neutralMentions(neutralNumbers(words))
}

/** The tags that become hashtags: not those that the preset has read as warnings. */
function namedTags(post: Post, wishes: Wishes): readonly string[] {
  return hasPreset(wishes) ? post.tags.filter((tag) => warningOf(tag) === undefined) : post.tags
}

/** Whose work it is, if it is not the blog's own, each name once. In three lengths: with links, without, and in short. */
function composeCredits(post: Post, images: readonly PostImage[]): readonly string[] {
  const credits = images
    .filter((image) => image.origin !== 'own')
    .flatMap((image) => image.credit ?? post.credit ?? [])
  const linked = credits.map(({ name, url }) => (isLink(url) ? `${name} (${url})` : name))
  const [first, ...others] = new Set(credits.map(({ name }) => name))
  if (first === undefined) return []
  const short = others.length === 0 ? first : `${first} and ${others.length} more`
  return [[...new Set(linked)].join(', '), [first, ...others].join(', '), short].map((who) => `by ${who}`)
}

const isLink = (url: string | undefined): url is string => url !== undefined && /^https?:\/\//.test(url)

/** The UTC day; empty for a time that no calendar holds. */
const isoDay = (time: number): string =>
  Math.abs(time) <= 8.64e15 ? new Date(time).toISOString().slice(0, 10) : ''

import * as v from 'valibot'
import type { Wishes } from '../config/settings.ts'
import { type Visibility, visibilities } from '../config/tag-rules.ts'
import type { ImageVariant, Post, PostImage } from '../post/post.ts'
import type { Limits } from '../server/limits.ts'
import { applyTagRules } from './apply-tag-rules.ts'
import { countCharacters, countCodePoints, cutText } from './text.ts'
import { composeText } from './words.ts'

export type DraftImage = {
  readonly variants: readonly [ImageVariant, ...ImageVariant[]]
  /** Already within the server's limit. */
  readonly altText?: string
}

/** One status as it will be sent: all that is needed, so that a frozen thread can be finished without the post (E7). */
export type StatusDraft = {
  readonly text: string
  /** The content warning; absent where there is none. */
  readonly spoilerText?: string
  readonly sensitive: boolean
  readonly visibility: Visibility
  readonly language?: string
  readonly images: readonly [DraftImage, ...DraftImage[]]
}

/** A draft without its images, as it is stored and reported. */
export const statusWords = {
  text: v.string(),
  spoilerText: v.exactOptional(v.string()),
  sensitive: v.boolean(),
  visibility: v.picklist(visibilities),
  language: v.exactOptional(v.string()),
}

type Some<T> = readonly [T, ...T[]]

/**
 * The post as a thread: the first status has the words, the tags and the link; more images than one status holds go into
 * replies, evenly (ten on a server of four: 4+3+3), each part saying its place. Replies are never more public than the
 * first, and `unlisted` where that is public. Every text is within `limits` as the server counts, and mentions nobody.
 */
export function composeThread(
  post: Post,
  images: Some<PostImage>,
  limits: Limits,
  wishes: Wishes,
): Some<StatusDraft> {
  const { spoilerText: warning, sensitive, visibility } = applyTagRules(post, wishes)
  // The warning gets half of the room at most: every status needs some words too.
  const spoilerText = cutText(warning ?? '', Math.floor(limits.characters / 2), (text) =>
    countCharacters('', text, limits),
  )
  const [first, ...others] = chunkEvenly(images, limits.imagesPerStatus)
  const parts = others.length + 1
  const draft = (text: string, chunk: Some<PostImage>, shown: Visibility): StatusDraft => ({
    text,
    ...(spoilerText !== '' && { spoilerText }),
    sensitive,
    visibility: shown,
    ...(wishes.language !== undefined && { language: wishes.language }),
    images: mapSome(chunk, (image) => composeImage(image, limits, wishes)),
  })
  const words = composeText(post, images, limits, wishes, {
    spoilerText,
    place: parts > 1 ? `1/${parts}` : '',
  })
  const quiet = visibility === 'public' ? 'unlisted' : visibility
  return [
    draft(words, first, visibility),
    ...others.map((chunk, index) => draft(`${index + 2}/${parts}`, chunk, quiet)),
  ]
}

/** In order, as few chunks as hold all, none more than one longer than another; the longer ones first. */
export function chunkEvenly<T>(items: Some<T>, most: number): Some<Some<T>> {
  const count = Math.ceil(items.length / Math.max(1, most))
  const [head, ...rest] = items
  const chunks: [[T, ...T[]], ...[T, ...T[]][]] = [[head]]
  const size = (index: number): number =>
    Math.floor(items.length / count) + (index < items.length % count ? 1 : 0)
  for (const item of rest) {
    const last = chunks[chunks.length - 1] ?? chunks[0]
    if (last.length < size(chunks.length - 1)) last.push(item)
    else chunks.push([item])
  }
  return chunks
}

function mapSome<T, U>([first, ...rest]: Some<T>, map: (item: T) => U): Some<U> {
  return [map(first), ...rest.map(map)]
}

function composeImage(image: PostImage, limits: Limits, wishes: Wishes): DraftImage {
  const words = image.altText?.trim() || (wishes.altText === 'caption' && image.caption?.trim()) || ''
  const altText = cutText(words, limits.altTextCharacters, countCodePoints)
  return { variants: image.variants, ...(altText !== '' && { altText }) }
}

import type { ImageVariant } from '../post/post.ts'
import type { Limits } from '../server/limits.ts'
import { gifPixels, keptPixels } from './plan.ts'

/** Pixels; 0 if Tumblr does not say. */
const areaOf = (variant: ImageVariant): number => (variant.width ?? 0) * (variant.height ?? 0)

/** By type or name; `.gifv` is an animated WebP (https://github.com/mikf/gallery-dl/issues/3095). */
const isGif = (variant: ImageVariant): boolean =>
  variant.type === 'image/gif' || /\.gifv?(\?|$)/.test(variant.url)

/**
 * The best variant for this server first: the smallest of those that reach what the server keeps, because a larger one
 * would only be shrunk to the same size. Then the others, largest first, and those of unknown size in the order they came.
 * A GIF should stay within the GIF limit, so that it need not be encoded again.
 */
export function rankVariants(variants: readonly ImageVariant[], limits: Limits): readonly ImageVariant[] {
  const gif = variants.some(isGif)
  const enough = Math.min(limits.imagePixels, gif ? gifPixels + 1 : keptPixels)
  const above = variants.filter((v) => areaOf(v) >= enough).toSorted((a, b) => areaOf(a) - areaOf(b))
  const below = variants.filter((v) => areaOf(v) < enough).toSorted((a, b) => areaOf(b) - areaOf(a))
  if (!gif) return [...above, ...below]
  return [...below.filter((v) => areaOf(v) > 0), ...above, ...below.filter((v) => areaOf(v) === 0)]
}

/** Whether a variant may replace a larger one that would have to be encoded again: it must have at least half the width. */
export const standsInFor = (variant: ImageVariant, larger: ImageVariant): boolean =>
  areaOf(variant) < areaOf(larger) && areaOf(variant) * 4 >= areaOf(larger)

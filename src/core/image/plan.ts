import type { Limits } from '../server/limits.ts'
import type { ImageFormat } from './bytes.ts'

/** Mastodon shrinks larger images to this many pixels: https://github.com/mastodon/mastodon/blob/main/app/models/media_attachment.rb */
export const keptPixels = 8_294_400
/** Mastodon's limit for every GIF, moving or not. The API does not tell it; it is in the same file. */
export const gifPixels = 921_600
/** An image with more pixels in all its frames is refused before anything is decoded. */
const maxInputPixels = 268_402_689
/** Pixels of all frames together of an animation that is encoded. A million takes about half a second, so this takes half a minute. */
const animationPixels = 67_108_864

/** What the header says, and the bytes around it. */
export type ImageFacts = {
  readonly format: ImageFormat
  readonly bytes: number
  /** Pixels of one frame, upright. */
  readonly width: number
  readonly height: number
  /** Frames of an animation; 1 for a still. */
  readonly pages: number
  readonly alpha: boolean
  /** Whether metadata tells a place. */
  readonly place: boolean
}

export type EncodeFormat = 'jpeg' | 'png' | 'webp' | 'gif'

/** How to make the new file; `nextEncode` works it out step by step. */
export type EncodePlan = {
  readonly do: 're-encode' | 'shrink'
  /** The best first; the last one is made smaller until it fits the byte limit. */
  readonly formats: readonly [EncodeFormat, ...EncodeFormat[]]
  readonly animated: boolean
  readonly width: number
  readonly height: number
  /** The server's limit. */
  readonly bytes: number
  readonly reason: string
}

export type ImagePlan =
  /** Byte for byte. */
  | { readonly do: 'keep'; readonly mimeType: string }
  /** Take Tumblr's next smaller variant instead. */
  | { readonly do: 'smaller'; readonly reason: string }
  | { readonly do: 'refuse'; readonly reason: string }
  | EncodePlan

const mimeTypes: { readonly [format in ImageFormat]: readonly [string, ...string[]] } = {
  jpeg: ['image/jpeg', 'image/jpg'],
  png: ['image/png'],
  gif: ['image/gif'],
  webp: ['image/webp'],
  avif: ['image/avif'],
  heic: ['image/heic', 'image/heif'],
}

/** The MIME type to send a format as; undefined where the server does not take it. AVIF and HEIC are sent only where the server lists them, because many apps cannot show them. */
export function mimeTypeFor(format: ImageFormat, limits: Limits): string | undefined {
  const [first, ...others] = mimeTypes[format]
  if (limits.mimeTypes === undefined) return format === 'avif' || format === 'heic' ? undefined : first
  return [first, ...others].find((type) => limits.mimeTypes?.includes(type))
}

/** What to do with one image. `smaller`: Tumblr has a smaller variant that would do. */
export function planImage(facts: ImageFacts, limits: Limits, smaller: boolean): ImagePlan {
  const { width, height, pages, format } = facts
  if (!(width > 0 && height > 0)) return { do: 'refuse', reason: 'its header gives no size' }
  if (width * height * pages > maxInputPixels) {
    const frames = pages > 1 ? ` in ${pages} frames` : ''
    return { do: 'refuse', reason: `${width}x${height}${frames} is more than ${maxInputPixels} pixels` }
  }
  const fault = findFault(facts, limits)
  const mimeType = mimeTypeFor(format, limits)
  if (fault === undefined && mimeType !== undefined) return { do: 'keep', mimeType }
  const reason = fault?.reason ?? `the server does not take ${format.toUpperCase()}`
  if (format === 'heic') return { do: 'refuse', reason: `${reason}, and HEIC cannot be decoded here` }
  const animated = pages > 1
  if (animated && format === 'gif' && fault?.size === true && smaller) return { do: 'smaller', reason }
  return planEncode(facts, limits, reason)
}

type Fault = { readonly reason: string /** A smaller variant would do. */; readonly size: boolean }

/** Why the bytes cannot be sent as they are; their type is judged elsewhere. */
function findFault(facts: ImageFacts, limits: Limits): Fault | undefined {
  const { width, height, format, bytes } = facts
  const pixels = format === 'gif' ? Math.min(gifPixels, limits.imagePixels) : limits.imagePixels
  if (width * height > pixels)
    return {
      reason: `${width}x${height} is more than ${pixels} pixels${format === 'gif' ? ' for a GIF' : ''}`,
      size: true,
    }
  if (bytes > limits.imageBytes)
    return { reason: `${bytes} bytes are more than ${limits.imageBytes}`, size: true }
  if (facts.place) return { reason: 'its metadata tells a place', size: false }
  // Mastodon and most others show an animated WebP as a still; a GIF moves everywhere.
  if (format === 'webp' && facts.pages > 1) return { reason: 'it is an animated WebP', size: false }
  return undefined
}

function planEncode(facts: ImageFacts, limits: Limits, reason: string): ImagePlan {
  const animated = facts.pages > 1
  const [first, ...others] = chooseFormats(facts, limits)
  if (first === undefined) {
    const wanted = animated ? 'GIF' : 'JPEG nor PNG'
    return { do: 'refuse', reason: `${reason}, and the server takes no ${wanted}` }
  }
  const pixels = animated ? Math.min(gifPixels, animationPixels / facts.pages) : keptPixels
  const size = shrinkTo(facts, Math.min(pixels, limits.imagePixels), longestSide(first))
  return {
    do: size.width < facts.width || size.height < facts.height ? 'shrink' : 're-encode',
    formats: [first, ...others],
    animated,
    ...size,
    bytes: limits.imageBytes,
    reason,
  }
}

/** A lossless image stays lossless if it is likely to fit. Otherwise WebP keeps transparency, and JPEG is put on white. */
function chooseFormats(facts: ImageFacts, limits: Limits): readonly EncodeFormat[] {
  const takes = (format: EncodeFormat): boolean => mimeTypeFor(format, limits) !== undefined
  if (facts.pages > 1) return takes('gif') ? ['gif'] : []
  const order = facts.alpha || facts.format === 'webp' ? webpFirst : jpegFirst
  const lossy = order.find(takes)
  if (lossy === undefined) return takes('png') ? ['png'] : []
  const share = Math.min(1, Math.min(keptPixels, limits.imagePixels) / (facts.width * facts.height))
  const wasLossless = facts.format === 'png' || facts.format === 'gif'
  const lossless = wasLossless ? facts.bytes * share <= limits.imageBytes : facts.alpha && lossy === 'jpeg'
  return lossless && takes('png') ? ['png', lossy] : [lossy]
}

const webpFirst = ['webp', 'jpeg'] as const
const jpegFirst = ['jpeg', 'webp'] as const

/** https://developers.google.com/speed/webp/faq#what_is_the_maximum_size_a_webp_image_can_be ; JPEG and GIF count in 16 bits. */
const longestSide = (format: EncodeFormat): number =>
  format === 'webp' ? 16_383 : format === 'png' ? 1_000_000 : 65_535

/** The largest size of the same shape within `pixels`; never larger than it was, never less than one pixel. */
function shrinkTo(
  from: { readonly width: number; readonly height: number },
  pixels: number,
  side: number,
): { readonly width: number; readonly height: number } {
  const { width, height } = from
  const scale = Math.min(1, Math.sqrt(pixels / (width * height)), side / Math.max(width, height))
  if (scale === 1) return { width, height }
  const high = Math.max(1, Math.floor(height * scale))
  // In a very thin image the short side cannot go below one pixel, so the long side gives way.
  const wide = Math.max(1, Math.floor(Math.min(width * scale, pixels / high)))
  return { width: wide, height: Math.min(high, Math.floor(pixels / wide)) }
}

import type { EncodeFormat, EncodePlan } from './plan.ts'

/** One encoding to try. `quality` is for JPEG and WebP. */
export type Encode = {
  readonly format: EncodeFormat
  readonly width: number
  readonly height: number
  readonly quality: number
}

/** Each encoding of a large image takes a second or more; five of them find a size that fits in practice. */
export const maxEncodes = 5
/** The server compresses the image again, so the first quality is well above what it keeps. 80 has half the bytes of 92, and few people see the difference. */
const fine = 92
const coarse = 80

/**
 * The next encoding to try after those that came out too large; undefined if another one would not help.
 * First the format that keeps most, then lower quality, then fewer pixels. The size of each attempt decides the next step.
 */
export function nextEncode(
  plan: EncodePlan,
  tried: readonly { readonly encode: Encode; readonly bytes: number }[],
): Encode | undefined {
  const { width, height, formats } = plan
  const last = tried.at(-1)
  if (last === undefined) return { format: formats[0], width, height, quality: fine }
  const { encode, bytes } = last
  if (tried.length >= maxEncodes || encode.width * encode.height <= 1) return undefined
  const next = formats[formats.indexOf(encode.format) + 1]
  if (next !== undefined) return { ...encode, format: next }
  const lossy = encode.format === 'jpeg' || encode.format === 'webp'
  const room = plan.bytes / bytes
  const cheaper = lossy && encode.quality === fine
  if (cheaper && room > 0.4) return { ...encode, quality: coarse }
  // The bytes shrink roughly as the pixels do; a lower quality saves more on top.
  const scale = Math.min(0.95, 0.95 * Math.sqrt(room * (cheaper ? 2 : 1)))
  return {
    format: encode.format,
    width: Math.max(1, Math.floor(encode.width * scale)),
    height: Math.max(1, Math.floor(encode.height * scale)),
    quality: lossy ? coarse : encode.quality,
  }
}

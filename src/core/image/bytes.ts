/** What kind of image the bytes are. The extension, the Content-Type and Tumblr's own `type` are often wrong (https://github.com/tumblr/docs/issues/78). */

export type ImageFormat = 'jpeg' | 'png' | 'gif' | 'webp' | 'avif' | 'heic'

/** A larger file is refused without being read. Tumblr itself takes far smaller ones. */
export const maxInputBytes = 100_000_000

/** The brands of HEIC and HEIF: https://nokiatech.github.io/heif/technical.html */
const heicBrands = /^(heic|heix|heim|heis|hevc|hevx|hevm|hevs|mif1|msf1)$/

/** Decided by the magic bytes alone. `other` is what Levity does not take, such as SVG and TIFF. */
export function sniffFormat(bytes: Uint8Array): ImageFormat | 'html' | 'other' {
  const head = text(bytes, 0, 256)
  if (head.startsWith('\xff\xd8\xff')) return 'jpeg'
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'png'
  if (/^GIF8[79]a/.test(head)) return 'gif'
  if (/^RIFF[\s\S]{4}WEBP/.test(head)) return 'webp'
  if (head.slice(4, 8) === 'ftyp') return sniffBrands(head)
  return /^(\xef\xbb\xbf)?\s*<(!doctype|html|head|body|\?xml|!--)/i.test(head) ? 'html' : 'other'
}

/** AVIF files call themselves `mif1` too, so an AVIF brand anywhere decides. */
function sniffBrands(head: string): 'avif' | 'heic' | 'other' {
  const end = Math.min(head.length, head.charCodeAt(2) * 256 + head.charCodeAt(3))
  const brands = [head.slice(8, 12), ...(head.slice(16, end).match(/[\s\S]{4}/g) ?? [])]
  if (brands.some((brand) => brand === 'avif' || brand === 'avis')) return 'avif'
  return brands.some((brand) => heicBrands.test(brand)) ? 'heic' : 'other'
}

/**
 * The format, or why the file is refused. Nothing is decoded, so that a harmful file can do no harm here. `permanent`: the file
 * is what it is; one that is empty, a page or truncated may come whole the next time.
 */
export function judgeBytes(
  bytes: Uint8Array,
): { readonly format: ImageFormat } | { readonly refused: string; readonly permanent?: true } {
  if (bytes.length === 0) return { refused: 'the file is empty' }
  if (bytes.length > maxInputBytes)
    return { refused: `the file has ${bytes.length} bytes, more than ${maxInputBytes}`, permanent: true }
  const format = sniffFormat(bytes)
  if (format === 'html') return { refused: 'expected an image but received an HTML or XML page' }
  if (format === 'other')
    return {
      refused: 'expected a JPEG, PNG, GIF, WebP, AVIF or HEIC file but received something else',
      permanent: true,
    }
  return endsEarly(bytes, format) ? { refused: 'the file is truncated' } : { format }
}

/**
 * Whether the file ends too early, for the formats where decoding does not show it: a decoder shows the complete frames of
 * a GIF that was cut off and reports nothing, HEIC cannot be decoded here, and of a WebP not even the header is read. A GIF that
 * only lacks its trailer is whole.
 */
function endsEarly(bytes: Uint8Array, format: ImageFormat): boolean {
  if (format === 'gif') return gifEndsEarly(bytes)
  if (format === 'webp') return riffEndsEarly(bytes)
  return (format === 'heic' || format === 'avif') && boxesEndEarly(bytes)
}

/** What every decoder refuses: https://developers.google.com/speed/webp/docs/riff_container */
const riffEndsEarly = (bytes: Uint8Array): boolean =>
  bytes.length < 12 || bytes.length < new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true) + 8

/** Walks the blocks: https://www.w3.org/Graphics/GIF/spec-gif89a.txt */
function gifEndsEarly(bytes: Uint8Array): boolean {
  const at = (index: number): number => bytes[index] ?? 0
  const colours = (flags: number): number => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0)
  let next = 13 + colours(at(10))
  let frames = 0
  while (next < bytes.length && at(next) !== 0x3b) {
    if (at(next) === 0x21) next += 2
    else if (at(next) === 0x2c) {
      frames += 1
      next += 11 + colours(at(next + 9))
    } else break // Decoders ignore anything after the last frame as well.
    while (next < bytes.length && at(next) !== 0) next += at(next) + 1
    if (next >= bytes.length) return true
    next += 1
  }
  return frames === 0
}

/** Every top-level box of an ISO media file says its length: ISO/IEC 14496-12, 4.2. */
function boxesEndEarly(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let next = 0
  while (next + 8 <= bytes.length) {
    const short = view.getUint32(next)
    if (short === 0) return false // "to the end of the file"
    if (short === 1 && next + 16 > bytes.length) return true
    const length = short === 1 ? Number(view.getBigUint64(next + 8)) : short
    if (length < 8) return true
    next += length
  }
  return next !== bytes.length
}

/** Pixels of a HEIC file: its largest `ispe` property, for the tiles of a grid have theirs too (ISO/IEC 23008-12, 6.5.3). */
export function measureHeic(bytes: Uint8Array): { readonly width: number; readonly height: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let largest = { width: 0, height: 0 }
  const end = Math.min(bytes.length - 16, 1_000_000) // The properties stand before the pixels.
  for (let at = 4; at < end; at += 1) {
    if (bytes[at] !== 0x69 || view.getUint32(at) !== 0x69737065) continue
    const found = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) }
    if (found.width * found.height > largest.width * largest.height) largest = found
  }
  return largest
}

const text = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...bytes.subarray(from, to))

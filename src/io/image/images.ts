import type { Metadata, Sharp } from 'sharp'
import { type FailureFacts, ServiceError } from '../../core/failure/failure.ts'
import { type ImageFormat, judgeBytes, measureHeic } from '../../core/image/bytes.ts'
import { type Encode, nextEncode } from '../../core/image/encode.ts'
import { exifTellsPlace, xmpPlaceNames } from '../../core/image/place.ts'
import { type EncodePlan, type ImageFacts, mimeTypeFor, planImage } from '../../core/image/plan.ts'
import type { Limits } from '../../core/server/limits.ts'

/** What is uploaded. */
export type FittedImage = {
  readonly bytes: Uint8Array
  readonly mimeType: string
  readonly width: number
  readonly height: number
  /** `kept`: byte for byte what Tumblr served. */
  readonly change: 'kept' | 're-encoded' | 'shrunk'
  /** What it was: pixels and bytes before. */
  readonly before: {
    readonly bytes: number
    readonly width: number
    readonly height: number
    readonly format: string
  }
}

export interface Images {
  /**
   * Fits one image to the server. `smaller` (Tumblr has a smaller variant that would do) lets it answer
   * `undefined`: take the next smaller variant rather than re-encode this one (GIF).
   * Throws ServiceError ('the image') with the reason for what cannot be posted, or is not done within `timeLeft` (ms).
   */
  fitImage(
    bytes: Uint8Array,
    limits: Limits,
    smaller: boolean,
    timeLeft?: () => number,
  ): Promise<FittedImage | undefined>
}

/** Fits images with sharp, which is loaded with the first image: a run that finds nothing new does not need it. */
export function createImages(): Images {
  return { fitImage }
}

/** sharp's own version. Throws if sharp has no binary for this machine. */
export async function versionOfSharp(): Promise<string> {
  const { default: sharp } = await import('sharp')
  return sharp.versions.sharp ?? 'of an unknown version'
}

/** `timeLeft`: ms. */
type Open = (bytes: Uint8Array, timeLeft?: () => number, animated?: boolean) => Sharp
let opener: Promise<Open> | undefined

/**
 * One image at a time, and no cache: with MALLOC_ARENA_MAX=2 and MALLOC_MMAP_THRESHOLD_=131072 in the environment a run
 * over many large photographs stays within 350 MB (`scripts/bench/memory.ts`).
 * `failOn: 'error'` refuses a file that was cut off, and accepts one that every viewer shows in spite of a warning.
 * The limit of pixels is judged in `planImage` instead, so that the reason can say how many there are.
 */
async function loadSharp(): Promise<Open> {
  const { default: sharp } = await import('sharp')
  sharp.cache(false)
  sharp.concurrency(1)
  return (bytes, timeLeft = endless, animated = false) => {
    const left = timeLeft()
    if (left <= 0) throw refusal(`${tooLong} (no time is left)`)
    const seconds = Math.max(1, Math.min(120, Math.floor(left / 1000)))
    return sharp(bytes, { animated, failOn: 'error', limitInputPixels: false }).timeout({ seconds })
  }
}

const endless = (): number => Number.POSITIVE_INFINITY

async function fitImage(
  bytes: Uint8Array,
  limits: Limits,
  smaller: boolean,
  timeLeft = endless,
): Promise<FittedImage | undefined> {
  const judged = judgeBytes(bytes)
  if ('refused' in judged) throw refusal(judged.refused, judged)
  const facts = await readFacts(bytes, judged.format)
  const plan = planImage(facts, limits, smaller)
  if (plan.do === 'refuse') throw refusal(plan.reason, { permanent: true })
  if (plan.do === 'smaller') return undefined
  const { width, height, format } = facts
  const before = { bytes: bytes.length, width, height, format }
  if (plan.do !== 'keep') return { ...(await encodeWithin(plan, bytes, facts, limits, timeLeft)), before }
  await checkDecodes(bytes, facts, timeLeft)
  return { bytes, mimeType: plan.mimeType, width, height, change: 'kept', before }
}

/** Reads the header only. */
async function readFacts(bytes: Uint8Array, format: ImageFormat): Promise<ImageFacts> {
  const known = { format, bytes: bytes.length }
  if (format === 'heic')
    return { ...known, ...measureHeic(bytes), pages: 1, alpha: false, place: tellsPlace(bytes) }
  const open = await openImages()
  const header = await open(bytes)
    .metadata()
    .catch((error) => {
      throw broken(error, { permanent: true })
    })
  const moves = format === 'gif' || format === 'webp'
  return {
    ...known,
    ...header.autoOrient,
    pages: moves ? (header.pages ?? 1) : 1,
    alpha: header.hasAlpha,
    place: tellsPlace(bytes, header),
  }
}

/** Looks into the header's EXIF and XMP, and for both anywhere in the file: sharp does not read HEIC, the XMP of a GIF, or the EXIF of a second image. */
function tellsPlace(bytes: Uint8Array, header?: Metadata): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const xmp = header?.xmp
  if (xmpPlaceNames.some((name) => file.includes(name) || xmp?.includes(name) === true)) return true
  if (header?.exif !== undefined && exifTellsPlace(header.exif)) return true
  return ['Exif\0\0II*\0', 'Exif\0\0MM\0*'].some((mark) => {
    for (let at = file.indexOf(mark); at >= 0; at = file.indexOf(mark, at + 1))
      if (exifTellsPlace(file.subarray(at))) return true
    return false
  })
}

/**
 * Decodes a file to see that it is whole, at little cost: a JPEG at an eighth of its size (30 ms for 6 megapixels), of an
 * animation the first frame. HEIC, and AVIF with more than 8 bits, cannot be decoded here; their boxes were counted before.
 */
async function checkDecodes(bytes: Uint8Array, facts: ImageFacts, timeLeft: () => number): Promise<void> {
  if (facts.format === 'heic' || facts.format === 'avif') return
  const open = await openImages()
  await open(bytes, timeLeft)
    .resize({ width: Math.max(1, Math.ceil(facts.width / 8)) })
    .raw()
    .toBuffer()
    .catch(asRefusal)
}

async function encodeWithin(
  plan: EncodePlan,
  bytes: Uint8Array,
  facts: ImageFacts,
  limits: Limits,
  timeLeft: () => number,
): Promise<Omit<FittedImage, 'before'>> {
  const open = await openImages()
  const tried: { encode: Encode; bytes: number }[] = []
  for (let encode = nextEncode(plan, tried); encode !== undefined; encode = nextEncode(plan, tried)) {
    const { width, height, format } = encode
    const made = await write(open(bytes, timeLeft, plan.animated), encode, plan.animated).catch(asRefusal)
    const mimeType = mimeTypeFor(format, limits)
    if (made.length <= plan.bytes && mimeType !== undefined) {
      const change = width * height < facts.width * facts.height ? 'shrunk' : 're-encoded'
      return { bytes: made, mimeType, width, height, change }
    }
    tried.push({ encode, bytes: made.length })
  }
  const sizes = tried.map((one) => one.bytes).join(', ')
  const reason = `${plan.reason}, and it could not be brought within ${plan.bytes} bytes (tried: ${sizes})`
  throw refusal(reason, { permanent: true })
}

/** Upright, in sRGB and without metadata. The last two are what sharp does by default. */
function write(image: Sharp, encode: Encode, animated: boolean): Promise<Buffer> {
  const { width, height, quality } = encode
  const upright = animated ? image : image.autoOrient()
  const sized = upright.resize(width, height, { fit: 'fill' })
  switch (encode.format) {
    case 'jpeg':
      // Optimised coding would save 7 % of the bytes and cost 90 MB: the encoder keeps every coefficient until the end.
      return sized
        .flatten({ background: '#fff' })
        .jpeg({ quality, chromaSubsampling: quality > 90 ? '4:4:4' : '4:2:0', optimizeCoding: false })
        .toBuffer()
    case 'webp':
      return sized.webp({ quality }).toBuffer()
    case 'png':
      return sized.png().toBuffer()
    case 'gif':
      // Effort 7, the default, takes eight times as long for 3 % fewer bytes.
      return sized.gif({ effort: 3 }).toBuffer()
  }
}

function openImages(): Promise<Open> {
  opener ??= loadSharp()
  return opener
}

function refusal(
  reason: string,
  { permanent }: Pick<FailureFacts, 'permanent'> = {},
  cause?: unknown,
): ServiceError {
  const facts = { service: 'the image', doing: 'be fitted to the server', answer: 'other', reason } as const
  return new ServiceError({ ...facts, ...(permanent && { permanent }) }, cause)
}

/** libvips repeats itself over several lines; the first line names the cause. */
const causeOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 200) ?? ''

const broken = (error: unknown, whether: Pick<FailureFacts, 'permanent'> = {}): ServiceError =>
  refusal(`the file is truncated or broken (${causeOf(error)})`, whether, error)

const tooLong = 'it takes too long to decode or encode'

/** What stands behind a good header may have been cut off on its way. */
function asRefusal(error: unknown): never {
  const cause = causeOf(error)
  throw cause.startsWith('timeout:') ? refusal(`${tooLong} (${cause})`, {}, error) : broken(error)
}

import { ServiceError } from '../../core/failure/failure.ts'
import { rankVariants, standsInFor } from '../../core/image/variants.ts'
import type { ImageVariant } from '../../core/post/post.ts'
import type { Limits } from '../../core/server/limits.ts'
import type { DraftImage } from '../../core/status/status.ts'
import type { FittedImage, ImageSource, Images } from '../../world.ts'

/** What is uploaded, and the address it came from. */
export type PreparedImage = FittedImage & { readonly url: string }

/** The most requests that are made for one image. */
const maxVariants = 4

type Preparing = {
  /** Whether a smaller variant may stand in for a better one that fails, at once and whatever its failure is. */
  readonly settle: boolean
  /** Ms until it must be done; no end unless said. */
  readonly timeLeft?: () => number
}

/**
 * The story of one image: fetches its best variant and fits it to the server. Takes the next variant if that one can never be
 * had, or if a smaller one saves encoding it. Any other failure is thrown, because a later try may bring the better picture,
 * unless `settle` says that it has failed for long enough. If no variant can be used, throws the first ServiceError that is not
 * permanent, else the first. Throws at once if the host does not answer or limits requests, because the other variants would
 * fail in the same way.
 */
export async function prepareImage(
  image: DraftImage,
  limits: Limits,
  source: ImageSource,
  images: Images,
  { settle, timeLeft }: Preparing,
): Promise<PreparedImage> {
  const ranked = rankVariants(image.variants, limits).slice(0, maxVariants)
  const failures: ServiceError[] = []
  /** The best variant that would have to be encoded. It is used if no smaller one can be. */
  let held: { readonly variant: ImageVariant; readonly bytes: Uint8Array } | undefined
  for (const [index, variant] of ranked.entries()) {
    if (held !== undefined && !standsInFor(variant, held.variant)) continue
    const larger = held?.variant ?? variant
    const smaller = held !== undefined || ranked.slice(index + 1).some((next) => standsInFor(next, larger))
    try {
      const bytes = await source.fetchImage(variant.url, timeLeft)
      const fitted = await images.fitImage(bytes, limits, smaller, timeLeft)
      if (fitted !== undefined) return { ...fitted, url: variant.url }
      held ??= { variant, bytes }
    } catch (error) {
      if (!(error instanceof ServiceError) || endsTheSearch(error)) throw error
      // What is held is better than this variant, so nothing is lost with it.
      if (!settle && held === undefined && !error.facts.permanent) throw error
      failures.push(error)
    }
  }
  const fitted = held && (await images.fitImage(held.bytes, limits, false, timeLeft))
  if (held !== undefined && fitted !== undefined) return { ...fitted, url: held.variant.url }
  throw failures.find(({ facts }) => !facts.permanent) ?? failures[0]
}

const endsTheSearch = ({ facts }: ServiceError): boolean => facts.answer === 'nothing' || facts.status === 429

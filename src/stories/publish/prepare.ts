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

/**
 * The story of one image: fetches its best variant and fits it to the server. Takes the next variant if that one is dead or
 * torn, or if a smaller one saves encoding it. If no variant can be used, throws the first ServiceError. Throws at once if
 * the host does not answer or limits requests, because the other variants would fail in the same way.
 */
export async function prepareImage(
  image: DraftImage,
  limits: Limits,
  source: ImageSource,
  images: Images,
): Promise<PreparedImage> {
  const ranked = rankVariants(image.variants, limits).slice(0, maxVariants)
  let failure: unknown
  /** The best variant that would have to be encoded. It is used if no smaller one can be. */
  let held: { readonly variant: ImageVariant; readonly bytes: Uint8Array } | undefined
  for (const [index, variant] of ranked.entries()) {
    if (held !== undefined && !standsInFor(variant, held.variant)) continue
    const larger = held?.variant ?? variant
    const smaller = held !== undefined || ranked.slice(index + 1).some((next) => standsInFor(next, larger))
    try {
      const bytes = await source.fetchImage(variant.url)
      const fitted = await images.fitImage(bytes, limits, smaller)
      if (fitted !== undefined) return { ...fitted, url: variant.url }
      held ??= { variant, bytes }
    } catch (error) {
      if (endsTheSearch(error)) throw error
      failure ??= error
    }
  }
  const fitted = held && (await images.fitImage(held.bytes, limits, false))
  if (held !== undefined && fitted !== undefined) return { ...fitted, url: held.variant.url }
  throw failure
}

const endsTheSearch = (error: unknown): boolean =>
  !(error instanceof ServiceError) || error.facts.answer === 'nothing' || error.facts.status === 429

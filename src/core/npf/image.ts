import type * as v from 'valibot'
import type { ImageVariant, PostImage } from '../post/post.ts'
import { mediaAddress } from './address.ts'
import { attributedBlog, attributionSchema } from './attribution.ts'
import { type NamedBlog, type Voice, voiceOf } from './blog.ts'
import { flag, list, object, pixels, words } from './field.ts'

/** https://github.com/tumblr/docs/blob/master/npf-spec.md#content-block-type-image */
const mediaSchema = object({ url: words, type: words, width: pixels, height: pixels, cropped: flag })

export const imageEntries = {
  media: list(mediaSchema),
  alt_text: words,
  caption: words,
  attribution: attributionSchema,
}
export type ImageBlock = v.InferOutput<v.ObjectSchema<typeof imageEntries, undefined>>

/** One size that Tumblr serves; undefined if it is cropped to a square or has no address. */
function variantOf(media: v.InferOutput<typeof mediaSchema>): readonly ImageVariant[] {
  const url = mediaAddress(media.url)
  if (url === undefined || media.cropped === true) return []
  const { width, height } = media
  return [
    {
      url,
      ...(media.type !== undefined && { type: media.type }),
      ...(width !== undefined && { width }),
      ...(height !== undefined && { height }),
    },
  ]
}

const area = ({ width = 0, height = 0 }: ImageVariant): number => width * height

/** What Tumblr writes as alt text when the author wrote none. */
const placeholder = /^(?:image|photo)?$/i

/** Undefined if there is nothing to fetch. An image taken from someone else's post is credited to that blog. */
export function imageOf(block: ImageBlock, voice: Voice, home: NamedBlog): readonly PostImage[] {
  const [largest, ...smaller] = block.media
    .flatMap(variantOf)
    .toSorted((one, other) => area(other) - area(one))
  if (largest === undefined) return []
  const maker = attributedBlog(block.attribution)
  const altText = block.alt_text?.trim() ?? ''
  const caption = block.caption?.trim() ?? ''
  return [
    {
      variants: [largest, ...smaller],
      ...(!placeholder.test(altText) && { altText }),
      ...(caption !== '' && { caption }),
      ...(maker === undefined ? voice : borrowed(maker, voice, home)),
    },
  ]
}

/** A picture from an earlier post of the blog is its own, unless it stands in someone else's part of the post. */
function borrowed(maker: NamedBlog, voice: Voice, home: NamedBlog): Voice {
  return voiceOf(maker, home, 'asked').origin === 'own' ? voice : voiceOf(maker, home, 'asked')
}

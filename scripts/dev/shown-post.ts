/** A post of the blog as a page shows it, read from what the API would send. */
import * as v from 'valibot'
import type { Raw } from '../sandbox/tumblr/post.ts'

const Media = v.object({ url: v.string(), width: v.number(), height: v.number() })
const TextBlock = v.object({ type: v.literal('text'), text: v.string() })
const ImageBlock = v.object({
  type: v.literal('image'),
  media: v.tupleWithRest([Media], Media),
  alt_text: v.optional(v.string()),
  caption: v.optional(v.string()),
})
/** A block of another kind is not shown. */
const Block = v.union([TextBlock, ImageBlock, v.object({ type: v.string() })])
const TrailItem = v.object({
  content: v.array(Block),
  blog: v.optional(v.object({ name: v.string() })),
  broken_blog_name: v.optional(v.string()),
})
const Post = v.object({
  id_string: v.string(),
  post_url: v.string(),
  timestamp: v.number(),
  tags: v.array(v.string()),
  is_pinned: v.optional(v.boolean(), false),
  content: v.array(Block),
  trail: v.array(TrailItem),
})

export type ShownImage = {
  /** Path and query on these pages. */
  readonly src: string
  readonly width: number
  readonly height: number
  readonly altText: string
  readonly caption: string | undefined
}
/** A paragraph, or images that stand together. */
type ShownBlock = { readonly text: string } | { readonly images: readonly ShownImage[] }
export type ShownBlocks = { readonly blocks: readonly ShownBlock[] }
export type ShownPost = ShownBlocks & {
  readonly id: string
  readonly url: string
  /** Ms since 1970, as its author set it. */
  readonly at: number
  readonly tags: readonly string[]
  readonly pinned: boolean
  /** What it reblogs, oldest first. */
  readonly trail: readonly (ShownBlocks & { readonly blog: string })[]
}

export function readPost(raw: Raw): ShownPost {
  const post = v.parse(Post, raw)
  return {
    id: post.id_string,
    url: post.post_url,
    at: post.timestamp * 1000,
    tags: post.tags,
    pinned: post.is_pinned,
    ...readBlocks(post.content),
    trail: post.trail.map(({ content, blog, broken_blog_name }) => ({
      blog: blog?.name ?? broken_blog_name ?? 'somebody',
      ...readBlocks(content),
    })),
  }
}

function readBlocks(content: readonly v.InferOutput<typeof Block>[]): ShownBlocks {
  const blocks: ShownBlock[] = []
  for (const block of content) {
    const before = blocks.at(-1)
    if (v.is(TextBlock, block)) blocks.push({ text: block.text })
    else if (!v.is(ImageBlock, block)) continue
    else if (before && 'images' in before)
      blocks.splice(-1, 1, { images: [...before.images, readImage(block)] })
    else blocks.push({ images: [readImage(block)] })
  }
  return { blocks }
}

export const textsOf = ({ blocks }: ShownBlocks): readonly string[] =>
  blocks.flatMap((block) => ('text' in block ? [block.text] : []))
export const imagesOf = ({ blocks }: ShownBlocks): readonly ShownImage[] =>
  blocks.flatMap((block) => ('images' in block ? block.images : []))

/** In pixels. A wider image would not look better on the page. */
const mostWidth = 1280

function readImage({ media, alt_text, caption }: v.InferOutput<typeof ImageBlock>): ShownImage {
  const { url, width, height } = media.find((one) => one.width <= mostWidth) ?? media[0]
  return { src: `/blog${new URL(url).pathname}`, width, height, altText: alt_text ?? '', caption }
}

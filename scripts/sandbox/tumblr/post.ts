/** A post as its author writes it, and as the API sends it. */
import type { PictureDraft, Pictures } from '../pictures/pictures.ts'

/** JSON that was not parsed into a type. */
export type Raw = Readonly<Record<string, unknown>>

export type ImageDraft = PictureDraft & {
  readonly altText?: string
  readonly caption?: string
  /** Further fields of the block (`attribution`, `exif`, …), as they are. */
  readonly fields?: Raw
}

export type PostDraft = {
  /** Ms: the real time of publication, which its id is made of. The sandbox's present time if absent. */
  readonly at?: number
  /** Unix seconds: the time that its author sets. The time of publication if absent. */
  readonly timestamp?: number
  /** NPF blocks as they are; before text and images. */
  readonly content?: readonly Raw[]
  readonly text?: string
  readonly images?: readonly ImageDraft[]
  readonly layout?: readonly Raw[]
  readonly tags?: readonly string[]
  readonly pinned?: boolean
  /** The post of another blog that it reblogs. */
  readonly reblogOf?: {
    readonly blog: string
    readonly id?: string
    readonly content?: readonly Raw[]
    readonly text?: string
    readonly images?: readonly ImageDraft[]
    /** The blog is gone: Tumblr sends `broken_blog_name` and no post. */
    readonly broken?: boolean
  }
  /** Only published posts are listed. The id never changes. */
  readonly state?: 'published' | 'private' | 'draft' | 'queued'
  /** Further fields of the post, as they are. They replace others of the same name. */
  readonly fields?: Raw
}

/** As the API speaks of a blog inside a post. */
export type BlogFacts = {
  readonly name: string
  readonly title: string
  readonly url: string
  readonly uuid: string
}

export type PostTime = { readonly id: string; readonly timestamp: number }

const idEpoch = 1_000_000_000_000

/** Ids follow the real publish time: `ms = (id >> 20) + 1e12`. `nth` (below 2^20) tells those of one millisecond apart. */
export const idAt = (ms: number, nth: number): string =>
  String((BigInt(Math.floor(ms) - idEpoch) << 20n) | BigInt(nth))

/** An NPF image block with pictures of the sandbox: https://github.com/tumblr/docs/blob/master/npf-spec.md#content-block-type-image */
export function composeImage(draft: ImageDraft, pictures: Pictures): Raw {
  return {
    type: 'image',
    media: pictures.add(draft),
    ...(draft.altText !== undefined && { alt_text: draft.altText }),
    ...(draft.caption !== undefined && { caption: draft.caption }),
    ...draft.fields,
  }
}

type Body = Pick<PostDraft, 'content' | 'text' | 'images'>

const composeContent = ({ content = [], text, images = [] }: Body, pictures: Pictures): readonly Raw[] => [
  ...content,
  ...(text === undefined ? [] : text.split('\n\n').map((paragraph) => ({ type: 'text', text: paragraph }))),
  ...images.map((image) => composeImage(image, pictures)),
]

const slugOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-|-$/g, '')

/** The whole post with `npf=true` and `reblog_info=true`. */
export function composePost(draft: PostDraft, blog: BlogFacts, time: PostTime, pictures: Pictures): Raw {
  const summary = (draft.text ?? '').split('\n')[0] ?? ''
  const slug = slugOf(summary)
  return {
    type: 'blocks',
    is_blocks_post_format: true,
    original_type: draft.reblogOf ? 'note' : draft.images ? 'photo' : 'regular',
    blog_name: blog.name,
    blog: { ...blog, description: '', updated: time.timestamp },
    // Sent as a number, so that JSON.parse rounds it as it rounds the real one: see `sendRaw`.
    id: time.id,
    id_string: time.id,
    post_url: `${blog.url}post/${time.id}${slug && `/${slug}`}`,
    slug,
    date: `${new Date(time.timestamp * 1000).toISOString().slice(0, 19).replace('T', ' ')} GMT`,
    timestamp: time.timestamp,
    state: draft.state ?? 'published',
    reblog_key: 'sAnDbOx0',
    tags: draft.tags ?? [],
    short_url: `https://tmblr.co/${time.id}`,
    summary,
    should_open_in_legacy: false,
    recommended_source: null,
    recommended_color: null,
    note_count: 0,
    content: composeContent(draft, pictures),
    layout: draft.layout ?? [],
    trail: [],
    ...(draft.reblogOf && composeReblog(draft.reblogOf, time, pictures)),
    ...(draft.pinned && { is_pinned: true }),
    ...draft.fields,
  }
}

function composeReblog(
  source: NonNullable<PostDraft['reblogOf']>,
  { timestamp }: PostTime,
  pictures: Pictures,
): Raw {
  const { blog: name, id = '700000000000000001' } = source
  const content = composeContent(source, pictures)
  const url = `https://${name}.tumblr.com/`
  const blog = { name, title: name, url, uuid: uuidOf(name) }
  const item = source.broken
    ? { broken_blog_name: name, content, layout: [] }
    : { content, layout: [], post: { id, timestamp: timestamp - 86_400 }, blog }
  return {
    trail: [item],
    parent_post_url: `${url}post/${id}`,
    reblogged_from_id: id,
    reblogged_from_url: `${url}post/${id}`,
    reblogged_from_name: name,
    reblogged_root_id: id,
    reblogged_root_url: `${url}post/${id}`,
    reblogged_root_name: name,
  }
}

export const uuidOf = (name: string): string =>
  `t:${Buffer.from(name.padEnd(16, '.')).toString('base64url').slice(0, 22)}`

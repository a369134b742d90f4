/** The posts of the sandbox's blog: listed, published, changed. */
import { sandboxBlog } from '../sandbox/blog.ts'
import type { Raw } from '../sandbox/tumblr/post.ts'
import type { TumblrSandbox } from '../sandbox/tumblr/tumblr.ts'
import { draftOf, type ReadForm, readTags } from './post-form.ts'
import { readPost, type ShownPost } from './shown-post.ts'

/** Newest first, pinned posts before all others, as on the blog's own page. */
export function listPosts(tumblr: TumblrSandbox): readonly ShownPost[] {
  const posts = tumblr.posts(sandboxBlog).map(readPost)
  return [...posts.filter(({ pinned }) => pinned), ...posts.filter(({ pinned }) => !pinned)]
}

const rawPost = (tumblr: TumblrSandbox, id: string): Raw | undefined =>
  tumblr.posts(sandboxBlog).find((post) => post['id_string'] === id)

export function findPost(tumblr: TumblrSandbox, id: string): ShownPost | undefined {
  const raw = rawPost(tumblr, id)
  return raw && readPost(raw)
}

export const publish = (tumblr: TumblrSandbox, form: ReadForm): string =>
  tumblr.publish(sandboxBlog, draftOf(form)).id

/** The addresses of kept images, and what is reblogged, stay byte for byte. */
export function edit(tumblr: TumblrSandbox, id: string, { filled, images, timestamp }: ReadForm): void {
  const raw = rawPost(tumblr, id) ?? {}
  const had = [raw['content']].flat().filter(isImage)
  const blocks = images.flatMap((image) => {
    if (image.kept === undefined) return [tumblr.image(image.draft)]
    const { alt_text: _before, ...block } = had[image.kept] ?? {}
    if (block['type'] === undefined) return []
    return [{ ...block, ...(image.altText !== '' && { alt_text: image.altText }) }]
  })
  const texts = filled.text === '' ? [] : filled.text.split(/\n{2,}/).map((text) => ({ type: 'text', text }))
  tumblr.edit(sandboxBlog, id, {
    text: filled.text,
    tags: readTags(filled.tags),
    pinned: filled.pinned,
    ...(timestamp !== undefined && { timestamp }),
    fields: { content: [...texts, ...blocks], trail: raw['trail'] },
  })
}

const isImage = (block: unknown): block is Raw =>
  typeof block === 'object' && block !== null && 'type' in block && block.type === 'image'

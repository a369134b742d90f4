import type * as v from 'valibot'
import { blogAt, blogSchema, type NamedBlog } from './blog.ts'
import { maybe, object, words } from './field.ts'

/**
 * Where a block comes from. `post` and `blog` are other people on Tumblr (an asker, a GIF out of the search);
 * `link` and `app` are the author's own pointers. https://github.com/tumblr/docs/blob/master/npf-spec.md#attributions
 */
export const attributionSchema: v.GenericSchema<unknown, Attribution | undefined> = maybe(
  object({ type: words, url: words, blog: maybe(blogSchema) }),
)

type Attribution = {
  readonly type?: string | undefined
  readonly url?: string | undefined
  readonly blog?: NamedBlog | undefined
}

/** The blog that is named, or undefined where none is. If the blog has no name, the attribution's own address is used. */
export function attributedBlog(attribution: Attribution | undefined): NamedBlog | undefined {
  if (attribution?.type !== 'post' && attribution?.type !== 'blog') return undefined
  const { blog, url } = attribution
  return blog?.name === undefined ? { ...blogAt(blog?.url ?? url), uuid: blog?.uuid } : blog
}

import type { Post, PostPage } from '../core/post.ts'

/** Where to ask for a page: the newest, those before a time (unix seconds, exclusive), or by offset. */
export type PageAsk = { readonly before?: number; readonly offset?: number }

export interface Tumblr {
  /** One page, newest first. Throws ServiceError; a hidden or missing blog is said as such. */
  fetchPage(ask?: PageAsk): Promise<PostPage>
  /** Every post from the newest (or from `before`, unix seconds) down, each id once, page by page. */
  fetchPages(from?: PageAsk): AsyncGenerator<PostPage>
  /** One post; undefined where the blog has none of that id. */
  fetchPost(id: string): Promise<Post | undefined>
}

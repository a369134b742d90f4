/** A blog and its posts, in the order in which Tumblr lists them. */
import type { BlogFacts, PostDraft, Raw } from './post.ts'

export type BlogDraft = {
  readonly name: string
  readonly title?: string
  readonly nsfw?: boolean
  /** "Hide from people without an account": 404 with code 4012 unless the caller signs as a user. */
  readonly hidden?: boolean
  readonly customDomain?: string
  readonly uuid?: string
}

export type StoredPost = {
  readonly id: string
  /** Unix seconds. */
  readonly timestamp: number
  readonly pinned: boolean
  readonly listed: boolean
  /** Absent for a recorded post. */
  readonly draft?: PostDraft
  readonly json: Raw
}

export type PostsAsk = {
  readonly limit: number
  readonly offset: number
  /** Unix seconds, exclusive. */
  readonly before?: number
  readonly tag?: string
}

export class Blog {
  readonly facts: BlogFacts
  readonly nsfw: boolean
  hidden: boolean
  readonly #posts = new Map<string, StoredPost>()

  constructor(draft: BlogDraft, uuid: string) {
    const { name, title = name, customDomain } = draft
    this.facts = { name, title, url: `https://${customDomain ?? `${name}.tumblr.com`}/`, uuid }
    this.nsfw = draft.nsfw ?? false
    this.hidden = draft.hidden ?? false
  }

  /** Name, name.tumblr.com, the custom domain, or `t:` and the rest of the UUID. */
  answersTo(identifier: string): boolean {
    const { name, url, uuid } = this.facts
    return [name, `${name}.tumblr.com`, new URL(url).hostname, uuid].includes(identifier)
  }

  put(post: StoredPost): void {
    this.#posts.set(post.id, post)
  }

  find(id: string): StoredPost | undefined {
    return this.#posts.get(id)
  }

  remove(id: string): boolean {
    return this.#posts.delete(id)
  }

  /** Newest first by the time the author set, then by id. */
  get posts(): readonly StoredPost[] {
    return [...this.#posts.values()]
      .filter(({ listed }) => listed)
      .sort((a, b) => b.timestamp - a.timestamp || (BigInt(b.id) > BigInt(a.id) ? 1 : -1))
  }

  /** Pinned posts come first in the whole list. Where the list is read by time (`before`), they come at their own time. */
  page({ limit, offset, before, tag }: PostsAsk): {
    posts: readonly StoredPost[]
    total: number
    more: boolean
  } {
    const all = this.posts.filter(({ json }) => tag === undefined || [json['tags']].flat().includes(tag))
    const ordered =
      before === undefined
        ? [...all.filter(({ pinned }) => pinned), ...all.filter(({ pinned }) => !pinned)]
        : all.filter(({ timestamp }) => timestamp < before)
    const end = offset + limit
    return { posts: ordered.slice(offset, end), total: all.length, more: end < ordered.length }
  }
}

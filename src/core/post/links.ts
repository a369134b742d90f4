/** Links to posts of Tumblr, as they stand in the text or the HTML of a status. */
import { timeOfId } from './ids.ts'

export type PostLink = { readonly id: string; readonly host: string }

/** A whole link; its host and its path are the groups. */
const links = /https?:\/\/([^\s"'<>/?#]+)(\/[^\s"'<>?#]*)?[^\s"'<>]*/gi
/** `name.tumblr.com/post/ID`, and the same on a domain of the blog's own. */
const onBlog = /^\/post\/(\d{1,20})(?:\/|$)/
/** `www.tumblr.com/name/ID` and `www.tumblr.com/blog/view/name/ID`. Lists of posts have a number in that place too. */
const onTumblr = /^\/(?:blog\/view\/)?(?!(?:tagged|search|archive|page)\/)[a-z0-9-]+\/(\d{1,20})(?:\/|$)/i

const isTumblr = (host: string): boolean => host === 'tumblr.com' || host.endsWith('.tumblr.com')
const isTumblrItself = (host: string): boolean => host === 'tumblr.com' || host === 'www.tumblr.com'

/** What may be a permalink of a post, whatever the host. */
export function postLinks(html: string): readonly PostLink[] {
  return [...html.matchAll(links)].flatMap(([, name = '', path = '']) => {
    const host = name.toLowerCase()
    const id = (isTumblrItself(host) ? onTumblr : onBlog).exec(path)?.[1]
    return id === undefined ? [] : [{ id, host }]
  })
}

/**
 * Whether a link leads to this very post. Tumblr gives each id to one post alone, so its own hosts need not be those of the
 * blog, which may have been renamed. On another host, `/post/7` is a post of this blog only if the blog has that domain, or if
 * the id is so long that nothing else has it.
 */
export const leadsTo = (
  { id, host }: PostLink,
  post: { readonly id: string; readonly url: string },
): boolean => id === post.id && (isTumblr(host) || host === hostOf(post.url) || timeOfId(id) !== undefined)

const hostOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).host : undefined)

/** How Tumblr's API names a blog: https://www.tumblr.com/docs/en/api/v2#blog-identifiers */

const NAME = /^[a-z0-9-]{1,32}$/
const UUID = /^t:[A-Za-z0-9_-]{1,64}$/
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const HOSTNAME = new RegExp(`^(?=.{4,253}$)(?:${LABEL}\\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})$`)
/** Tumblr's own hosts and pages, whose names could be those of blogs. */
const RESERVED = new Set([
  'www',
  'api',
  'media',
  'assets',
  'static',
  'dashboard',
  'blog',
  'tagged',
  'explore',
])

/**
 * The blog that is meant, as the API takes it: `name` (also for `name.tumblr.com`), a blog's own hostname, or `t:UUID`.
 * An address copied from a browser is read too: `https://name.tumblr.com/…`, `https://www.tumblr.com/name/…`, `https://art.example.com/`.
 * Undefined for anything else. The text goes into the path of a request that carries the key, so `../../../` and `//host` must not get there.
 */
export function parseBlogIdentifier(value: string): string | undefined {
  const text = value.trim()
  if (UUID.test(text)) return text
  const page = /^https?:\/\/([^/?#]+)(?:[/?#](.*))?$/i.exec(text)
  const host = (page?.[1] ?? text).toLowerCase()
  if (host === 'tumblr.com' || host === 'www.tumblr.com') {
    return page === null ? undefined : blogName(pathOf(page[2] ?? ''))
  }
  if (host.endsWith('.tumblr.com')) return blogName(host.slice(0, -'.tumblr.com'.length))
  if (page === null && NAME.test(host)) return blogName(host)
  return HOSTNAME.test(host) ? host : undefined
}

/** `name/123/slug`, and the older `blog/name` and `blog/view/name`. */
const pathOf = (path: string): string =>
  path.replace(/^(?:blog\/(?:view\/)?)?@?/, '').replace(/[/?#].*$/s, '')

function blogName(value: string): string | undefined {
  const name = value.toLowerCase()
  return NAME.test(name) && !RESERVED.has(name) ? name : undefined
}

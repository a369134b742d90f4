/** The server that a person means, by whatever they have at hand of it. */

/** `mastodon.social`, `https://mastodon.social/@me`, `@me@mastodon.social`: all of them are https://mastodon.social. Undefined for anything else. */
export function readServer(text: string): string | undefined {
  const typed = text.trim()
  const handle = /^@?[^@/\s]+@([^@/\s]+)$/.exec(typed)
  const address = /^https?:\/\//i.test(typed) ? typed : `https://${handle?.[1] ?? typed}`
  if (!URL.canParse(address)) return undefined
  const { protocol, hostname, origin, username } = new URL(address)
  if (username !== '' || !/^https?:$/.test(protocol)) return undefined
  const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname)
  if (!loopback && !hostname.includes('.')) return undefined
  return protocol === 'http:' && !loopback ? origin.replace(/^http:/, 'https:') : origin
}

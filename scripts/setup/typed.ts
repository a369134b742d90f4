/** What a person types for a setting, and what is wrong with it. */
import * as v from 'valibot'
import { parseBlogIdentifier } from '../../src/core/config/blog.ts'
import { settingRows } from '../../src/core/config/settings.ts'
import { Refusal } from '../terminal/refusal.ts'

/** The value as it goes into the file. Throws Refusal. */
export function readTyped(name: string, text: string, option: string): string {
  const value =
    name === 'TUMBLR_BLOG'
      ? parseBlogIdentifier(text)
      : name === 'MASTODON_URL'
        ? readServer(text)
        : text.trim()
  const problem = value === undefined ? expectedOf(name) : findProblem(name, value)
  if (value === undefined || problem !== undefined) throw new Refusal(`${option}: ${problem}`)
  return value
}

const expectedOf = (name: string): string =>
  name === 'TUMBLR_BLOG'
    ? 'Expected the name of a Tumblr blog, or any address on it'
    : 'Expected the address of a server, such as mastodon.social'

/** What is wrong with a value of a setting, in a sentence; undefined if nothing is. */
export function findProblem(name: string, text: string): string | undefined {
  const row = settingRows.get(name)
  if (row === undefined) throw new Error(`Expected the name of a setting but received ${name}`)
  const result = v.safeParse(row, text)
  if (result.success) return undefined
  const sentences = result.issues.map(({ message }) => message)
  return name === 'LEVITY_TAG_RULES' ? sentences.join('; ') : `Expected ${sentences.join('; ')}`
}

/**
 * The server that is meant, from any form of its address: `mastodon.social`, `https://mastodon.social/@me` and
 * `@me@mastodon.social` are all https://mastodon.social. Undefined for anything else.
 */
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

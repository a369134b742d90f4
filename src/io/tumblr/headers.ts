/** What the headers of Tumblr's answers say: what is left of the key's limits, and the server's time. */
import type { IncomingHttpHeaders } from 'node:http'
import { readServerTime, type ServerTime } from '../../core/clock/server-time.ts'
import { type KeyLimit, keyLimits, type ReadHeader } from '../../core/failure/rate-limit.ts'

export type SaidByHeaders = { readonly limits: readonly KeyLimit[]; readonly time: ServerTime | undefined }

/** A header that comes several times is joined by Node, except for a few that are not asked for here. */
export const headerOf =
  (headers: IncomingHttpHeaders): ReadHeader =>
  (name) => {
    const value = headers[name]
    return typeof value === 'string' ? value : undefined
  }

/** `asked` and `answered`: ms since 1970, by this machine. */
export function readHeaders(headers: IncomingHttpHeaders, asked: number, answered: number): SaidByHeaders {
  return {
    limits: keyLimits(headerOf(headers), answered),
    time: readServerTime(headers.date, asked, answered),
  }
}

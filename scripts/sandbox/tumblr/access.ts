/** Who may ask, and how often. */
import type { Context, MiddlewareHandler } from 'hono'
import type { HonoEnv } from '../server.ts'
import type { Clock } from '../switchboard.ts'
import { refuse } from './answer.ts'

export type TumblrKeys = {
  readonly consumerKey: string
  readonly consumerSecret: string
  readonly token: string
  readonly tokenSecret: string
}

/** Calls for each consumer key: https://github.com/tumblr/docs/blob/master/api.md#rate-limits */
export type TumblrLimits = { readonly perHour: number; readonly perDay: number }

const hour = 3_600_000

function oauthFields(c: Context<HonoEnv>): ReadonlyMap<string, string> {
  const header = c.req.header('authorization') ?? ''
  if (!/^OAuth /i.test(header)) return new Map()
  return new Map(
    [...header.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name,
      decodeURIComponent(value),
    ]),
  )
}

/** `user`: signed by one of the app's users. The signature itself is not checked. */
export function callerOf(c: Context<HonoEnv>, keys: TumblrKeys): 'user' | 'key' | 'nobody' {
  const oauth = oauthFields(c)
  if (oauth.get('oauth_consumer_key') === keys.consumerKey) {
    if (oauth.get('oauth_token') === keys.token && oauth.get('oauth_signature')) return 'user'
    return 'nobody'
  }
  return c.req.query('api_key') === keys.consumerKey ? 'key' : 'nobody'
}

export const checkKey =
  (keys: TumblrKeys): MiddlewareHandler<HonoEnv> =>
  async (c, next) => {
    if (callerOf(c, keys) === 'nobody') return refuse(c, 401, 1016, 'Unable to authorize')
    return next()
  }

/** Counted by hours and calendar days of the sandbox's time; the reset is in seconds from now. */
export function limitRate(limits: TumblrLimits, clock: Clock): MiddlewareHandler<HonoEnv> {
  const windows = [
    { name: 'Perday', limit: limits.perDay, length: 24 * hour, at: -1, used: 0 },
    { name: 'Perhour', limit: limits.perHour, length: hour, at: -1, used: 0 },
  ]
  return async (c, next) => {
    const now = clock.now()
    for (const window of windows) {
      const at = Math.floor(now / window.length)
      if (at !== window.at) Object.assign(window, { at, used: 0 })
      window.used++
    }
    const exceeded = windows.some(({ used, limit }) => used > limit)
    if (exceeded) c.res = refuse(c, 429)
    else await next()
    for (const { name, limit, used, at, length } of windows) {
      c.res.headers.set(`X-Ratelimit-${name}-Limit`, String(limit))
      c.res.headers.set(`X-Ratelimit-${name}-Remaining`, String(Math.max(0, limit - used)))
      c.res.headers.set(`X-Ratelimit-${name}-Reset`, String(Math.ceil(((at + 1) * length - now) / 1000)))
    }
    return undefined
  }
}

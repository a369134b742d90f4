/** What every call to the API passes: its name, the token, the rate limits. */
import type { Context, MiddlewareHandler } from 'hono'
import type { HonoEnv } from '../server.ts'
import { answerRefusal, MastodonRefusal } from './refusal.ts'
import type { Bucket } from './traits.ts'
import type { MastodonWorld } from './world.ts'

const names: readonly (readonly [method: string, path: RegExp, name: string])[] = [
  ['GET', /^\/(\.well-known\/nodeinfo|nodeinfo\/2\.0)$/, 'nodeinfo'],
  ['GET', /^\/api\/v[12]\/instance$/, 'instance'],
  ['GET', /^\/api\/v1\/accounts\/verify_credentials$/, 'verify'],
  ['GET', /^\/api\/v1\/apps\/verify_credentials$/, 'app'],
  ['POST', /^\/api\/v1\/apps$/, 'register'],
  ['GET', /^\/oauth\/authorize(\/native)?$/, 'sign in'],
  ['POST', /^\/oauth\/authorize$/, 'authorize'],
  ['POST', /^\/oauth\/token$/, 'token'],
  ['GET', /^\/api\/v1\/accounts\/[^/]+\/statuses$/, 'statuses'],
  ['POST', /^\/api\/v[12]\/media$/, 'upload'],
  ['GET', /^\/api\/v1\/media\/[^/]+$/, 'media'],
  ['PUT', /^\/api\/v1\/media\/[^/]+$/, 'describe'],
  ['DELETE', /^\/api\/v1\/media\/[^/]+$/, 'discard'],
  ['POST', /^\/api\/v1\/statuses$/, 'create'],
  ['GET', /^\/api\/v1\/statuses\/[^/]+$/, 'status'],
  ['GET', /^\/api\/v1\/statuses\/[^/]+\/context$/, 'context'],
  ['PUT', /^\/api\/v1\/statuses\/[^/]+$/, 'edit'],
  ['DELETE', /^\/api\/v1\/statuses\/[^/]+$/, 'delete'],
]

/** The name of a call for the switchboard; `page` for what is not part of the API. */
export function nameCall(c: Context): string {
  const found = names.find(([method, path]) => method === c.req.method && path.test(c.req.path))
  return found?.[2] ?? (c.req.path.startsWith('/api/') ? 'unknown' : 'page')
}

/** The scopes of the bearer, which must be the account's. */
export function grantedTo(c: Context, { access, oauth }: MastodonWorld): readonly string[] {
  const given = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1]
  const signedIn = oauth.scopesOf(given)
  if (signedIn !== undefined) return signedIn
  if (given !== access.token) throw new MastodonRefusal('unauthorized', 'The access token is invalid')
  if (access.revoked) throw new MastodonRefusal('unauthorized', 'The access token was revoked')
  return access.scopes
}

/** The bearer must be the account's, with one of these scopes or their parent. */
export function needs(world: MastodonWorld, ...scopes: readonly string[]): MiddlewareHandler<HonoEnv> {
  return async (c, next) => {
    const granted = grantedTo(c, world)
    const has = (scope: string): boolean =>
      granted.includes(scope) || granted.includes(scope.split(':')[0] ?? '')
    if (!scopes.some(has))
      throw new MastodonRefusal('forbidden', 'This action is outside the authorized scopes')
    return next()
  }
}

/** Uploads and deletes are counted before they are checked; statuses are counted when they are made. */
export function limitRates(world: MastodonWorld): MiddlewareHandler<HonoEnv> {
  return async (c, next) => {
    const name = nameCall(c)
    const taken: Bucket[] = ['token']
    if (name === 'upload') taken.push('media')
    if (name === 'delete') taken.push('deletes')
    let refused: Response | undefined
    try {
      for (const bucket of taken) world.rates.take(bucket)
      await next()
    } catch (error) {
      if (!(error instanceof MastodonRefusal)) throw error
      refused = answerRefusal(error, world.traits)
    }
    const answer = refused ?? c.res
    const shown: Bucket[] = name === 'create' || name === 'edit' ? ['statuses'] : taken
    for (const [header, value] of Object.entries(world.rates.headers(shown)))
      answer.headers.set(header, value)
    return refused
  }
}

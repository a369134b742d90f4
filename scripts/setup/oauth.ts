/** The way to a token: an app, an address that a person opens, a code. https://docs.joinmastodon.org/client/authorized/ */
import * as v from 'valibot'
import type { App } from './answers.ts'
import { askServer, noSecret } from './exchange.ts'

/** All that Levity needs, and nothing else. */
const scopes = ['read:accounts', 'read:statuses', 'write:media', 'write:statuses'] as const

/** The server shows the code on a page, to be copied. */
const outOfBand = 'urn:ietf:wg:oauth:2.0:oob'

export type Token = {
  readonly accessToken: string
  /** Undefined where the server does not say. */
  readonly scopes?: readonly string[]
  /** Seconds; a Mastodon's token never ends, but some relatives' do. */
  readonly lasts?: number
}

/** Forms, as RFC 6749 has them: every family reads those. */
const post = (server: string, path: string, fields: Readonly<Record<string, string>>): Promise<Response> =>
  fetch(new URL(path, server), { method: 'POST', body: new URLSearchParams(fields) })

const words = v.pipe(v.string(), v.nonEmpty())

/** Throws ServiceError. */
export async function registerApp(server: string): Promise<App> {
  const fields = { client_name: 'Levity', redirect_uris: outOfBand, scopes: scopes.join(' ') }
  const schema = v.object({ client_id: words, client_secret: words })
  const app = await askServer('register an app', noSecret(), schema, () =>
    post(server, '/api/v1/apps', fields),
  )
  return { server, clientId: app.client_id, clientSecret: app.client_secret }
}

/** `otherAccount`: the server asks who signs in, even where somebody is. */
export function signInAddress({ server, clientId }: App, otherAccount: boolean): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: outOfBand,
    scope: scopes.join(' '),
    ...(otherAccount && { force_login: 'true' }),
  })
  // Not every server reads + as a space.
  return `${server}/oauth/authorize?${query.toString().replaceAll('+', '%20')}`
}

const TokenAnswer = v.object({
  access_token: words,
  scope: v.optional(v.fallback(v.string(), ''), ''),
  expires_in: v.optional(v.fallback(v.nullable(v.number()), null), null),
})

/** Throws ServiceError. */
export async function exchangeCode({ server, clientId, clientSecret }: App, code: string): Promise<Token> {
  const fields = {
    grant_type: 'authorization_code',
    client_id: clientId,
    client_secret: clientSecret,
    redirect_uri: outOfBand,
    scope: scopes.join(' '),
    code,
  }
  const answer = await askServer('exchange the code', clientSecret, TokenAnswer, () =>
    post(server, '/oauth/token', fields),
  )
  const granted = answer.scope.split(/[\s,]+/).filter((scope) => scope !== '')
  return {
    accessToken: answer.access_token,
    ...(granted.length > 0 && { scopes: granted }),
    ...(answer.expires_in !== null && answer.expires_in > 0 && { lasts: answer.expires_in }),
  }
}

/** Those that are not there, by name or by their parent (`write` holds `write:media`). */
export const missingScopes = (granted: readonly string[]): readonly string[] =>
  scopes.filter((scope) => !granted.includes(scope) && !granted.includes(scope.split(':')[0] ?? ''))

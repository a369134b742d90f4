/** How to get a token: register an app, let a person open an address, exchange the code. https://docs.joinmastodon.org/client/authorized/ */
import * as v from 'valibot'
import type { Owner } from '../../src/core/doctor/account.ts'
import { createMastodonExam } from '../../src/io/mastodon/exam.ts'
import { version } from '../../src/repost.ts'
import type { RegisteredApp } from './answers.ts'
import { askServer, noSecret } from './exchange.ts'

/** Exactly what Levity needs. */
const scopes = ['read:accounts', 'read:statuses', 'write:media', 'write:statuses'] as const

/** The server shows the code on a page, to be copied. */
const outOfBand = 'urn:ietf:wg:oauth:2.0:oob'

export type GrantedToken = {
  readonly accessToken: string
  /** Undefined if the server does not say. */
  readonly scopes?: readonly string[]
  /** In seconds. Mastodon's tokens do not expire; those of some relatives do. */
  readonly expiresIn?: number
}

/** Sends a form, as RFC 6749 says: every family of servers reads those. */
const post = (server: string, path: string, fields: Readonly<Record<string, string>>): Promise<Response> =>
  fetch(new URL(path, server), { method: 'POST', body: new URLSearchParams(fields) })

const words = v.pipe(v.string(), v.nonEmpty())

/** Throws ServiceError. */
export async function registerApp(server: string): Promise<RegisteredApp> {
  const fields = { client_name: 'Levity', redirect_uris: outOfBand, scopes: scopes.join(' ') }
  const schema = v.object({ client_id: words, client_secret: words })
  const app = await askServer('register an app', noSecret(), schema, () =>
    post(server, '/api/v1/apps', fields),
  )
  return { server, clientId: app.client_id, clientSecret: app.client_secret }
}

/** `otherAccount`: the server asks who signs in even if somebody is signed in. */
export function signInAddress({ server, clientId }: RegisteredApp, otherAccount: boolean): string {
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
export async function exchangeCode(
  { server, clientId, clientSecret }: RegisteredApp,
  code: string,
): Promise<GrantedToken> {
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
    ...(answer.expires_in !== null && answer.expires_in > 0 && { expiresIn: answer.expires_in }),
  }
}

/** The scopes that were not granted, by name or by their parent (`write` includes `write:media`). */
export const missingScopes = (granted: readonly string[]): readonly string[] =>
  scopes.filter((scope) => !granted.includes(scope) && !granted.includes(scope.split(':')[0] ?? ''))

/** Whose token it is, and what it may do. */
export type TokenFacts = {
  readonly owner: Owner
  /** Undefined if the server does not say. */
  readonly scopes: readonly string[] | undefined
}

/** Throws ServiceError. */
export async function fetchTokenFacts(url: string, accessToken: string): Promise<TokenFacts> {
  const end = new AbortController()
  const exam = createMastodonExam({ url, accessToken, version, signal: end.signal })
  try {
    const { owner } = await exam.fetchOwner()
    return { owner, scopes: await exam.fetchScopes() }
  } finally {
    end.abort()
  }
}

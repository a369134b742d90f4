/** Whose token it is, and what it may do. */
import * as v from 'valibot'
import { ServiceError } from '../../src/core/failure.ts'
import { askServer } from './exchange.ts'

export type Owner = {
  readonly name: string
  /** The owner says that this account is run by a program. Undefined where the server does not say. */
  readonly bot: boolean | undefined
}

const Account = v.pipe(
  v.object({
    username: v.optional(v.string(), ''),
    acct: v.optional(v.string(), ''),
    bot: v.optional(v.fallback(v.nullable(v.boolean()), null), null),
  }),
  v.check(({ username, acct }) => username + acct !== ''),
)

const get = (server: string, path: string, accessToken: string) => (): Promise<Response> =>
  fetch(new URL(path, server), { headers: { authorization: `Bearer ${accessToken}` } })

/** Throws ServiceError. */
export async function fetchOwner(server: string, accessToken: string): Promise<Owner> {
  const request = get(server, '/api/v1/accounts/verify_credentials', accessToken)
  const { acct, username, bot } = await askServer('say whose token it is', accessToken, Account, request)
  return { name: acct || username, bot: bot ?? undefined }
}

/** As the server says it (Mastodon since 4.3); undefined where it does not. */
export async function fetchScopes(
  server: string,
  accessToken: string,
): Promise<readonly string[] | undefined> {
  const request = get(server, '/api/v1/apps/verify_credentials', accessToken)
  const schema = v.object({ scopes: v.array(v.string()) })
  try {
    return (await askServer('say what the token may do', accessToken, schema, request)).scopes
  } catch (error) {
    if (error instanceof ServiceError) return undefined
    throw error
  }
}

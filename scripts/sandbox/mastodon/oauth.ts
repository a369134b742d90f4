/** Apps, codes and tokens, as strict as the real ones: https://docs.joinmastodon.org/spec/oauth/ */
import { randomBytes } from 'node:crypto'
import type { Clock } from '../switchboard.ts'
import { MastodonRefusal } from './refusal.ts'

export type OauthApp = {
  readonly id: string
  readonly secret: string
  readonly name: string
  readonly redirectUris: readonly string[]
  readonly scopes: readonly string[]
}

/** What the address that a person opens asks for. */
export type SignIn = {
  readonly app: OauthApp
  readonly redirectUri: string
  readonly scopes: readonly string[]
}

type Fields = Readonly<Record<string, string | undefined>>

/** The code is shown on a page, for the person to copy. */
export const outOfBand = 'urn:ietf:wg:oauth:2.0:oob'

/** Doorkeeper's own: https://github.com/mastodon/mastodon/blob/main/config/initializers/doorkeeper.rb */
const codeLifeMs = 10 * 60_000

const parts = 'accounts|blocks|bookmarks|favourites|filters|follows|lists|mutes|notifications|statuses'
const known = new RegExp(
  `^(?:profile|follow|push|read(?::(?:${parts}|search))?|write(?::(?:${parts}|conversations|media|reports))?)$`,
)

const token = (): string => randomBytes(32).toString('base64url')
const words = (text: string | undefined): readonly string[] => (text ?? '').split(/\s+/).filter(Boolean)

const refused = (kind: 'malformed' | 'unauthorized', error: string, why: string): MastodonRefusal =>
  new MastodonRefusal(kind, error, { error_description: why })

export class Oauth {
  readonly apps = new Map<string, OauthApp>()
  readonly #clock: Clock
  readonly #codes = new Map<string, SignIn & { readonly at: number }>()
  readonly #tokens = new Map<string, readonly string[]>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The scopes of a token that was given out here. */
  scopesOf(accessToken: string | undefined): readonly string[] | undefined {
    return accessToken === undefined ? undefined : this.#tokens.get(accessToken)
  }

  register({ client_name: name, redirect_uris: redirectUris, scopes }: Fields): OauthApp {
    if (!name) throw new MastodonRefusal('invalid', "Validation failed: Application name can't be blank")
    const wanted = words(scopes || 'read')
    if (!redirectUris) throw new MastodonRefusal('invalid', "Validation failed: Redirect URI can't be blank")
    if (!wanted.every((scope) => known.test(scope)))
      throw new MastodonRefusal(
        'invalid',
        "Validation failed: Scopes doesn't match configured on the server.",
      )
    const app = {
      id: token(),
      secret: token(),
      name,
      redirectUris: redirectUris.split(/\s+/),
      scopes: wanted,
    }
    this.apps.set(app.id, app)
    return app
  }

  /** Reads the query of the address. */
  readSignIn({ client_id: id = '', redirect_uri: redirectUri = '', response_type, scope }: Fields): SignIn {
    const app = this.apps.get(id)
    if (app === undefined)
      throw refused('unauthorized', 'invalid_client', 'Client authentication failed due to unknown client.')
    if (!app.redirectUris.includes(redirectUri))
      throw refused('malformed', 'invalid_redirect_uri', 'The redirect uri included is not valid.')
    if (response_type !== 'code')
      throw refused('malformed', 'unsupported_response_type', 'This response type is not supported.')
    const scopes = words(scope || 'read')
    if (!scopes.every((one) => app.scopes.includes(one)))
      throw refused('malformed', 'invalid_scope', 'The requested scope is invalid, unknown, or malformed.')
    return { app, redirectUri, scopes }
  }

  /** The account's owner agreed. */
  approve(signIn: SignIn): string {
    const code = token()
    this.#codes.set(code, { ...signIn, at: this.#clock.now() })
    return code
  }

  /** A code serves once, for the app and the address it was given to, within ten minutes. */
  exchange(fields: Fields): { readonly accessToken: string; readonly scopes: readonly string[] } {
    const app = this.apps.get(fields['client_id'] ?? '')
    if (app === undefined || app.secret !== fields['client_secret'])
      throw refused('unauthorized', 'invalid_client', 'Client authentication failed.')
    if (fields['grant_type'] !== 'authorization_code')
      throw refused('malformed', 'unsupported_grant_type', 'The grant type is not supported.')
    const code = fields['code'] ?? ''
    const given = this.#codes.get(code)
    const fresh = given !== undefined && this.#clock.now() - given.at <= codeLifeMs
    if (!fresh || given.app !== app || given.redirectUri !== fields['redirect_uri'])
      throw refused('malformed', 'invalid_grant', 'The provided authorization grant is invalid or expired.')
    this.#codes.delete(code)
    const accessToken = token()
    this.#tokens.set(accessToken, given.scopes)
    return { accessToken, scopes: given.scopes }
  }
}

/** The way to a token: an app, a page that asks the account's owner, and a code (https://docs.joinmastodon.org/methods/oauth/). */
import type { Context, Hono } from 'hono'
import { html } from 'hono/html'
import type { HonoEnv } from '../server.ts'
import { outOfBand, type SignIn } from './oauth.ts'
import { readFields } from './params.ts'
import type { MastodonWorld } from './world.ts'

type Page = ReturnType<typeof html>
type Texts = Readonly<Record<string, string | undefined>>

async function readTexts(c: Context): Promise<Texts> {
  return Object.fromEntries(
    Object.entries(await readFields(c)).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : undefined,
    ]),
  )
}

export function oauthRoutes(app: Hono<HonoEnv>, { oauth, clock }: MastodonWorld): void {
  app.post('/api/v1/apps', async (c) => {
    const { id, secret, name, redirectUris, scopes } = oauth.register(await readTexts(c))
    return c.json({
      id: String(oauth.apps.size),
      name,
      website: null,
      scopes,
      redirect_uri: redirectUris.join('\n'),
      redirect_uris: redirectUris,
      client_id: id,
      client_secret: secret,
      client_secret_expires_at: 0,
    })
  })
  app.get('/oauth/authorize', (c) => c.html(consentPage(oauth.readSignIn(c.req.query()), c.req.query())))
  app.post('/oauth/authorize', async (c) => {
    const fields = await readTexts(c)
    const signIn = oauth.readSignIn(fields)
    if (fields['decision'] !== 'authorize')
      return c.html(page('Nothing was authorized', html`<p>You may close this page.</p>`), 403)
    const query = new URLSearchParams({ code: oauth.approve(signIn) })
    const { redirectUri } = signIn
    return c.redirect(`${redirectUri === outOfBand ? '/oauth/authorize/native' : redirectUri}?${query}`)
  })
  app.get('/oauth/authorize/native', (c) => c.html(codePage(c.req.query('code') ?? '')))
  app.post('/oauth/token', async (c) => {
    const { accessToken, scopes } = oauth.exchange(await readTexts(c))
    return c.json({
      access_token: accessToken,
      token_type: 'Bearer',
      scope: scopes.join(' '),
      created_at: Math.floor(clock.now() / 1000),
    })
  })
}

const page = (title: string, body: Page): Page =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <style>
          body { font: 1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 3rem auto; padding: 0 1rem; }
          input, button { font: inherit; padding: 0.5rem 0.75rem; }
          input { width: 100%; box-sizing: border-box; }
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`

const consentPage = ({ app, scopes }: SignIn, query: Texts): Page =>
  page(
    `Let ${app.name} use your account?`,
    html`<p>You are signed in as @levity. ${app.name} asks for:</p>
      <ul>
        ${scopes.map((scope) => html`<li>${scope}</li>`)}
      </ul>
      <form method="post" action="/oauth/authorize">
        ${Object.entries(query).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value ?? ''}" />`)}
        <button name="decision" value="authorize">Authorize</button>
        <button name="decision" value="deny">Deny</button>
      </form>`,
  )

const codePage = (code: string): Page =>
  page(
    'Your code',
    html`<p><label for="code">Copy this code and paste it where you were asked for it.</label></p>
      <input id="code" readonly value="${code}" />`,
  )

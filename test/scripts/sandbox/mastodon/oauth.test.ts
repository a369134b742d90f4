import * as v from 'valibot'
import { expect, test } from 'vitest'
import type { MastodonOptions } from '../../../../scripts/sandbox/mastodon/mastodon.ts'
import { outOfBand } from '../../../../scripts/sandbox/mastodon/oauth.ts'
import { png, start } from './client.ts'

type Form = Readonly<Record<string, string>>
const Fields = v.record(v.string(), v.unknown())
const fieldsOf = async (answer: Response): Promise<v.InferOutput<typeof Fields>> =>
  v.parse(Fields, await answer.json())

const scopes = 'read:accounts write:media'

/** The doors as a program and a browser go through them. */
async function openDoors(options?: MastodonOptions) {
  const { mastodon, switchboard } = await start(options)
  const send = (path: string, fields: Form): Promise<Response> =>
    fetch(mastodon.url + path, { method: 'POST', body: new URLSearchParams(fields) })
  const register = (fields: Form = {}): Promise<Response> =>
    send('/api/v1/apps', { client_name: 'Levity', redirect_uris: outOfBand, scopes, ...fields })
  const { client_id, client_secret } = await fieldsOf(await register())
  const app = { client_id: String(client_id), client_secret: String(client_secret) }
  const asked = { client_id: app.client_id, redirect_uri: outOfBand, response_type: 'code', scope: scopes }
  /** Presses the button of the page that the address shows, with all that stands in its form. */
  const authorize = async (query: Form = asked): Promise<string> => {
    const page = await (await fetch(`${mastodon.url}/oauth/authorize?${new URLSearchParams(query)}`)).text()
    const fields = [...page.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ])
    const form = { ...Object.fromEntries(fields), decision: 'authorize' }
    const shown = await (await send('/oauth/authorize', form)).text()
    return /id="code" readonly value="([^"]+)"/.exec(shown)?.[1] ?? ''
  }
  const exchange = (code: string, fields: Form = {}): Promise<Response> =>
    send('/oauth/token', {
      grant_type: 'authorization_code',
      redirect_uri: outOfBand,
      ...app,
      code,
      ...fields,
    })
  return { mastodon, switchboard, send, register, app, asked, authorize, exchange }
}

test('an app, a page, a code, a token of exactly the scopes that were agreed to', async () => {
  const { mastodon, authorize, exchange, switchboard } = await openDoors()
  const answer = await exchange(await authorize())
  expect(answer.status).toBe(200)
  const { access_token, scope, token_type } = await fieldsOf(answer)
  expect([scope, token_type]).toEqual([scopes, 'Bearer'])
  const bearer = { authorization: `Bearer ${access_token}` }
  const ask = async (path: string, init: RequestInit = {}): Promise<number> =>
    (await fetch(mastodon.url + path, { ...init, headers: bearer })).status
  const form = new FormData()
  form.append('file', new File([new Uint8Array(await png())], 'a.png', { type: 'image/png' }))
  expect([
    await ask('/api/v1/accounts/verify_credentials'),
    await ask('/api/v2/media', { method: 'POST', body: form }),
    await ask('/api/v1/statuses', { method: 'POST' }),
  ]).toEqual([200, 200, 403])
  expect(switchboard.calls.slice(0, 5).map(({ name }) => name)).toEqual([
    'register',
    'sign in',
    'authorize',
    'sign in',
    'token',
  ])
  expect((await fetch(`${mastodon.url}/api/v1/apps/verify_credentials`, { headers: bearer })).status).toBe(
    200,
  )
})

test('a code serves once, for ten minutes, for its app and its address', async () => {
  const { authorize, exchange, switchboard, register } = await openDoors()
  const refusal = async (answer: Response): Promise<unknown> => {
    const { error } = await fieldsOf(answer)
    return [answer.status, error]
  }
  const code = await authorize()
  expect(await refusal(await exchange(code, { client_secret: 'x' }))).toEqual([401, 'invalid_client'])
  expect(await refusal(await exchange(code, { redirect_uri: 'https://a.example' }))).toEqual([
    400,
    'invalid_grant',
  ])
  const other = await fieldsOf(await register())
  const ofOther = { client_id: String(other['client_id']), client_secret: String(other['client_secret']) }
  expect(await refusal(await exchange(code, ofOther))).toEqual([400, 'invalid_grant'])
  expect((await exchange(code)).status).toBe(200)
  expect(await refusal(await exchange(code))).toEqual([400, 'invalid_grant'])
  const late = await authorize()
  switchboard.advance(10 * 60_000 + 1)
  expect(await refusal(await exchange(late))).toEqual([400, 'invalid_grant'])
})

test('refuses what the real ones refuse', async () => {
  const { register, asked, mastodon, send } = await openDoors()
  expect((await register({ scopes: 'read:everything' })).status).toBe(422)
  expect((await register({ client_name: '' })).status).toBe(422)
  const page = async (query: Form): Promise<number> =>
    (await fetch(`${mastodon.url}/oauth/authorize?${new URLSearchParams(query)}`)).status
  expect(await page(asked)).toBe(200)
  expect(await page({ ...asked, client_id: 'x' })).toBe(401)
  expect(await page({ ...asked, redirect_uri: 'https://a.example' })).toBe(400)
  expect(await page({ ...asked, scope: 'write:statuses' })).toBe(400)
  expect(await page({ ...asked, response_type: 'token' })).toBe(400)
  expect((await send('/oauth/authorize', { ...asked, decision: 'deny' })).status).toBe(403)
})

test('sends a browser on to an address of the app', async () => {
  const { register, asked, mastodon } = await openDoors()
  const home = 'http://127.0.0.1:9/back'
  const { client_id } = await fieldsOf(await register({ redirect_uris: home }))
  const answer = await fetch(`${mastodon.url}/oauth/authorize`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({
      ...asked,
      client_id: String(client_id),
      redirect_uri: home,
      decision: 'authorize',
    }),
  })
  expect(answer.headers.get('location')).toMatch(/^http:\/\/127\.0\.0\.1:9\/back\?code=.{20,}$/)
})

test('the page shows what is asked for, and escapes it', async () => {
  const { register, asked, mastodon } = await openDoors()
  const { client_id } = await fieldsOf(await register({ client_name: '<b>Levity' }))
  const query = new URLSearchParams({ ...asked, client_id: String(client_id) })
  const shown = await (await fetch(`${mastodon.url}/oauth/authorize?${query}`)).text()
  for (const part of ['&lt;b&gt;Levity', '<li>read:accounts</li>', '<li>write:media</li>', '@levity'])
    expect(shown).toContain(part)
  expect(shown).not.toContain('<b>')
})

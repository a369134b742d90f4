/** The pages are for one person at one machine. */
import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Dev } from '../../../scripts/dev/start.ts'
import { startPages } from './pages.ts'

let dev: Dev
beforeAll(async () => {
  dev = await startPages({ empty: true })
})
afterAll(() => dev?.close())

type Answer = { readonly status: number | undefined; readonly body: string; readonly headers: unknown }

/** Node's own request: fetch sets some headers itself. */
const ask = (path: string, headers: Readonly<Record<string, string>>, form?: string, host = '127.0.0.1') =>
  new Promise<Answer>((done, fail) => {
    const { port } = new URL(dev.url)
    const method = form === undefined ? 'GET' : 'POST'
    const type = form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
    const asked = request(
      { host, port, path, method, headers: { ...type, ...headers } },
      async (response) => {
        const body = (await response.setEncoding('utf8').toArray()).join('')
        done({ status: response.statusCode, body, headers: response.headers })
      },
    )
    asked.on('error', fail).end(form)
  })

const forms = [
  ['/clock', 'minutes=60'],
  ['/faults', 'create=503'],
  ['/schedule', 'seconds=1'],
  ['/event', 'json={}'],
  ['/run', ''],
  ['/blog', 'text=Intruder'],
] as const
const others: readonly (readonly [name: string, headers: Readonly<Record<string, string>>])[] = [
  ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
  ['another port of this machine', { origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' }],
  ['a page without an origin', { origin: 'null' }],
  ['nobody knows whom', {}],
  ['another site, as text', { 'content-type': 'text/plain', origin: 'https://evil.example' }],
]

test.each(forms)('POST %s is refused unless it comes from the pages themselves', async (path, form) => {
  const before = dev.world.version()
  for (const [name, headers] of others)
    expect([name, (await ask(path, headers, form)).status]).toEqual([name, 403])
  expect(dev.world.version()).toBe(before)
  expect(dev.world.sandbox.tumblr.posts('hillside')).toEqual([])
})

test('the pages themselves are heard, by either name of this machine', async () => {
  const { port } = new URL(dev.url)
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) {
    const answer = await ask(
      '/schedule',
      { host, origin: `http://${host}`, 'x-page-script': '1' },
      'seconds=0',
    )
    expect(answer).toMatchObject({ status: 200, body: 'The schedule is paused.' })
  }
})

test('a name that only leads here is refused, whatever is asked', async () => {
  const host = `rebound.example:${new URL(dev.url).port}`
  expect((await ask('/', { host })).status).toBe(421)
  expect(
    (await ask('/run', { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }, '')).status,
  ).toBe(421)
})

test('only this machine is listened to', async () => {
  await expect(ask('/', {}, undefined, '127.0.0.2')).rejects.toThrow(/ECONNREFUSED|EADDRNOTAVAIL|ETIMEDOUT/)
})

test('what somebody wrote is shown, and never becomes part of a page', async () => {
  const evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
  const { tumblr } = dev.world.sandbox
  const { id } = tumblr.publish('hillside', {
    text: evil,
    tags: [evil],
    images: [{ width: 100, height: 100, altText: evil, caption: evil }],
    reblogOf: { blog: evil, text: evil },
  })
  dev.world.sandbox.mastodon.postByHand(evil)
  await dev.world.send({ route: evil }).catch(() => {})
  await expect
    .poll(() => dev.world.runs.all[0]?.invocation.ending?.outcome, { timeout: 10_000 })
    .toBe('error')
  for (const path of [
    '/',
    '/blog',
    `/blog/${id}`,
    `/blog/${id}/edit`,
    '/timeline',
    '/runs',
    '/runs/1',
    '/ledger',
  ]) {
    const { status, body, headers } = await ask(path, {})
    expect([path, status]).toEqual([path, 200])
    expect([path, body.includes('<script>alert'), body.includes('<img src=x')]).toEqual([path, false, false])
    expect(headers).toMatchObject({ 'content-security-policy': expect.stringContaining("script-src 'self'") })
  }
  expect((await ask(`/blog/${id}`, {})).body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
})

test('numbers and JSON that cannot be are refused in a sentence', async () => {
  const headers = { 'sec-fetch-site': 'same-origin', 'x-page-script': '1' }
  const refused = [
    ['/clock', 'minutes=-5', 'Expected a number from 1 to 100000 for minutes but received -5'],
    ['/schedule', 'seconds=', 'Expected a number from 0 to 3600 for seconds but received '],
    ['/event', 'json=%7B', 'Expected JSON such as {"mode":"plan"} for the event but received {'],
  ] as const
  for (const [path, form, body] of refused)
    expect(await ask(path, headers, form)).toMatchObject({ status: 422, body })
  expect(dev.world.sandbox.switchboard.skew).toBe(0)
})

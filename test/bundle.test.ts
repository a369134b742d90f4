import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import pack from '../package.json' with { type: 'json' }
import { buildBundle } from '../scripts/build.ts'
import { type Sandbox, startSandbox } from '../scripts/sandbox/index.ts'
import { type Lambda, startLambda } from './support/lambda.ts'

const folder = fileURLToPath(new URL('../dist/lambda', import.meta.url))

let sandbox: Sandbox
let lambda: Lambda

beforeAll(async () => {
  // `npm test` has just built it.
  if (!existsSync(join(folder, 'repost.mjs'))) await buildBundle()
  sandbox = await startSandbox()
})
afterEach(() => lambda?.close())
afterAll(() => sandbox?.close())

const scheduled = { 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} }

/** The lines that are Levity's own; the runtime writes others. */
const logged = (): readonly Record<string, unknown>[] =>
  lambda
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{"level"'))
    .map((line) => JSON.parse(line))

test('a run that finds nothing new reads Tumblr and the ledger once each, loads little and never sharp', async () => {
  lambda = await startLambda({ ...sandbox.env, LEVITY_ROUTES: 'idle' })
  expect(await lambda.invoke(scheduled)).toMatchObject({ ended: 'response' })
  const before = sandbox.switchboard.calls.length
  const { ended, body } = await lambda.invoke(scheduled)
  expect({ ended, body }).toEqual({
    ended: 'response',
    body: {
      version: pack.version,
      ms: expect.any(Number),
      routes: [expect.objectContaining({ route: 'idle', outcome: 'done', posted: [], waiting: 0 })],
    },
  })
  const calls = sandbox.switchboard.calls.slice(before).map(({ service, name }) => `${service} ${name}`)
  expect(calls.sort()).toEqual(['dynamodb Query', 'tumblr posts'])
  expect(lambda.loaded()).toContain('repost.mjs')
  expect(lambda.loaded()).not.toContain('sharp.mjs')
  const sizes = await Promise.all(lambda.loaded().map(async (path) => (await stat(join(folder, path))).size))
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(450_000)
  expect(logged().at(-1)).toMatchObject({ event: 'report', version: pack.version })
})

test('an event arrives, a post goes out with its images, and the report comes back', async () => {
  lambda = await startLambda({
    ...sandbox.env,
    LEVITY_ROUTES: 'art',
    LEVITY_START: 'last:1',
    LEVITY_DELAY: '0',
  })
  const { ended, body } = await lambda.invoke({ route: 'art' })
  expect({ ended, body }).toMatchObject({
    ended: 'response',
    body: { routes: [{ route: 'art', outcome: 'done' }] },
  })
  const [posted] = logged().filter((line) => line['event'] === 'posted')
  expect(posted).toMatchObject({ route: 'art', statuses: [expect.stringContaining(sandbox.mastodon.url)] })
  expect(lambda.loaded()).toContain('sharp.mjs')
})

test('a wrong configuration is an error that names every mistake, and no secret', async () => {
  const before = sandbox.switchboard.calls.length
  lambda = await startLambda({
    ...sandbox.env,
    MASTODON_URL: 'https://me:hush-hush@mastodon.example',
    TUMBLR_TOKEN: 'hush hush',
    LEVITY_DELAY: 'soon',
  })
  const { ended, body } = await lambda.invoke({})
  expect(ended).toBe('error')
  expect(body).toMatchObject({ errorType: 'ConfigError' })
  for (const text of [JSON.stringify(body), lambda.output()]) {
    for (const name of ['MASTODON_URL', 'TUMBLR_TOKEN', 'LEVITY_DELAY'])
      expect(text).toContain(` for ${name} but received`)
    expect(text).not.toMatch(/hush/)
    expect(text).not.toContain(sandbox.env['MASTODON_ACCESS_TOKEN'])
  }
  expect(sandbox.switchboard.calls).toHaveLength(before)
})

test('a wrong event is an error, and the next event is taken', async () => {
  lambda = await startLambda({ ...sandbox.env, LEVITY_ROUTES: 'idle' })
  const { ended, body } = await lambda.invoke({ mode: 'doctor' })
  expect({ ended, body }).toMatchObject({ ended: 'error', body: { errorType: 'EventError' } })
  expect(await lambda.invoke({})).toMatchObject({ ended: 'response' })
})

test('a route that is stopped fails the invocation after the others had their turn, with its reason', async () => {
  const wrongToken = 'nobody-knows-this-token'
  lambda = await startLambda({
    ...sandbox.env,
    LEVITY_ROUTES: 'broken,fine',
    LEVITY_START: 'last:1',
    LEVITY_DELAY: '0',
    BROKEN_MASTODON_ACCESS_TOKEN: wrongToken,
  })
  const { ended, body } = await lambda.invoke({})
  expect({ ended, body }).toMatchObject({
    ended: 'error',
    body: { errorMessage: expect.stringContaining('broken: ') },
  })
  expect(JSON.stringify(body)).not.toContain('fine: ')
  expect(logged().at(-1)).toMatchObject({
    event: 'report',
    routes: [
      { route: 'broken', outcome: 'stopped', failed: true },
      { route: 'fine', outcome: 'done' },
    ],
  })
  expect(lambda.output()).not.toContain(wrongToken)
})

import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import pack from '../../../package.json' with { type: 'json' }
import { type Sandbox, startSandbox } from '../../../scripts/sandbox/sandbox.ts'
import { builtFunction, type Lambda, startLambda } from '../../support/lambda.ts'

let folder: string
let sandbox: Sandbox
let lambda: Lambda

beforeAll(async () => {
  folder = await builtFunction()
  sandbox = await startSandbox()
})
afterEach(() => lambda?.close())
afterAll(() => sandbox?.close())

const scheduled = { 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} }

const linesWith = (start: string): readonly Record<string, unknown>[] =>
  lambda
    .output()
    .split('\n')
    .filter((line) => line.startsWith(start))
    .map((line) => JSON.parse(line))
/** The lines that are Levity's own; the runtime writes others. */
const logged = (): ReturnType<typeof linesWith> => linesWith('{"level"')
/** Those that CloudWatch makes metrics of: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
const counted = (): ReturnType<typeof linesWith> => linesWith('{"_aws"')

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
  expect(logged().at(-1)).toMatchObject({
    level: 'INFO',
    message: 'idle: 0 posted, done',
    timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
    service: 'levity',
    function_request_id: 'request-2',
    event: 'report',
    version: pack.version,
  })
  expect(counted().at(-1)).toMatchObject({ service: 'levity', Succeeded: 1, Waiting: 0 })
})

test("nothing of the ledger of a person's machine goes to Lambda", async () => {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.mjs'))
  const sources = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  expect(sources.join()).toContain('the ledger file')
  for (const [at, source] of sources.entries())
    expect(/node:sqlite|DeleteItemCommand|CREATE TABLE/.exec(source)?.[0], names[at]).toBeUndefined()
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
  expect(counted()).toMatchObject([
    {
      _aws: {
        CloudWatchMetrics: [
          {
            Namespace: 'Levity',
            Dimensions: [['service']],
            Metrics: [
              { Name: 'Succeeded', Unit: 'Count' },
              { Name: 'Waiting', Unit: 'Count' },
              { Name: 'Posted', Unit: 'Count' },
            ],
          },
        ],
      },
      service: 'levity',
      Posted: 1,
    },
  ])
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
  const { ended, body } = await lambda.invoke({ mode: 'nurse' })
  expect({ ended, body }).toMatchObject({ ended: 'error', body: { errorType: 'EventError' } })
  expect(await lambda.invoke({})).toMatchObject({ ended: 'response' })
})

test('a route that is stopped fails the invocation, with its reason and the whole report in the log', async () => {
  const wrongToken = 'nobody-knows-this-token'
  lambda = await startLambda({
    ...sandbox.env,
    LEVITY_ROUTES: 'broken',
    MASTODON_ACCESS_TOKEN: wrongToken,
  })
  const { ended, body } = await lambda.invoke({})
  expect({ ended, body }).toMatchObject({
    ended: 'error',
    body: { errorMessage: expect.stringContaining('broken: ') },
  })
  expect(logged()).toMatchObject([
    { level: 'ERROR', event: 'stopped', route: 'broken' },
    {
      level: 'ERROR',
      event: 'report',
      routes: [{ route: 'broken', outcome: 'stopped', failed: true }],
    },
  ])
  expect(counted()).toMatchObject([{ Succeeded: 0 }])
  expect(lambda.output()).not.toContain(wrongToken)
})

test('a secret that stands in a post, or in an event, goes neither into the answer nor into the log', async () => {
  const secret = sandbox.env['MASTODON_ACCESS_TOKEN'] ?? ''
  sandbox.tumblr.addBlog({ name: 'leaky' })
  sandbox.tumblr.publish('leaky', { text: `I am ${secret}.`, images: [{ width: 60, height: 40 }] })
  lambda = await startLambda({ ...sandbox.env, LEVITY_ROUTES: 'leaky', TUMBLR_BLOG: 'leaky' })
  const plan = await lambda.invoke({ mode: 'plan' })
  expect(plan).toMatchObject({
    ended: 'response',
    body: {
      routes: [{ plan: [{ statuses: [{ text: expect.stringContaining('I am (secret).') }] }] }],
    },
  })
  const refused = await lambda.invoke({ route: secret })
  expect(refused).toMatchObject({
    ended: 'error',
    body: {
      errorType: 'EventError',
      errorMessage: expect.stringContaining('for route but received "(secret)"'),
    },
  })
  expect(JSON.stringify([plan, refused]) + lambda.output()).not.toContain(secret)
  // A plan counts nothing.
  expect(counted()).toEqual([])
})

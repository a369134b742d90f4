/** Whole invocations of the built function: several routes, two at once, and settings in Parameter Store. */
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { type LambdaSandbox, startLambdaSandbox } from '../../../scripts/sandbox/lambda/lambda.ts'
import { type ParametersSandbox, startParameters } from '../../../scripts/sandbox/parameters.ts'
import { type Sandbox, startSandbox } from '../../../scripts/sandbox/sandbox.ts'
import { type Report, readReport } from '../../../src/core/report/report.ts'
import { answeringServer, answerJson } from '../../support/answering-server.ts'
import { builtFunction, type Lambda, startLambda } from '../../support/lambda.ts'
import { picture } from '../../support/run.ts'

let codeDir: string
let sandbox: Sandbox
beforeAll(async () => {
  codeDir = await builtFunction()
})
beforeEach(async () => {
  sandbox = await startSandbox({ content: 'none' })
  onTestFinished(() => sandbox.close())
  for (const name of ['art', 'photos']) {
    sandbox.tumblr.addBlog({ name })
    sandbox.tumblr.publish(name, { text: `Of ${name}`, images: [picture] })
  }
})

const scheduled = { 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} }
const one = (): Readonly<Record<string, string>> => ({
  ...sandbox.env,
  TUMBLR_BLOG: 'art',
  LEVITY_START: 'all',
  LEVITY_DELAY: '0',
})
const two = (): Readonly<Record<string, string>> => ({
  ...one(),
  LEVITY_ROUTES: 'art,photos',
  PHOTOS_TUMBLR_BLOG: 'photos',
})

/** A Lambda that takes events, and gives each process that it needs. */
async function startFunction(env: Readonly<Record<string, string>>): Promise<LambdaSandbox> {
  const lambda = await startLambdaSandbox({
    codeDir,
    functionName: 'levity-prod',
    env,
    memoryMb: 1024,
    timeoutMs: 300_000,
    retryDelaysMs: [1, 1],
  })
  onTestFinished(() => lambda.close())
  return lambda
}

/** One process of it. */
async function startProcess(env: Readonly<Record<string, string>>): Promise<Lambda> {
  const lambda = await startLambda(env)
  onTestFinished(() => lambda.close())
  return lambda
}

async function invoke({ url }: LambdaSandbox, event: unknown): Promise<Report> {
  const answer = await fetch(`${url}/2015-03-31/functions/levity-prod/invocations`, {
    method: 'POST',
    body: JSON.stringify(event),
  })
  return JSON.parse(await answer.text())
}

const firstLines = (): readonly (string | undefined)[] =>
  sandbox.mastodon.statuses.map(({ text }) => text.split('\n')[0]).sort()

describe('several routes', () => {
  test.each([
    [
      'the schedule',
      scheduled,
      (route: string) => ({ source: 'levity', 'detail-type': 'Scheduled Event', detail: { route } }),
    ],
    ['a person', {}, (route: string) => ({ route })],
  ])('have an invocation each when %s asks for all, and send nothing on', async (_, event, eventOf) => {
    const lambda = await startFunction(two())
    expect(await invoke(lambda, event)).toMatchObject({ routes: [], sent: ['art', 'photos'] })
    await lambda.idle()
    const [first, ...others] = lambda.invocations
    expect(first).toMatchObject({ type: 'RequestResponse', event })
    expect(others.map((other) => other.event)).toEqual(
      expect.arrayContaining([eventOf('art'), eventOf('photos')]),
    )
    expect(others).toHaveLength(2)
    for (const { type, attempt, ending } of others)
      expect({ type, attempt, answer: ending?.answer }).toMatchObject({
        type: 'Event',
        attempt: 1,
        answer: { routes: [{ outcome: 'done', posted: [{}] }] },
      })
    expect(firstLines()).toEqual(['Of art', 'Of photos'])
    // It counts nothing, and its own report says what it did.
    expect(first?.ending?.log).not.toMatch(/"_aws"|metrics/)
    expect(first?.ending?.log).toContain('"message":"sent on to art, photos"')
  })

  test('one that fails is tried again alone', async () => {
    const lambda = await startFunction({ ...two(), ART_MASTODON_ACCESS_TOKEN: 'not-this-one' })
    await invoke(lambda, scheduled)
    await lambda.idle()
    const [, ...others] = lambda.invocations
    const endings = (route: string): readonly unknown[] =>
      others
        .filter(({ event }) => JSON.stringify(event).includes(route))
        .map(({ attempt, ending }) => [attempt, ending?.outcome])
    expect(endings('photos')).toEqual([[1, 'response']])
    // The second attempt finds the route at rest, which is no failure.
    expect(endings('art')).toEqual([
      [1, 'error'],
      [2, 'response'],
    ])
    expect(firstLines()).toEqual(['Of photos'])
  })

  test('a plan of all is answered where it was asked for', async () => {
    const lambda = await startFunction(two())
    expect(await invoke(lambda, { mode: 'plan' })).toMatchObject({
      routes: [
        { route: 'art', plan: [{}] },
        { route: 'photos', plan: [{}] },
      ],
    })
    expect(lambda.invocations).toHaveLength(1)
  })

  test('that cannot all be sent: those that can are, and the invocation fails with the reasons', async () => {
    const api = await answeringServer(({ body }, response) => {
      const { route } = JSON.parse(body.toString())
      if (route === 'art') response.writeHead(202).end()
      else
        answerJson(
          response,
          403,
          { Message: 'no lambda:InvokeFunction' },
          { 'x-amzn-errortype': 'AccessDeniedException' },
        )
    })
    onTestFinished(api.close)
    const lambda = await startProcess({ ...two(), AWS_ENDPOINT_URL_LAMBDA: api.origin })
    expect(await lambda.invoke({ retry: 'parked' })).toMatchObject({
      ended: 'error',
      body: {
        errorMessage:
          'photos: Lambda could not take an event for levity: HTTP 403, AccessDeniedException: no lambda:InvokeFunction',
      },
    })
    expect(
      api.received.map(({ method, path, headers, body }) => [
        method,
        path,
        headers['x-amz-invocation-type'],
        JSON.parse(body.toString()),
      ]),
    ).toEqual(
      expect.arrayContaining(
        ['art', 'photos'].map((route) => [
          'POST',
          '/2015-03-31/functions/levity/invocations',
          'Event',
          { route, retry: 'parked' },
        ]),
      ),
    )
    expect(api.received).toHaveLength(2)
    expect(lambda.output()).toContain('"sent":["art"],"unsent":[{"route":"photos"')
  })
})

describe('two invocations of one route at once', () => {
  test.each([
    ['has posted half', { service: 'mastodon', name: 'create', when: 'before' }],
    ['has looked at the ledger', { service: 'tumblr', name: 'posts', when: 'before' }],
    ['has claimed the first post', { service: 'mastodon', name: 'upload', when: 'after' }],
  ] as const)('post everything once, where the second comes when the first %s', async (_, where) => {
    const bearings = await startFunction({ ...one(), LEVITY_START: 'now' })
    expect(await invoke(bearings, scheduled)).toMatchObject({ routes: [{ outcome: 'done', posted: [] }] })
    const ids = ['A', 'B', 'C'].map((text) => sandbox.tumblr.publish('art', { text, images: [picture] }).id)
    const lambda = await startFunction({ ...one(), LEVITY_START: 'now' })
    const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    sandbox.switchboard.play({
      ...where,
      play: {
        until: () => {
          reached.resolve()
          return released.promise
        },
      },
    })
    const first = invoke(lambda, scheduled)
    await reached.promise
    const second = await invoke(lambda, scheduled)
    released.resolve()
    const reports = [await first, second]
    // Whichever of them had the route, the other one ends in peace.
    for (const report of reports)
      expect(report).toMatchObject({ routes: [{ outcome: expect.stringMatching(/^(?:done|busy)$/) }] })
    const posted = reports.flatMap(({ routes }) => routes.flatMap((route) => route.posted))
    expect(posted.map(({ post }) => post)).toEqual(ids)
    expect(firstLines()).toEqual(['A', 'B', 'C'])
    expect(sandbox.mastodon.unlawful()).toEqual([])
  })
})

describe('a token in Parameter Store', () => {
  const name = '/levity/prod/token'
  let store: ParametersSandbox
  beforeEach(async () => {
    store = await startParameters({ [name]: sandbox.mastodon.accessToken })
    onTestFinished(store.close)
  })
  const env = (): Readonly<Record<string, string>> => ({
    ...one(),
    MASTODON_ACCESS_TOKEN: `ssm:${name}`,
    AWS_ENDPOINT_URL_SSM: store.url,
  })

  test('is read once in the life of a process, and shown nowhere', async () => {
    const lambda = await startProcess(env())
    for (let run = 0; run < 2; run++)
      expect(await lambda.invoke(scheduled)).toMatchObject({
        ended: 'response',
        body: { routes: [{ outcome: 'done' }] },
      })
    expect(store.calls).toEqual([[name]])
    expect(firstLines()).toEqual(['Of art'])
    expect(lambda.output()).not.toContain(sandbox.mastodon.accessToken)
  })

  test('is renewed without a new deployment, and without waiting out the rest', async () => {
    store.values.set(name, 'the-token-of-last-year')
    const lambda = await startProcess(env())
    const stopped = await lambda.invoke(scheduled)
    expect(stopped).toMatchObject({ ended: 'error', body: { errorMessage: expect.stringContaining('401') } })
    expect(await lambda.invoke(scheduled)).toMatchObject({
      body: { routes: [{ outcome: 'stopped', why: expect.stringContaining('401') }] },
    })
    store.values.set(name, sandbox.mastodon.accessToken)
    expect(await lambda.invoke(scheduled)).toMatchObject({
      body: { routes: [{ outcome: 'done', posted: [{}] }] },
    })
    expect(lambda.output()).not.toContain('the-token-of-last-year')
  })

  test.each([
    [
      'is missing',
      undefined,
      `Expected a parameter ${name} in Parameter Store for MASTODON_ACCESS_TOKEN but received none of that name (region eu-central-1): create it there, or correct the address`,
    ],
    [
      'is empty',
      ' ',
      `Expected a value in the parameter ${name} in Parameter Store for MASTODON_ACCESS_TOKEN but received an empty one: give it a value`,
    ],
    [
      'is no token',
      'hush hush',
      'Expected an access token of a Mastodon account, without spaces, for MASTODON_ACCESS_TOKEN but received a value of 9 characters from Parameter Store',
    ],
  ])('that %s is one mistake, which is looked at again in the next run', async (_, value, sentence) => {
    if (value === undefined) store.values.delete(name)
    else store.values.set(name, value)
    const lambda = await startProcess(env())
    expect(await lambda.invoke(scheduled)).toMatchObject({
      ended: 'error',
      body: { errorType: 'ConfigError', errorMessage: `The settings have mistakes:\n- ${sentence}` },
    })
    expect(lambda.output()).not.toContain('hush')
    store.values.set(name, sandbox.mastodon.accessToken)
    expect(await lambda.invoke(scheduled)).toMatchObject({ body: { routes: [{ posted: [{}] }] } })
  })

  test('that the function may not read is said in one sentence', async () => {
    store.denied.add(name)
    const lambda = await startProcess(env())
    expect(await lambda.invoke(scheduled)).toMatchObject({
      ended: 'error',
      body: {
        errorMessage: expect.stringMatching(
          new RegExp(
            `^The settings have mistakes:\n- Expected the value of MASTODON_ACCESS_TOKEN from Parameter Store but Parameter Store could not read ${name}: HTTP 400, AccessDeniedException: .*${name}`,
          ),
        ),
      },
    })
    expect(sandbox.switchboard.calls).toEqual([])
  })

  const ofPhotos = '/levity/prod/photos'
  /** Of one route alone, beside a route that has all it needs. */
  const ofOne = (): Readonly<Record<string, string>> => ({
    ...two(),
    AWS_ENDPOINT_URL_SSM: store.url,
    PHOTOS_MASTODON_ACCESS_TOKEN: `ssm:${ofPhotos}`,
  })
  const troubles: readonly (readonly [string, () => unknown, RegExp])[] = [
    ['is missing', () => store.values.delete(ofPhotos), /received none of that name/],
    ['may not be read', () => store.denied.add(ofPhotos), /AccessDeniedException/],
    ['is no token', () => store.values.set(ofPhotos, 'hush hush'), /of 9 characters from Parameter Store/],
  ]

  test.each(troubles)('that %s stops its route alone (V7)', async (_, spoil, why) => {
    spoil()
    const lambda = await startFunction(ofOne())
    expect(await invoke(lambda, scheduled)).toMatchObject({ sent: ['art', 'photos'] })
    await lambda.idle()
    const [, ...others] = lambda.invocations
    const of = (route: string) => others.filter(({ event }) => JSON.stringify(event).includes(route))
    expect(of('art').map(({ ending }) => ending?.answer)).toMatchObject([
      { routes: [{ route: 'art', outcome: 'done', posted: [{}] }] },
    ])
    const [first] = of('photos')
    expect(first?.ending?.answer).toMatchObject({ errorMessage: expect.stringMatching(/^photos: Expected /) })
    expect(first?.ending?.answer).toMatchObject({ errorMessage: expect.stringMatching(why) })
    expect(first?.ending?.log).toContain('"outcome":"stopped"')
    expect(first?.ending?.log).not.toContain('hush')
    expect(firstLines()).toEqual(['Of art'])
  })

  test('that stopped its route is looked at again in the next run, which posts', async () => {
    const lambda = await startProcess(ofOne())
    const run = () => lambda.invoke({ route: 'photos' })
    expect(await run()).toMatchObject({
      ended: 'error',
      body: { errorMessage: expect.stringMatching(/^photos: /) },
    })
    store.values.set(ofPhotos, sandbox.mastodon.accessToken)
    expect(await run()).toMatchObject({ body: { routes: [{ route: 'photos', posted: [{}] }] } })
  })

  test('that is missing fails the invocation at its end, where one serves all routes', async () => {
    const lambda = await startProcess(ofOne())
    expect(await lambda.invoke({ mode: 'plan' })).toMatchObject({
      ended: 'error',
      body: { errorMessage: expect.stringMatching(/^photos: Expected a parameter/) },
    })
    expect(lambda.output()).toMatch(
      /"route":"art","outcome":"done".*"plan":\[\{.*"route":"photos","outcome":"stopped"/,
    )
  })

  test('that is missing is a cross of its route alone', async () => {
    const lambda = await startProcess(ofOne())
    const { body } = await lambda.invoke({ mode: 'doctor' })
    const crosses = readReport(body)?.routes.map(({ checks = [] }) => checks.filter(({ ok }) => !ok))
    expect(crosses?.[0]).toEqual([])
    expect(JSON.stringify(crosses?.[1])).toContain('received none of that name')
  })
})

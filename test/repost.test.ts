import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createSocketServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { emptyReport } from '../src/core/report/draft.ts'
import { defaultLimits } from '../src/core/server/limits.ts'
import { handler, runAll, version, whyFailed } from '../src/repost.ts'
import { oneAtATime } from '../src/stories/run/invocation.ts'

const opened: Server[] = []
afterEach(() => {
  vi.unstubAllEnvs()
  for (const server of opened.splice(0)) server.close()
})

async function listen<T extends Server>(server: T): Promise<string> {
  opened.push(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

const env = {
  TUMBLR_BLOG: 'moss',
  TUMBLR_CONSUMER_KEY: 'consumer-key-1',
  MASTODON_URL: 'http://127.0.0.1:9',
  MASTODON_ACCESS_TOKEN: 'access-token-1',
}
const surroundings = { timeLeft: () => 900_000, tell: () => {} }

test('a function with too little time to post anything says so', async () => {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  await expect(handler({}, { getRemainingTimeInMillis: () => 59_600 })).rejects.toThrow(
    "Expected at least 120 s for a run but received 60 s: raise the function's timeout",
  )
})

test('when a run returns, no call is left open (E3)', async () => {
  const closed = Promise.withResolvers<string>()
  const connected = Promise.withResolvers<Socket>()
  // Never says a word, so that the call would last until its deadline.
  const tumblr = await listen(
    createSocketServer((socket) => {
      socket
        .on('error', () => {})
        .on('close', () => closed.resolve('closed'))
        .resume()
      connected.resolve(socket)
    }),
  )
  const ledger = await listen(
    createServer(async (request, response) => {
      request.resume()
      await connected.promise
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' })
      response.end(
        '{"__type":"com.amazonaws.dynamodb.v20120810#AccessDeniedException","message":"not yours"}',
      )
    }),
  )
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', `http://${ledger}`)
  vi.stubEnv('AWS_REGION', 'eu-central-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'sandbox')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'sandbox')
  const report = await runAll({}, { env: { ...env, TUMBLR_API_URL: `https://${tumblr}` }, ...surroundings })
  expect(report).toMatchObject({ version, routes: [{ route: 'main', outcome: 'stopped', failed: true }] })
  expect(whyFailed(report)).toContain('main: ')
  expect(whyFailed(report)).toContain('not yours')
  expect(await closed.promise).toBe('closed')
}, 10_000)

test('mistakes are told before anything is asked', async () => {
  await expect(runAll({}, { env: { ...env, TUMBLR_BLOG: '..' }, ...surroundings })).rejects.toThrow(
    'TUMBLR_BLOG',
  )
  await expect(runAll({ route: 'art' }, { env, ...surroundings })).rejects.toThrow(
    'Expected one of the routes main',
  )
})

test('every reason is told of the routes that failed', () => {
  const routes = [
    { ...emptyReport('art'), outcome: 'stopped', why: 'no token', failed: true },
    emptyReport('photos'),
    { ...emptyReport('old'), outcome: 'stopped', why: 'no blog' },
    { ...emptyReport('new'), outcome: 'stopped', why: 'no server', failed: true },
  ] as const
  expect(whyFailed({ version, ms: 1, routes })).toBe('art: no token\nnew: no server')
  const unsent = [{ route: 'later', reason: 'not allowed' }]
  expect(whyFailed({ version, ms: 1, routes: [], sent: ['art'], unsent })).toBe('later: not allowed')
  expect(whyFailed({ version, ms: 1, routes: [], sent: ['art'] })).toBeUndefined()
})

test('images are fitted one at a time, and one that fails holds up no other', async () => {
  const story: string[] = []
  const images = oneAtATime({
    async fitImage([name]) {
      story.push(`begin ${name}`)
      await new Promise((done) => setTimeout(done, 1))
      story.push(`end ${name}`)
      if (name === 1) throw new Error('broken')
      return undefined
    },
  })
  const outcomes = await Promise.allSettled(
    [1, 2].map((n) => images.fitImage(Uint8Array.of(n), defaultLimits, false)),
  )
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
  expect(story).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2'])
})

import { marshall } from '@aws-sdk/util-dynamodb'
import { Hono } from 'hono'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Sandbox } from '../../../scripts/sandbox/sandbox.ts'
import { type HonoEnv, listen } from '../../../scripts/sandbox/server.ts'
import { type Fault, type SandboxService, Switchboard } from '../../../scripts/sandbox/switchboard.ts'
import { startWorld } from './world.ts'

/** One call of each service, and how many times it was acted upon (where one can tell). */
type Scene = {
  readonly service: SandboxService
  readonly name: string
  call(world: Sandbox): Promise<Response>
  acted?(world: Sandbox): Promise<number>
}

const dynamo = (world: Sandbox, operation: string, body: unknown): Promise<Response> =>
  fetch(world.ledger.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': '20260101T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=a/20260101/x/dynamodb/aws4_request, SignedHeaders=host, Signature=a',
    },
    body: JSON.stringify({ TableName: world.ledger.tableName, ...(body as object) }),
  })

const scenes: readonly Scene[] = [
  {
    service: 'tumblr',
    name: 'posts',
    call: ({ tumblr }) =>
      fetch(`${tumblr.url}/v2/blog/hillside/posts?npf=true&api_key=${tumblr.keys.consumerKey}`),
  },
  {
    service: 'pictures',
    name: 'picture',
    call: ({ tumblr }) => fetch(tumblr.pictures.add({ width: 90, height: 90 })[0].url),
  },
  {
    service: 'mastodon',
    name: 'create',
    call: ({ mastodon }) =>
      fetch(`${mastodon.url}/api/v1/statuses`, {
        method: 'POST',
        headers: { authorization: `Bearer ${mastodon.accessToken}`, 'content-type': 'application/json' },
        body: JSON.stringify({ status: 'Hello' }),
      }),
    acted: async ({ mastodon }) => mastodon.statuses.length,
  },
  {
    service: 'dynamodb',
    name: 'PutItem',
    call: (world) => dynamo(world, 'PutItem', { Item: marshall({ pk: 'a', sk: 'b' }) }),
    acted: async (world) => {
      const answer: unknown = await (await dynamo(world, 'Scan', {})).json()
      return (answer as { Count: number }).Count
    },
  },
]

const whens = ['before', 'after'] as const
const plays: readonly Fault['play'][] = [
  'kill',
  'drop',
  'hang',
  'cut',
  'stall',
  { slow: 5 },
  { status: 503, body: 'busy', headers: { 'retry-after': '7' } },
]

/** What a client is left with: an answer read to its end, half of one, or none. */
const outcome = async (calling: Promise<Response>): Promise<string> => {
  let status: number
  try {
    const answer = await calling
    status = answer.status
    return await answer.text().then(
      (text) =>
        text === 'busy' ? `${status} busy, ${answer.headers.get('retry-after')}` : `${status} whole`,
      () => `${status} half`,
    )
  } catch {
    return 'none'
  }
}
const expected = (play: Fault['play']): string => {
  if (play === 'cut' || play === 'stall') return '200 half'
  if (typeof play === 'string') return 'none'
  return 'slow' in play ? '200 whole' : '503 busy, 7'
}
const acts = ({ play, when }: Fault): boolean =>
  when === 'after' || play === 'cut' || play === 'stall' || (typeof play === 'object' && 'slow' in play)
const endsAtClose = (play: Fault['play']): boolean => ['kill', 'hang', 'stall'].includes(String(play))

const cases = scenes.flatMap((scene) =>
  plays.flatMap((play) => whens.map((when) => [scene.service, play, when, scene] as const)),
)

test.each(cases)('%s: %o %s the call', async (service, play, when, { name, call, acted }) => {
  const world = await startWorld()
  const fault = { service, name, play, when }
  let killed = 0
  const struck = new Promise<void>((done) => {
    world.switchboard.onKill = () => {
      killed++
      done()
    }
  })
  world.switchboard.play(fault)
  const calling = outcome(call(world))
  if (play === 'kill') await struck
  else if (endsAtClose(play)) {
    while (world.switchboard.calls.length === 0) await new Promise(setImmediate)
  } else expect(await calling).toBe(expected(play))
  if (acted) await expect.poll(() => acted(world)).toBe(acts(fault) ? 1 : 0)
  const [first] = world.switchboard.calls
  if (endsAtClose(play)) {
    // A half answer has first to arrive.
    if (play === 'stall') await new Promise((done) => setTimeout(done, 50))
    await world.close()
    expect(await calling).toBe(expected(play))
  }
  expect(killed).toBe(play === 'kill' ? 1 : 0)
  expect(first).toMatchObject({ n: 1, service, name })
  const status = expected(play).match(/^(\d+) (?!half)/)?.[1]
  expect(first?.status).toBe(status === undefined ? undefined : Number(status))
})

describe('which call is struck', () => {
  const hello = scenes.find(({ service }) => service === 'mastodon')
  const post = async (world: Sandbox): Promise<number> => (await hello?.call(world))?.status ?? 0
  const three = async (world: Sandbox): Promise<number[]> => [
    await post(world),
    await post(world),
    await post(world),
  ]
  const busy = { when: 'before', play: { status: 503 } } as const
  const cases: readonly [string, readonly Fault[], readonly number[]][] = [
    ['the first, once', [busy], [503, 200, 200]],
    ['so many', [{ ...busy, times: 2 }], [503, 503, 200]],
    ['after so many', [{ ...busy, after: 1 }], [200, 503, 200]],
    ['this very call', [{ ...busy, call: 3 }], [200, 200, 503]],
    ['another service', [{ ...busy, service: 'tumblr' }], [200, 200, 200]],
    ['another call of the service', [{ ...busy, name: 'upload' }], [200, 200, 200]],
    ['one fault for each of two calls', [busy, { ...busy, play: { status: 500 } }], [503, 500, 200]],
    [
      'each counts all calls, those another fault struck too',
      [busy, { ...busy, after: 1, play: { status: 500 } }],
      [503, 500, 200],
    ],
  ]
  test.each(cases)('%s', async (_, faults, statuses) => {
    const world = await startWorld()
    for (const fault of faults) world.switchboard.play(fault)
    expect(await three(world)).toEqual(statuses)
  })

  test('none once nothing is played any more', async () => {
    const world = await startWorld()
    world.switchboard.play(busy)
    world.switchboard.playNothing()
    expect(await three(world)).toEqual([200, 200, 200])
  })

  test('calls made at once are counted apart, even where it takes a while to name them', async () => {
    const switchboard = new Switchboard()
    const app = new Hono<HonoEnv>()
    const naming = switchboard.watch('mastodon', async () => {
      await new Promise((done) => setTimeout(done, 20))
      return 'named'
    })
    app.use('*', naming).get('/', (c) => c.text('ok'))
    const server = await listen(app)
    onTestFinished(() => server.close())
    await Promise.all([1, 2, 3, 4, 5].map(() => fetch(server.url)))
    expect(switchboard.calls.map(({ n }) => n)).toEqual([1, 2, 3, 4, 5])
  })
})

import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { clockShift, startSandbox } from '../../../scripts/sandbox/sandbox.ts'
import { startWorld } from './world.ts'

const run = promisify(execFile)
const index = new URL('../../../scripts/sandbox/sandbox.ts', import.meta.url).href
const hour = 3_600_000

/** Runs a module in a process of its own, in the project's folder; what it prints is JSON. */
const child = async (code: string, env: Readonly<Record<string, string>> = {}): Promise<unknown> => {
  const { stdout } = await run(
    process.execPath,
    ['--import', clockShift, '--input-type=module', '--eval', code],
    // Long enough for any machine; without it a process that does not end would hang the test.
    { env: { ...process.env, ...env }, timeout: 25_000 },
  )
  return JSON.parse(stdout)
}

const countImages = (content: unknown): number => JSON.stringify(content).split('"type":"image"').length - 1

test('its blog shows a handful of posts of every kind', async () => {
  const { tumblr } = await startWorld()
  const posts = tumblr.posts('hillside')
  const images = posts.map(({ content }) => countImages(content))
  expect(images.reverse()).toEqual([1, 2, 0, 10, 1, 0, 1])
  expect(posts.at(1)).toMatchObject({ trail: [{ blog: { name: 'valleyside' } }] })
  expect(posts.at(0)).toMatchObject({ tags: ['cw animal death', 'night'] })
})

test.each([
  ['empty', 200],
  ['none', 404],
] as const)('content %s: the blog answers %i', async (content, status) => {
  const { tumblr } = await startWorld({ content })
  const url = `${tumblr.url}/v2/blog/hillside/posts?npf=true&api_key=${tumblr.keys.consumerKey}`
  expect((await fetch(url)).status).toBe(status)
})

test('a child with the variables trusts the certificate and reaches all three', async () => {
  const { env, switchboard } = await startWorld()
  const code = `
    import { createClient } from 'tumblr.js'
    import { DynamoDBClient, DescribeTableCommand } from '@aws-sdk/client-dynamodb'
    const env = process.env
    const tumblr = createClient({ baseUrl: env.TUMBLR_API_URL, consumer_key: env.TUMBLR_CONSUMER_KEY })
    const { posts } = await tumblr.blogPosts(env.TUMBLR_BLOG, { npf: true })
    const image = posts[0].content.find((block) => block.type === 'image')
    const picture = await fetch(image.media[0].url)
    const { Table } = await new DynamoDBClient().send(new DescribeTableCommand({ TableName: env.LEVITY_TABLE }))
    const account = await fetch(env.MASTODON_URL + '/api/v1/accounts/verify_credentials', {
      headers: { authorization: 'Bearer ' + env.MASTODON_ACCESS_TOKEN },
    })
    console.log(JSON.stringify([posts.length, picture.status, Table.TableStatus, account.status]))`
  expect(await child(code, env)).toEqual([7, 200, 'ACTIVE', 200])
  expect(switchboard.calls.map(({ service }) => service)).toEqual([
    'tumblr',
    'pictures',
    'dynamodb',
    'mastodon',
  ])
})

test('a child lives in the time of the sandbox, and the SDK with it', async () => {
  const world = await startWorld()
  world.switchboard.advance(1000 * hour)
  const code = `
    import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
    const client = new DynamoDBClient({ maxAttempts: 1 })
    const put = new PutItemCommand({ TableName: process.env.LEVITY_TABLE, Item: { pk: { S: 'a' }, sk: { S: 'b' } } })
    await client.send(put)
    const made = new Date()
    console.log(JSON.stringify({
      now: Date.now(), made: made.getTime(), called: Date.parse(Date()), given: new Date(5).getTime(),
      parts: new Date(2020, 1, 2).getMonth(), same: made instanceof Date && made.constructor === Date,
    }))`
  const before = world.switchboard.clock.now()
  const said = await child(code, world.env)
  const after = world.switchboard.clock.now()
  expect(said).toMatchObject({ given: 5, parts: 1, same: true })
  const { now, made, called } = said as { now: number; made: number; called: number }
  for (const time of [now, made, called + 1000]) {
    expect(time).toBeGreaterThanOrEqual(before)
    expect(time).toBeLessThanOrEqual(after + 1000)
  }
  expect(world.switchboard.calls).toMatchObject([{ name: 'PutItem', status: 200 }])
})

test('a nonsense skew is refused', async () => {
  await expect(child('', { SANDBOX_SKEW_MS: 'soon' })).rejects.toThrow(
    'Expected milliseconds for SANDBOX_SKEW_MS but received',
  )
})

test('closed in the middle of calls that never end, it leaves nothing that keeps its process alive', async () => {
  const code = `
    import { startSandbox } from '${index}'
    const world = await startSandbox()
    world.trust()
    const { tumblr, mastodon, ledger, switchboard } = world
    switchboard.play({ when: 'before', play: { slow: 3_600_000 }, service: 'pictures' })
    switchboard.play({ when: 'before', play: 'kill', service: 'mastodon' })
    switchboard.play({ when: 'before', play: 'hang', times: 9 })
    const calls = [tumblr.url + '/v2/x', tumblr.pictures.add({ width: 9, height: 9 })[0].url, mastodon.url, ledger.url]
    const ended = calls.map((url) => fetch(url).then(() => 'answered', () => 'cut'))
    while (switchboard.calls.length < 4) await new Promise(setImmediate)
    await world.close()
    console.log(JSON.stringify(await Promise.all(ended)))`
  expect(await child(code)).toEqual(['cut', 'cut', 'cut', 'cut'])
})

test('closing takes the certificate off the disk', async () => {
  const sandbox = await startSandbox()
  const path = sandbox.env['NODE_EXTRA_CA_CERTS'] ?? ''
  await stat(path)
  await sandbox.close()
  await expect(stat(path)).rejects.toThrow('ENOENT')
})

test('a taken port is said, and what was opened before is closed again', async () => {
  const { mastodon } = await startWorld()
  const taken = Number(new URL(mastodon.url).port)
  const free = await startSandbox()
  const port = Number(new URL(free.tumblr.url).port)
  await free.close()
  await expect(startSandbox({ tumblr: { port }, ledger: { port: taken } })).rejects.toThrow('EADDRINUSE')
  await startWorld({ tumblr: { port } })
})

test('ports can be fixed', async () => {
  const first = await startSandbox()
  const ports = [first.tumblr.url, first.mastodon.url, first.ledger.url].map((url) =>
    Number(new URL(url).port),
  )
  await first.close()
  const [tumblr = 0, mastodon = 0, ledger = 0] = ports
  const again = await startWorld({
    tumblr: { port: tumblr },
    mastodon: { port: mastodon },
    ledger: { port: ledger },
  })
  expect([again.tumblr.url, again.mastodon.url, again.ledger.url]).toEqual([
    first.tumblr.url,
    first.mastodon.url,
    first.ledger.url,
  ])
})

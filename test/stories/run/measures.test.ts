/** What a run costs. */
import { expect, test, vi } from 'vitest'
import { count, day, picture, startDriver } from '../../support/run.ts'

test('nothing new: one Tumblr request and one ledger read, side by side, and nothing else', async () => {
  const { run, publish, sandbox } = await startDriver()
  publish()
  await run()
  // Each is answered late: whichever waited for the other would be seen only once that one had its status.
  sandbox.switchboard.play({ service: 'tumblr', when: 'before', play: { slow: 300 } })
  sandbox.switchboard.play({ service: 'dynamodb', when: 'before', play: { slow: 300 } })
  const before = sandbox.switchboard.calls.length
  const running = run()
  await vi.waitUntil(() => sandbox.switchboard.calls.length === before + 2, { timeout: 5000, interval: 5 })
  expect(sandbox.switchboard.calls.slice(before).map(({ status }) => status)).toEqual([undefined, undefined])
  const { calls, route } = await running
  expect(calls.map(({ service, name }) => `${service} ${name}`).sort()).toEqual([
    'dynamodb Query',
    'tumblr posts',
  ])
  expect(route).toMatchObject({ outcome: 'done', posted: [], waiting: 0 })
})

test('nothing new, a day later: the token and the limits are checked, and one heartbeat is written', async () => {
  const { run, later } = await startDriver()
  later(day + 1)
  const { called } = await run()
  expect(count(called('dynamodb'), 'PutItem')).toBe(1)
  expect(called('mastodon')).toContain('verify')
  expect(called('mastodon')).toContain('instance')
  expect((await run()).called()).toHaveLength(2)
})

test('a post with one lawful image: one image, one upload, one status, one look, four ledger writes', async () => {
  const { run, publish, sandbox } = await startDriver()
  publish({ images: [{ ...picture, width: 800, height: 600 }], text: 'One' })
  const { called, route } = await run()
  expect(called('pictures')).toHaveLength(1)
  expect(called('mastodon')).toEqual(['upload', 'create', 'status'])
  expect(count(called('dynamodb'), 'PutItem')).toBe(4)
  expect(called('tumblr')).toHaveLength(1)
  expect(route.posted).toHaveLength(1)
  const [status] = sandbox.mastodon.statuses
  expect(status).toMatchObject({ media: [{ width: 800, height: 600, description: 'Hills.' }] })
  expect(sandbox.mastodon.unlawful()).toEqual([])
})

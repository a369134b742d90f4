/** Each decision is told once, when it is made: for whoever watches, for the log, and for what is counted. */
import { expect, test } from 'vitest'
import type { RunEvent } from '../../../src/core/report/report.ts'
import { blog, day, minute, picture, startDriver } from '../../support/run.ts'

const eventsOf = (told: readonly RunEvent[]): readonly string[] =>
  told.map((one) => (one.event === 'stopped' ? one.event : `${one.event} ${one.post}`))
const lagsOf = (told: readonly RunEvent[]): readonly unknown[] =>
  told.flatMap((one) => (one.event === 'posted' ? [one.lag] : []))

test('a post is noted, its images are told, and it is posted so long after Tumblr had it', async () => {
  const { run, publish, later } = await startDriver()
  const since = Date.now()
  const id = publish({ text: 'A', images: [picture, picture] })
  const bare = publish({ text: 'B', images: [] })
  later(20 * minute)
  const { told } = await run()
  expect(eventsOf(told)).toEqual([
    `noted ${id}`,
    `skipped ${bare}`,
    `image ${id}`,
    `image ${id}`,
    `posted ${id}`,
  ])
  const [lag] = lagsOf(told)
  expect(lag).toBeGreaterThanOrEqual(20 * 60 - 1)
  expect(lag).toBeLessThanOrEqual(Math.ceil((Date.now() - since) / 1000))
})

test('a re-dated post is as late as its real publishing', async () => {
  const { run, publish } = await startDriver()
  publish({ text: 'A', timestamp: Math.floor((Date.now() - 300 * day) / 1000) })
  const [lag] = lagsOf((await run()).told)
  expect(lag).toBeLessThan(day / 1000)
})

test.each([
  ['old posts', { LEVITY_START: 'all' }, undefined],
  ['a post by hand', {}, true],
])('the lag of %s means nothing, and is not told', async (_, env, byHand) => {
  const { run, publish } = await startDriver({ bearings: false, env })
  const id = publish({ text: 'A' })
  const { told } = await run(byHand ? { post: id } : undefined)
  expect(lagsOf(told)).toEqual([undefined])
})

test('edits and deletions that are carried over are told, and a refused edit with its reason', async () => {
  const { run, publish, sandbox, later } = await startDriver({ env: { LEVITY_FOLLOW: 'edits,deletions' } })
  publish({ text: 'A' })
  const id = publish({ text: 'B' })
  await run()
  sandbox.tumblr.edit(blog, id, { text: 'Better' })
  expect(eventsOf((await run()).told)).toEqual([`edited ${id}`])
  sandbox.tumblr.edit(blog, id, { text: 'Worse' })
  sandbox.switchboard.play({
    service: 'mastodon',
    name: 'edit',
    when: 'before',
    times: 2,
    play: { status: 422, body: '{"error":"no"}' },
  })
  expect((await run()).told).toEqual([])
  later(181 * minute)
  expect((await run()).told).toMatchObject([
    { event: 'skipped', post: id, reason: expect.stringMatching(/was not carried over: .* no$/) },
  ])
  sandbox.tumblr.remove(blog, id)
  expect((await run()).told).toEqual([])
  later(61 * minute)
  expect((await run()).told).toMatchObject([
    { event: 'deleted', post: id, reason: 'it was deleted on Tumblr' },
  ])
})

test('who asks for what cannot be done is told why', async () => {
  const { run, publish } = await startDriver({ bearings: false })
  const id = publish({ text: 'A' })
  await run()
  expect((await run({ post: '12' })).told).toMatchObject([
    { event: 'skipped', post: '12', reason: expect.stringContaining('has no such post') },
  ])
  expect((await run({ retry: [id] })).told).toMatchObject([
    { event: 'skipped', post: id, reason: 'it is not parked' },
  ])
})

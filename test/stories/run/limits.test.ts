/** V3: limits that change between two looks at them. */
import { expect, test } from 'vitest'
import { firstLines, minute, picture, startDriver } from '../../support/run.ts'

test('V3: a lower limit of characters: the post is composed again in the same run, under the next key', async () => {
  const { run, publish, sandbox } = await startDriver()
  Object.assign(sandbox.mastodon.traits.limits, { characters: 200 })
  publish({ text: `Fern ${'and moss '.repeat(40)}` })
  expect((await run()).route.posted).toHaveLength(1)
  const [status] = sandbox.mastodon.statuses
  expect(status?.idempotencyKey).toMatch(/-2$/)
  expect(sandbox.mastodon.unlawful()).toEqual([])
})

test('V3: a lower limit of attachments half-way through a thread: what is out stays, the rest is divided anew', async () => {
  const { run, publish, later, sandbox } = await startDriver()
  publish({
    text: 'Six',
    images: Array.from({ length: 6 }, (_, at) => ({ ...picture, altText: `Hill ${at + 1}.` })),
  })
  sandbox.switchboard.play({ name: 'create', after: 1, when: 'before', play: { status: 503 } })
  await run()
  Object.assign(sandbox.mastodon.traits.limits, { attachments: 2 })
  later(11 * minute)
  const { route } = await run()
  expect(route.posted).toHaveLength(1)
  expect(sandbox.mastodon.statuses.map(({ media }) => media.length)).toEqual([3, 2, 1])
  expect(
    sandbox.mastodon.statuses.flatMap(({ media }) => media.map(({ description }) => description)),
  ).toEqual(Array.from({ length: 6 }, (_, at) => `Hill ${at + 1}.`))
  expect(firstLines(sandbox.mastodon.statuses.map(({ text }) => text)).slice(1)).toEqual(['2/3', '3/3'])
})

test('V3: limits that were read anew before the refusal, after trouble, explain it too', async () => {
  const { run, publish, later, sandbox } = await startDriver()
  publish({ text: 'Six', images: Array.from({ length: 6 }, () => picture) })
  sandbox.switchboard.play({ name: 'upload', after: 3, when: 'before', play: { status: 503 } })
  await run()
  Object.assign(sandbox.mastodon.traits.limits, { attachments: 2 })
  later(11 * minute)
  expect((await run()).route).toMatchObject({ outcome: 'done', posted: [{}] })
  expect(sandbox.mastodon.statuses.map(({ media }) => media.length)).toEqual([2, 2, 2])
})

/** What a person asks for: one post, a copy, parked posts again, a plan (L5). */
import { expect, test } from 'vitest'
import { count, day, firstLines, minute, picture, startDriver } from '../../support/run.ts'

test('{"post"}: from before the start, once', async () => {
  const { run, publish, texts } = await startDriver({ bearings: false })
  const id = publish({ text: 'Before' })
  publish({ text: 'Another' })
  await run()
  expect((await run({ post: id })).route.posted).toMatchObject([{ post: id }])
  const again = await run({ post: id })
  expect(again.route.skipped).toMatchObject([{ post: id, reason: expect.stringContaining('posted already') }])
  expect(again.called('mastodon')).toEqual([])
  expect(firstLines(texts())).toEqual(['Before'])
})

test('{"post"}: an old post that a lost ledger had posted is known by its status', async () => {
  const { run, publish, texts, env } = await startDriver()
  const id = publish({ text: 'A' })
  await run()
  // Another route has another part of the table: a ledger that knows nothing.
  Object.assign(env, { LEVITY_ROUTES: 'afresh' })
  expect((await run({ post: id })).route).toMatchObject({
    posted: [],
    skipped: [{ post: id, reason: expect.stringContaining('a status of the account links to it') }],
  })
  expect(firstLines(texts())).toEqual(['A'])
  expect((await run({ post: id, again: 2 })).route.posted).toHaveLength(1)
  expect(firstLines(texts())).toEqual(['A', 'A'])
})

test('{"post"} that the blog has not', async () => {
  const { run } = await startDriver()
  expect((await run({ post: '834072139134926848' })).route).toMatchObject({
    posted: [],
    skipped: [{ reason: 'the blog hillside has no such post' }],
  })
})

test('"again" names the copy, exactly the next one', async () => {
  const { run, publish, texts } = await startDriver()
  const post = publish({ text: 'A' })
  const refused = { posted: [], skipped: [{ post }] }
  expect((await run({ post, again: 2 })).route).toMatchObject(refused)
  await run()
  expect((await run({ post, again: 3 })).route).toMatchObject(refused)
  expect((await run({ post, again: 2 })).route.posted).toMatchObject([{ post }])
  expect((await run({ post, again: 2 })).route).toMatchObject(refused)
  expect((await run({ post, again: 3 })).route.posted).toMatchObject([{ post }])
  expect(firstLines(texts())).toEqual(['A', 'A', 'A'])
})

test('a parked post is retried by hand with fresh attempts', async () => {
  const { run, runUntilDone, publish, texts, sandbox } = await startDriver()
  const id = publish({ text: 'A', images: [{ ...picture, state: 'missing' }] })
  publish({ text: 'B' })
  await runUntilDone()
  expect(firstLines(texts())).toEqual(['B'])
  expect((await run({ post: id })).route.skipped).toMatchObject([
    { reason: expect.stringContaining('parked') },
  ])
  sandbox.tumblr.edit('hillside', id, { images: [picture] })
  expect((await run({ retry: [id] })).route.posted).toMatchObject([{ post: id }])
  expect(firstLines(texts())).toEqual(['B', 'A'])
  expect((await run({ retry: [id] })).route.skipped).toEqual([{ post: id, reason: 'it is not parked' }])
})

test('a post that waits for its next try is due now when it is named', async () => {
  const { run, publish, texts, sandbox, later } = await startDriver()
  sandbox.switchboard.play({ service: 'pictures', times: 9, when: 'before', play: { status: 404 } })
  const id = publish({ text: 'A' })
  expect((await run()).route.retrying).toMatchObject([{ post: id, attempts: 1 }])
  sandbox.switchboard.playNothing()
  later(minute)
  expect((await run({ retry: 'parked' })).route.posted).toEqual([])
  expect((await run({ retry: [id] })).route).toMatchObject({ posted: [{ post: id }], skipped: [] })
  expect(firstLines(texts())).toEqual(['A'])
})

test('a post that was named while another run works on it is left to that run', async () => {
  const { run, publish, texts, sandbox } = await startDriver()
  const id = publish({ text: 'A' })
  const { promise, resolve } = Promise.withResolvers<unknown>()
  const uploading = Promise.withResolvers<unknown>()
  sandbox.switchboard.play({
    name: 'upload',
    when: 'before',
    play: {
      until: () => {
        uploading.resolve(undefined)
        return promise
      },
    },
  })
  const first = run()
  await uploading.promise
  expect((await run({ retry: [id] })).route).toMatchObject({ outcome: 'busy', posted: [], skipped: [] })
  resolve(undefined)
  expect((await first).route.posted).toMatchObject([{ post: id }])
  expect(firstLines(texts())).toEqual(['A'])
})

test('retry resumes at its step: the second part of a thread is sent, the first is not sent again', async () => {
  const { run, runUntilDone, publish, sandbox } = await startDriver()
  const id = publish({ text: 'Long', images: Array.from({ length: 6 }, () => picture) })
  publish({ text: 'B' })
  const body = '{"error":"Validation failed"}'
  sandbox.switchboard.weather = async ({ name }, c) =>
    name === 'create' && /2\/2/.test(await c.req.raw.clone().text())
      ? { when: 'before', play: { status: 422, body } }
      : undefined
  const runs = await runUntilDone()
  expect(runs.flatMap(({ route }) => route.parked)).toMatchObject([{ post: id }])
  expect(sandbox.mastodon.statuses).toHaveLength(2)
  sandbox.switchboard.weather = async () => undefined
  const { called, route } = await run({ retry: 'parked' })
  expect(route.posted).toMatchObject([{ post: id, statuses: [expect.any(String), expect.any(String)] }])
  expect(count(called('mastodon'), 'create')).toBe(1)
  expect(sandbox.mastodon.statuses.map(({ media }) => media.length)).toEqual([3, 1, 3])
})

test('a plan says it all and changes nothing anywhere', async () => {
  const { run, publish, sandbox } = await startDriver()
  const id = publish({ text: 'A', tags: ['hills'], images: [picture, { ...picture, format: 'png' }] })
  const { route, calls, called } = await run({ mode: 'plan' })
  expect(route.plan).toMatchObject([
    {
      post: id,
      statuses: [
        {
          text: expect.stringContaining('#hills'),
          images: [
            { altText: 'Hills.', to: { width: 60, height: 40, mimeType: 'image/jpeg' } },
            { to: { mimeType: 'image/png' } },
          ],
        },
      ],
    },
  ])
  expect(count(called('dynamodb'), 'PutItem')).toBe(0)
  expect(calls.filter(({ service, method }) => service === 'mastodon' && method !== 'GET')).toEqual([])
  expect(sandbox.mastodon.statuses).toEqual([])
  const planned = route.plan?.[0]?.statuses[0]
  await run()
  const [status] = sandbox.mastodon.statuses
  expect(status?.text).toBe(planned?.text)
  expect(status?.media.map(({ bytes }) => bytes.length)).toEqual(planned?.images.map(({ to }) => to.bytes))
})

test.each([
  // Which asks for nothing: the newest is an example.
  ['now', ['B']],
  ['last:1', ['B']],
  ['all', ['A', 'B']],
])('before the first run a plan shows what LEVITY_START=%s asks for', async (start, planned) => {
  const { run, publish } = await startDriver({ bearings: false, env: { LEVITY_START: start } })
  publish({ text: 'A', images: [picture] })
  publish({ text: 'B', images: [picture] })
  publish({ text: 'no image', images: [] })
  const { route, called } = await run({ mode: 'plan' })
  expect(route.plan?.map(({ statuses }) => statuses[0]?.text.slice(0, 1))).toEqual(planned)
  expect(count(called('dynamodb'), 'PutItem')).toBe(0)
})

test('until something is posted, a plan has an example, says why it is one, and how to post it; runs post nothing', async () => {
  const { run, publish, texts } = await startDriver({ bearings: false })
  const newest = publish({ text: 'New' })
  publish({ text: 'Old', at: Date.now() - day })
  for (const when of ['before the first run', 'after it']) {
    const { plan, why } = (await run({ mode: 'plan' })).route
    expect(
      plan?.map(({ post }) => post),
      when,
    ).toEqual([newest])
    expect(why, when).toContain(`LEVITY_START=now posts nothing from before the first run`)
    expect(why, when).toContain(`{"post":"${newest}"}`)
    expect((await run()).route, when).toMatchObject({ outcome: 'done', posted: [] })
  }
  expect((await run({ post: newest })).route.posted).toHaveLength(1)
  expect(firstLines(texts())).toEqual(['New'])
  const { route } = await run({ mode: 'plan' })
  expect(route.plan).toEqual([])
  expect(route.why).toBeUndefined()
})

test.each([
  ['a blog without images', {}, { images: [] }],
  ['another LEVITY_START', { LEVITY_START: 'since:2100-01-01' }, {}],
])('%s gives a plan no example', async (_, env, draft) => {
  const { run, publish } = await startDriver({ bearings: false, env })
  publish(draft)
  const { route } = await run({ mode: 'plan' })
  expect(route.plan).toEqual([])
  expect(route.why).toBeUndefined()
})

test('a post that left the newest page is asked for once', async () => {
  const { run, publish, texts } = await startDriver({ bearings: false })
  const old = publish({ text: 'Old', at: Date.now() - day })
  for (let at = 0; at < 20; at++) publish({ at: Date.now() - day + (at + 1) * minute, images: [] })
  const { called } = await run({ post: old })
  expect(firstLines(texts())).toEqual(['Old'])
  expect(called('tumblr')).toHaveLength(2)
})

test('a picture that is dead does not end the plan of the other posts', async () => {
  const { run, publish, sandbox } = await startDriver()
  const dead = publish({ text: 'A', images: [picture] })
  const well = publish({ text: 'B', images: [picture] })
  sandbox.switchboard.play({ service: 'pictures', times: 1, when: 'before', play: { status: 404 } })
  const { route } = await run({ mode: 'plan' })
  expect(route.plan?.map(({ post }) => post)).toEqual([well])
  expect(route.skipped).toMatchObject([{ post: dead, reason: expect.stringContaining('404') }])
})

test('a post by hand does not run from its back-off or its tag rules', async () => {
  const { run, publish, texts, sandbox, env, later } = await startDriver()
  env['LEVITY_TAG_RULES'] = 'wip=skip'
  const skipped = publish({ text: 'Skipped', tags: ['wip'] })
  expect((await run()).route.skipped).toMatchObject([{ post: skipped }])
  expect((await run({ post: skipped })).route.posted).toHaveLength(1)
  sandbox.switchboard.play({ service: 'pictures', times: 9, when: 'before', play: { status: 404 } })
  const failing = publish({ text: 'Failing' })
  expect((await run()).route.retrying).toHaveLength(1)
  sandbox.switchboard.playNothing()
  later(minute)
  expect((await run({ post: failing })).route.posted).toHaveLength(1)
  expect(firstLines(texts())).toEqual(['Skipped', 'Failing'])
})

test('E1: a post that is tried again comes before one that is new in the same run', async () => {
  const { run, runUntilDone, publish, texts, sandbox } = await startDriver()
  const id = publish({ text: 'A', images: [{ ...picture, state: 'missing' }] })
  publish({ text: 'B' })
  await runUntilDone()
  sandbox.tumblr.edit('hillside', id, { images: [picture] })
  publish({ text: 'C' })
  await run({ retry: [id] })
  expect(firstLines(texts())).toEqual(['B', 'A', 'C'])
})

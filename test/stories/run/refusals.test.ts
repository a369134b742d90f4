/** E5 to E7: what a server may answer to a create, and what is made of it. */
import { expect, test } from 'vitest'
import { count, day, firstLines, minute, picture, startDriver } from '../../support/run.ts'

const hour = 60 * minute
const refusal = { status: 422, body: '{"error":"Validation failed: Text is not to our taste"}' }

test('429 waits for its reset, fails no invocation and counts nothing', async () => {
  const { run, publish, later, texts, sandbox } = await startDriver()
  sandbox.mastodon.traits.rateLimits = { statuses: { limit: 0, every: hour } }
  publish({ text: 'A' })
  for (let time = 0; time < 6; time++) {
    const { route, called } = await run()
    expect(count(called('mastodon'), 'create')).toBe(1)
    expect(route).toMatchObject({ outcome: 'stopped', retrying: [], parked: [], waiting: 1 })
    expect(route.failed).toBeUndefined()
    const reset = hour - (Date.now() % hour)
    later(reset - minute)
    const early = await run()
    expect(early.route.outcome).toBe('stopped')
    expect(early.called('mastodon')).toEqual([])
    later(minute + 1000)
  }
  sandbox.mastodon.traits.rateLimits = {}
  expect((await run()).route).toMatchObject({ outcome: 'done', posted: [{}] })
  expect(firstLines(texts())).toEqual(['A'])
})

test('a hashtag that the server refuses is dropped, and the rest is sent under a new key', async () => {
  const { run, publish, sandbox } = await startDriver()
  sandbox.mastodon.refuseHashtag('spoiled')
  publish({ text: 'A', tags: ['fresh', 'spoiled'] })
  const { called, route } = await run()
  expect(route).toMatchObject({ outcome: 'done', posted: [{}], retrying: [] })
  expect(count(called('mastodon'), 'create')).toBe(2)
  expect(count(called('mastodon'), 'upload')).toBe(1)
  const [status] = sandbox.mastodon.statuses
  expect(status?.hashtags).toEqual(['fresh'])
  expect(status?.idempotencyKey).toMatch(/-2$/)
})

test('a banned hashtag said in German: sent without hashtags under a new key', async () => {
  const { run, publish, sandbox } = await startDriver({ mastodon: { locale: 'de' } })
  sandbox.mastodon.refuseHashtag('spoiled')
  publish({ text: 'A #word', tags: ['fresh', 'spoiled'] })
  const { called, route } = await run()
  expect(route).toMatchObject({ outcome: 'done', posted: [{}], retrying: [] })
  expect(count(called('mastodon'), 'create')).toBe(2)
  expect(count(called('mastodon'), 'upload')).toBe(1)
  const [status] = sandbox.mastodon.statuses
  expect(status?.hashtags).toEqual([])
  expect(firstLines([status?.text ?? ''])).toEqual(['A word'])
  expect(status?.idempotencyKey).toMatch(/-2$/)
})

test('refused without its hashtags too, it is a failure like any other', async () => {
  const { run, publish, sandbox } = await startDriver()
  sandbox.switchboard.play({ name: 'create', times: 9, when: 'before', play: refusal })
  const id = publish({ text: 'A', tags: ['fresh'] })
  const { called, route } = await run()
  expect(route.retrying).toMatchObject([{ post: id, attempts: 1 }])
  expect(count(called('mastodon'), 'create')).toBe(2)
})

test('a definite refusal counts against the post; the next try has a new key', async () => {
  const { run, publish, later, sandbox } = await startDriver()
  sandbox.switchboard.play({ name: 'create', when: 'before', play: refusal })
  const id = publish({ text: 'A' })
  expect((await run()).route).toMatchObject({
    outcome: 'busy',
    retrying: [{ post: id, attempts: 1, reason: expect.stringContaining('not to our taste') }],
  })
  later(10 * minute)
  expect((await run()).route.posted).toMatchObject([{ post: id }])
  expect(sandbox.mastodon.statuses.map(({ idempotencyKey }) => idempotencyKey)).toEqual([
    expect.stringMatching(/-2$/),
  ])
})

test('V2: what is refused for three hours goes to the next post: refused too, it is an outage and both keep their places', async () => {
  const { run, publish, later, sandbox, texts } = await startDriver()
  sandbox.switchboard.play({ name: 'create', when: 'before', times: 1000, play: refusal })
  const [a, b] = [publish({ text: 'A' }), publish({ text: 'B' })]
  for (let hours = 0; hours < 30; hours += 2) {
    const { route } = await run()
    expect(route).toMatchObject({ posted: [], parked: [] })
    later(121 * minute)
  }
  sandbox.switchboard.playNothing()
  expect((await run()).route.posted.map(({ post }) => post)).toEqual([a, b])
  expect(firstLines(texts())).toEqual(['A', 'B'])
})

test('V2: an outage is recognised by the next posts, stops the route, and when it ends the order holds', async () => {
  const { run, publish, later, sandbox, texts } = await startDriver()
  sandbox.switchboard.play({ name: 'create', when: 'before', times: 1000, play: refusal })
  const ids = ['A', 'B', 'C'].map((text) => publish({ text }))
  for (let tries = 0; tries < 3; tries++) {
    expect((await run()).route).toMatchObject({ outcome: 'busy', posted: [] })
    later(61 * minute)
  }
  expect((await run()).route).toMatchObject({ outcome: 'stopped', failed: true, posted: [], parked: [] })
  sandbox.switchboard.playNothing()
  // As suspects, A would wait for an hour more, and B for ten minutes.
  later(11 * minute)
  expect((await run()).route.posted).toMatchObject(ids.map((post) => ({ post })))
  expect(firstLines(texts())).toEqual(['A', 'B', 'C'])
})

test('V2: a post whose create never has a clear outcome holds the others for three hours', async () => {
  const { run, publish, later, sandbox, texts } = await startDriver()
  sandbox.switchboard.weather = async ({ name }, c) =>
    name === 'create' && /Bad/.test(await c.req.raw.clone().text())
      ? { when: 'before', play: { status: 504 } }
      : undefined
  const bad = publish({ text: 'Bad' })
  const good = publish({ text: 'Good' })
  for (let minutes = 0; minutes < 180; minutes += 20) {
    expect((await run()).route).toMatchObject({ posted: [], parked: [] })
    later(20 * minute)
  }
  // It is looked for, sent once more, and looked for again.
  const runs = [await run()]
  later(11 * minute)
  runs.push(await run())
  expect(runs.flatMap(({ route }) => route.posted)).toMatchObject([{ post: good }])
  for (let hours = 0; hours < 3; hours++) {
    later(61 * minute)
    runs.push(await run())
  }
  expect(runs.flatMap(({ route }) => route.parked)).toMatchObject([{ post: bad }])
  expect(firstLines(texts())).toEqual(['Good'])
})

test('V2: two posts that fail at two doors are not compared with each other', async () => {
  const { run, publish, later, sandbox } = await startDriver()
  const a = publish({ text: 'A', images: [{ ...picture, state: 'missing' }] })
  const b = publish({ text: 'B' })
  for (const wait of [10, 20, 40, 60, 50]) {
    await run()
    later(wait * minute)
  }
  sandbox.switchboard.play({ name: 'create', when: 'before', play: refusal })
  const { route } = await run()
  expect(route).toMatchObject({ outcome: 'busy', posted: [], parked: [] })
  expect(route.retrying).toMatchObject([{ post: a }, { post: b }])
  expect(route.failed).toBeUndefined()
  later(11 * minute)
  expect((await run()).route).toMatchObject({ posted: [{ post: b }], parked: [{ post: a }] })
})

test('V2: a suspect that is not due holds nobody', async () => {
  const { run, publish, later, sandbox } = await startDriver()
  const a = publish({ text: 'A' })
  const b = publish({ text: 'B', images: [{ ...picture, state: 'missing' }] })
  sandbox.switchboard.play({ name: 'create', when: 'before', times: 1000, play: refusal })
  for (let tries = 0; tries < 3; tries++) {
    await run()
    later(61 * minute)
  }
  // B does not come as far as A did, which says nothing of A.
  expect((await run()).route.retrying).toMatchObject([{ post: a }, { post: b }])
  later(11 * minute)
  const { route, called } = await run()
  expect(route.retrying).toMatchObject([{ post: b }])
  expect(called('mastodon')).not.toContain('create')
})

test('V2: two posts that are refused in a row are both set aside as soon as a third one passes', async () => {
  const { runUntilDone, publish, sandbox, texts } = await startDriver()
  sandbox.switchboard.weather = async ({ name }, c) =>
    name === 'create' && /Bad/.test(await c.req.raw.clone().text())
      ? { when: 'before', play: refusal }
      : undefined
  const [a, b] = [publish({ text: 'Bad' }), publish({ text: 'Bad too' })]
  publish({ text: 'C' })
  const runs = await runUntilDone()
  expect(runs.flatMap(({ route }) => route.parked)).toMatchObject([{ post: a }, { post: b }])
  expect(firstLines(texts())).toEqual(['C'])
})

test('V2: a suspect that passes after the next one is no suspect: it was an outage that ended in between', async () => {
  const { run, publish, later, sandbox, texts } = await startDriver()
  const [a, b] = [publish({ text: 'A' }), publish({ text: 'B' })]
  const refuseOnce = () => sandbox.switchboard.play({ name: 'create', when: 'before', play: refusal })
  for (let tries = 0; tries < 3; tries++) {
    refuseOnce()
    expect((await run()).route.posted).toEqual([])
    later(61 * minute)
  }
  refuseOnce()
  const { route } = await run()
  expect(route).toMatchObject({ posted: [{ post: b }, { post: a }], parked: [] })
  expect(firstLines(texts())).toEqual(['B', 'A'])
})

test('V2: a post that nothing came to be compared with is parked after two days of refusals', async () => {
  const { run, publish, later, sandbox } = await startDriver()
  sandbox.switchboard.play({ name: 'create', when: 'before', times: 1000, play: refusal })
  const id = publish({ text: 'A' })
  for (let hours = 0; hours < 48; hours++) {
    expect((await run()).route.parked).toEqual([])
    later(60 * minute)
  }
  expect((await run()).route.parked).toMatchObject([{ post: id }])
})

test('an answer that is lost: looked up at once, nothing is sent twice', async () => {
  const { run, publish, sandbox } = await startDriver()
  sandbox.switchboard.play({ name: 'create', when: 'after', play: 'drop' })
  const id = publish({ images: [picture, picture] })
  const { route, called } = await run()
  expect(route.posted).toMatchObject([{ post: id }])
  expect(count(called('mastodon'), 'create')).toBe(1)
  expect(sandbox.mastodon.statuses).toHaveLength(1)
})

test('an unknown outcome that is not to be found is sent again after ten minutes, not before, with the same media and key', async () => {
  const { run, publish, later, sandbox } = await startDriver()
  sandbox.switchboard.play({ name: 'create', when: 'before', play: 'drop' })
  publish({ text: 'A' })
  publish({ text: 'B' })
  expect((await run()).route).toMatchObject({ outcome: 'busy', posted: [] })
  later(9 * minute)
  const early = await run()
  expect(count(early.called('mastodon'), 'create')).toBe(0)
  later(2 * minute)
  const { called, route } = await run()
  expect(route.posted).toHaveLength(2)
  expect(count(called('mastodon'), 'upload')).toBe(1)
  expect(firstLines(sandbox.mastodon.statuses.map(({ text }) => text))).toEqual(['A', 'B'])
  expect(sandbox.mastodon.statuses[0]?.idempotencyKey).toMatch(/-1$/)
})

test('a status with fewer images than were sent is mended by an edit', async () => {
  const { run, publish, sandbox } = await startDriver()
  sandbox.mastodon.traits.loseAttachments = 1
  publish({ images: [picture, { ...picture, altText: 'More hills.' }] })
  const { called, route } = await run()
  expect(route.posted).toHaveLength(1)
  expect(count(called('mastodon'), 'create')).toBe(1)
  expect(sandbox.mastodon.statuses).toHaveLength(1)
  expect(sandbox.mastodon.statuses[0]?.media.map(({ description }) => description)).toEqual([
    'Hills.',
    'More hills.',
  ])
})

test('a status that the server drops without a word: looked for again, then parked, never created again', async () => {
  const { run, publish, later, sandbox, texts } = await startDriver()
  sandbox.mastodon.traits.silentDrop = 1
  const id = publish({ text: 'A' })
  publish({ text: 'B' })
  expect((await run()).route).toMatchObject({ outcome: 'busy', posted: [], parked: [] })
  later(5 * minute)
  expect((await run()).called('mastodon')).toEqual([])
  later(6 * minute)
  expect((await run()).route).toMatchObject({ outcome: 'busy', posted: [], parked: [] })
  later(50 * minute)
  const { route, called } = await run()
  expect(route.parked).toMatchObject([{ post: id, reason: expect.stringContaining('does not show it') }])
  expect(count(called('mastodon'), 'create')).toBe(1)
  expect(firstLines(texts())).toEqual(['B'])
  later(2 * day)
  expect(count((await run({ retry: [id] })).called('mastodon'), 'create')).toBe(0)
  expect(firstLines(texts())).toEqual(['B'])
})

test('E6: a status that its own address does not show is found in the list of statuses', async () => {
  const { run, publish, later, sandbox, texts } = await startDriver()
  const play = { status: 404, body: '{"error":"Record not found"}' }
  sandbox.switchboard.play({ name: 'status', when: 'before', times: 9, play })
  const id = publish({ text: 'A' })
  expect((await run()).route).toMatchObject({ outcome: 'busy', posted: [] })
  later(61 * minute)
  const { route, called } = await run()
  expect(route).toMatchObject({ posted: [{ post: id }], parked: [] })
  expect(count(called('mastodon'), 'create')).toBe(0)
  expect(firstLines(texts())).toEqual(['A'])
})

test('a post, its wishes and the limits change half-way through a thread: it goes on as it began', async () => {
  const { run, publish, later, sandbox, env } = await startDriver()
  const images = Array.from({ length: 6 }, (_, at) => ({ ...picture, altText: `Hill ${at + 1}.` }))
  const id = publish({ text: 'As it was', images, tags: ['before'] })
  sandbox.switchboard.play({ name: 'create', after: 1, when: 'before', play: { status: 503 } })
  expect((await run()).route.posted).toEqual([])
  expect(sandbox.mastodon.statuses.map(({ media }) => media.length)).toEqual([3])
  sandbox.tumblr.edit('hillside', id, { text: 'As it is', images: [picture], tags: ['after'] })
  Object.assign(sandbox.mastodon.traits.limits, { attachments: 16, characters: 5000 })
  env['LEVITY_VISIBILITY'] = 'private'
  later(day)
  expect((await run()).route.posted).toMatchObject([
    { post: id, statuses: [expect.any(String), expect.any(String)] },
  ])
  const [first, second, ...more] = sandbox.mastodon.statuses
  expect(more).toEqual([])
  expect(second?.inReplyToId).toBe(first?.id)
  // Replies of a public thread are unlisted.
  expect([first?.visibility, second?.visibility]).toEqual(['public', 'unlisted'])
  expect([first, second].flatMap((status) => status?.media.map(({ description }) => description))).toEqual(
    images.map(({ altText }) => altText),
  )
  expect(first?.text).toContain('As it was')
})

test('V1: a status that its owner has deleted before Levity saw it counts as never made: it is sent after two looks', async () => {
  const { run, publish, later, sandbox } = await startDriver()
  const id = publish({ text: 'A' })
  sandbox.switchboard.play({ name: 'create', when: 'after', play: 'drop' })
  sandbox.switchboard.play({ name: 'statuses', when: 'before', play: { status: 502 } })
  expect((await run()).route.posted).toEqual([])
  const [status] = sandbox.mastodon.statuses
  sandbox.mastodon.deleteStatus(status?.id ?? '')
  later(20 * minute)
  expect((await run()).route).toMatchObject({ outcome: 'busy', deleted: [] })
  later(61 * minute)
  expect((await run()).route).toMatchObject({ posted: [{ post: id }], deleted: [] })
})

test('V1: a status that its owner has deleted, and whose media are left, is parked after two looks and never sent again', async () => {
  const { run, publish, later, sandbox, texts } = await startDriver()
  const id = publish({ text: 'A' })
  sandbox.switchboard.play({ name: 'create', when: 'after', play: 'drop' })
  sandbox.switchboard.play({ name: 'statuses', when: 'before', play: { status: 502 } })
  expect((await run()).route.posted).toEqual([])
  sandbox.mastodon.deleteStatus(sandbox.mastodon.statuses[0]?.id ?? '', 'kept')
  // The same is sent again under its key, and the server says that it made the status.
  later(11 * minute)
  expect((await run()).route).toMatchObject({ outcome: 'busy', posted: [], parked: [] })
  expect((await run({ retry: [id] })).route.parked).toEqual([])
  later(61 * minute)
  const reason = expect.stringContaining('somebody may have deleted it')
  expect((await run()).route.parked).toMatchObject([{ post: id, reason }])
  expect(texts()).toEqual([])
})

test('V1: the media of the very first create are gone with it: nobody has deleted anything, and all is sent anew', async () => {
  const { run, publish, later, sandbox, texts } = await startDriver()
  const id = publish({ text: 'A', images: [picture, picture] })
  sandbox.switchboard.play({ name: 'create', when: 'before', play: 'drop' })
  expect((await run()).route.posted).toEqual([])
  // They vanish long before their day is over.
  sandbox.mastodon.traits.mediaLife = 10 * minute
  later(11 * minute)
  sandbox.mastodon.sweepMedia()
  expect((await run()).route).toMatchObject({ outcome: 'busy', posted: [], deleted: [], parked: [] })
  later(61 * minute)
  const { route, called } = await run()
  expect(route).toMatchObject({ outcome: 'done', posted: [{ post: id }], deleted: [] })
  expect(count(called('mastodon'), 'upload')).toBe(2)
  expect(firstLines(texts())).toEqual(['A'])
  expect(sandbox.mastodon.statuses.map(({ media }) => media.length)).toEqual([2])
})

test('V1: a part whose thread is gone is looked for an hour later, and then its owner has deleted it', async () => {
  const { run, publish, later, sandbox } = await startDriver()
  const id = publish({ images: Array.from({ length: 6 }, () => picture) })
  sandbox.switchboard.play({ name: 'create', after: 1, when: 'before', play: { status: 503 } })
  await run()
  sandbox.mastodon.deleteStatus(sandbox.mastodon.statuses[0]?.id ?? '')
  later(11 * minute)
  expect((await run()).route).toMatchObject({ outcome: 'busy', deleted: [] })
  later(61 * minute)
  expect((await run()).route.deleted).toEqual([id])
  expect(sandbox.mastodon.statuses).toHaveLength(1)
})

test('V1: an hour of doubt about the thread is none about the next create call', async () => {
  const { run, publish, later, sandbox } = await startDriver()
  const { switchboard } = sandbox
  publish({ images: Array.from({ length: 6 }, () => picture) })
  switchboard.play({ name: 'create', after: 1, when: 'before', play: { status: 503 } })
  await run()
  const missing = { status: 404, body: '{"error":"Record not found"}' }
  for (const name of ['create', 'status']) switchboard.play({ name, when: 'before', play: missing })
  later(11 * minute)
  expect((await run()).route.why).toContain('the part before')
  later(61 * minute)
  // The second part arrives, its answer is lost, and the list is behind.
  switchboard.play({ name: 'create', when: 'after', play: 'drop' })
  const headers = { 'content-type': 'application/json' }
  const empty = { status: 200, body: '[]', headers }
  switchboard.weather = async ({ name }) =>
    name === 'statuses' ? { when: 'before', play: empty } : undefined
  await run()
  later(21 * minute)
  expect((await run()).route.why).toContain('looked for once more')
  switchboard.weather = async () => undefined
  later(61 * minute)
  expect((await run()).route.posted).toHaveLength(1)
  expect(sandbox.mastodon.statuses).toHaveLength(2)
})

test('V1: a server that does not tell whether it has the media: others are uploaded after two looks', async () => {
  const { publish, runUntilDone, sandbox } = await startDriver({
    mastodon: { software: 'snac', mediaLife: 60 * minute },
  })
  publish()
  sandbox.switchboard.play({ name: 'create', when: 'before', play: 'drop' })
  const runs = await runUntilDone()
  expect(runs.at(-1)?.route.posted).toHaveLength(1)
  expect(sandbox.mastodon.statuses.map(({ media }) => media.length)).toEqual([1])
})

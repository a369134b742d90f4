/** V2: what becomes of a post that stands aside. */
import { expect, test } from 'vitest'
import type { Fault } from '../../../scripts/sandbox/switchboard.ts'
import { firstLines, minute, startDriver } from '../../support/run.ts'

const refusal = { status: 422, body: '{"error":"Validation failed: Text is not to our taste"}' }

/** A post is refused for three hours, and the next one passes. Then it is tried once more, and meets this. */
async function tryOnceMore(meets: Fault): Promise<void> {
  const { run, publish, later, sandbox } = await startDriver()
  const { switchboard } = sandbox
  const [a, b] = [publish({ text: 'A' }), publish({ text: 'B' })]
  const refuseOnce = () => switchboard.play({ name: 'create', when: 'before', play: refusal })
  for (let tries = 0; tries < 3; tries++) {
    refuseOnce()
    expect((await run()).route.posted).toEqual([])
    later(61 * minute)
  }
  refuseOnce()
  switchboard.play(meets)
  expect((await run()).route).toMatchObject({ posted: [{ post: b }], parked: [] })
  later(61 * minute)
  expect((await run()).route).toMatchObject({ outcome: 'done', posted: [{ post: a }] })
}

test('a suspect that meets a rate limit when it is tried once more is not parked for it', async () => {
  const headers = { 'retry-after': '1200' }
  const play = { status: 429, body: '{"error":"Too many requests"}', headers }
  await tryOnceMore({ name: 'create', after: 2, when: 'before', play })
})

test('a suspect that meets another door closed when it is tried once more is not parked for it', async () => {
  await tryOnceMore({ service: 'pictures', after: 2, when: 'before', play: { status: 503 } })
})

test('a suspect that nothing came to be compared with is parked after two days of refusals', async () => {
  const { run, publish, later, sandbox } = await startDriver()
  sandbox.switchboard.play({ name: 'create', when: 'before', times: 100, play: refusal })
  const [a, b] = [publish({ text: 'A' }), publish({ text: 'B' })]
  for (let tries = 0; tries < 3; tries++) {
    await run()
    later(61 * minute)
  }
  // The next one has gone, and is never sent.
  sandbox.tumblr.remove('hillside', b)
  for (let hours = 3; hours < 48; hours += 3) {
    expect((await run()).route.parked).toEqual([])
    later(180 * minute)
  }
  expect((await run()).route.parked).toMatchObject([{ post: a }])
})

test('a suspect is back in its place where the next one waits for the outcome of a failed create', async () => {
  const { run, publish, later, sandbox, texts } = await startDriver({ mastodon: { software: 'hollo' } })
  const { switchboard } = sandbox
  switchboard.play({ name: 'create', when: 'before', times: 100, play: { status: 500 } })
  publish({ text: 'A' })
  publish({ text: 'B' })
  for (const wait of [114, 114, 57, 114]) {
    expect((await run()).route.posted).toEqual([])
    later(wait * minute)
  }
  expect((await run()).route.posted).toEqual([])
  switchboard.playNothing()
  later(77 * minute)
  for (let runs = 0; runs < 3; runs++) {
    await run()
    later(61 * minute)
  }
  expect(firstLines(texts())).toEqual(['A', 'B'])
})

test('a suspect stays aside while another run tries the next post', async () => {
  const { run, publish, later, sandbox, texts } = await startDriver()
  const { switchboard } = sandbox
  let isOver = false
  switchboard.weather = async ({ name }, c) =>
    name === 'create' && (!isOver || /Bad/.test(await c.req.raw.clone().text()))
      ? { when: 'before', play: { status: 503 } }
      : undefined
  const bad = publish({ text: 'Bad' })
  publish({ text: 'B' })
  for (let tries = 0; tries < 4; tries++) {
    await run()
    later(61 * minute)
  }
  isOver = true
  let other: Promise<unknown> = Promise.resolve()
  const { weather } = switchboard
  switchboard.weather = async (call, c) => {
    if (call.name === 'create' && !/Bad/.test(await c.req.raw.clone().text())) {
      switchboard.weather = weather
      other = run()
      await other
    }
    return weather(call, c)
  }
  const runs = [await run()]
  await other
  for (let tries = 0; tries < 3; tries++) {
    later(61 * minute)
    runs.push(await run())
  }
  expect(firstLines(texts())).toEqual(['B'])
  expect(runs.flatMap(({ route }) => route.parked)).toMatchObject([{ post: bad }])
})

test('a token that works no more stops the route, though only a suspect is open', async () => {
  const { run, publish, later, sandbox } = await startDriver()
  sandbox.switchboard.play({ name: 'create', when: 'before', times: 100, play: refusal })
  publish({ text: 'A' })
  const b = publish({ text: 'B' })
  for (let tries = 0; tries < 3; tries++) {
    await run()
    later(61 * minute)
  }
  sandbox.tumblr.remove('hillside', b)
  for (let tries = 0; tries < 2; tries++) {
    await run()
    later(61 * minute)
  }
  sandbox.mastodon.revokeToken()
  expect((await run()).route).toMatchObject({ outcome: 'stopped', failed: true, waiting: 1 })
})

test('a post that waits for the outcome of a failed create holds the others for three hours, too', async () => {
  const { run, publish, later, sandbox, texts } = await startDriver({ mastodon: { software: 'pleroma' } })
  sandbox.switchboard.weather = async ({ name }, c) =>
    name === 'create' && /Bad/.test(await c.req.raw.clone().text())
      ? { when: 'before', play: { status: 500 } }
      : undefined
  publish({ text: 'Bad' })
  publish({ text: 'B' })
  for (let minutes = 0; minutes < 240; minutes += 53) {
    await run()
    later(53 * minute)
  }
  expect(firstLines(texts())).toEqual(['B'])
})

test('one failure alone sets nothing aside, however long no run came after it', async () => {
  const { run, publish, later, sandbox, texts } = await startDriver({ mastodon: { software: 'hollo' } })
  sandbox.switchboard.play({ name: 'create', when: 'before', play: { status: 500 } })
  publish({ text: 'A' })
  publish({ text: 'B' })
  for (const wait of [20 * 60, 61, 61]) {
    await run()
    later(wait * minute)
  }
  await run()
  expect(firstLines(texts())).toEqual(['A', 'B'])
})

test('a post whose list of statuses cannot be read is not compared with one that needed no list', async () => {
  const { run, publish, later, sandbox, texts } = await startDriver()
  sandbox.mastodon.traits.loseAttachments = 1
  sandbox.switchboard.play({ name: 'statuses', when: 'before', times: 1000, play: { status: 503 } })
  const a = publish({ text: 'A' })
  publish({ text: 'B' })
  for (let tries = 0; tries < 4; tries++) {
    expect((await run()).route).toMatchObject({ parked: [] })
    later(61 * minute)
  }
  expect(firstLines(texts())).toEqual(['A', 'B'])
  sandbox.switchboard.playNothing()
  later(61 * minute)
  expect((await run()).route.posted).toMatchObject([{ post: a }])
  expect(sandbox.mastodon.statuses.map(({ media }) => media.length)).toEqual([1, 1])
})

/** `LEVITY_START`, and a ledger that was lost (L4). */
import { expect, test } from 'vitest'
import { count, type Driver, day, firstLines, picture, startDriver } from '../../support/run.ts'

/** A blog of five posts, a day apart; C has no picture. */
async function old(start: string): Promise<Driver> {
  const driver = await startDriver({ bearings: false, env: { LEVITY_START: start } })
  const now = Date.now()
  for (const [at, text] of ['A', 'B', 'C', 'D', 'E'].entries())
    driver.publish({ text, at: now - (5 - at) * day, images: text === 'C' ? [] : [picture] })
  return driver
}

test.each([
  ['now', []],
  ['last:2', ['D', 'E']],
  ['last:3', ['B', 'D', 'E']],
  ['last:50', ['A', 'B', 'D', 'E']],
  [`since:${new Date(Date.now() - 4.5 * day).toISOString().slice(0, 19)}Z`, ['B', 'D', 'E']],
  ['all', ['A', 'B', 'D', 'E']],
])('LEVITY_START=%s', async (start, expected) => {
  const { runUntilDone, run, texts } = await old(start)
  await runUntilDone()
  expect(firstLines(texts())).toEqual(expected)
  expect((await run()).called()).toHaveLength(2)
})

test('old posts come after everything new', async () => {
  const { run, runUntilDone, texts, publish, env } = await old('all')
  env['LEVITY_MAX_POSTS'] = '2'
  await run()
  publish({ text: 'New' })
  await runUntilDone()
  expect(firstLines(texts())).toEqual(['A', 'B', 'New', 'D', 'E'])
})

test('asked for later, old posts come then, and once', async () => {
  const { run, runUntilDone, texts, env } = await old('now')
  await run()
  env['LEVITY_START'] = 'last:1'
  await runUntilDone()
  expect(firstLines(texts())).toEqual(['E'])
  env['LEVITY_START'] = 'all'
  await runUntilDone()
  expect(firstLines(texts())).toEqual(['E', 'A', 'B', 'D'])
})

test('an archive longer than a run is listed to its bottom first', async () => {
  const { run, runUntilDone, texts, publish } = await startDriver({
    bearings: false,
    env: { LEVITY_START: 'all' },
  })
  const now = Date.now()
  publish({ text: 'Oldest', at: now - 2 * day })
  for (let at = 0; at < 520; at++) publish({ text: 'Words', images: [], at: now - day + at * 1000 })
  publish({ text: 'Newest', at: now - 1000 })
  expect((await run()).route).toMatchObject({ outcome: 'more', posted: [] })
  await runUntilDone()
  expect(firstLines(texts())).toEqual(['Oldest', 'Newest'])
})

test('an archive that gives way to a long listing of new posts begins anew', async () => {
  const { run, runUntilDone, texts, publish } = await startDriver({
    bearings: false,
    env: { LEVITY_START: 'all' },
  })
  const now = Date.now()
  publish({ text: 'Oldest', at: now - 2 * day })
  for (let at = 0; at < 520; at++) publish({ text: 'Words', images: [], at: now - day + at * 1000 })
  await run()
  for (let at = 0; at < 520; at++) publish({ text: 'Words', images: [], at: now + at * 1000 })
  publish({ text: 'Newest', at: now + 600_000 })
  await runUntilDone()
  expect(firstLines(texts())).toEqual(['Newest', 'Oldest'])
})

test('a fresh ledger asked for old posts takes as posted what the account links to', async () => {
  const { run, runUntilDone, texts, sandbox, publish, env } = await old('all')
  await runUntilDone()
  const before = texts()
  expect(before).toHaveLength(4)
  publish({ text: 'Not yet' })
  // Another route has another part of the table: a ledger that knows nothing.
  Object.assign(env, { LEVITY_ROUTES: 'afresh' })
  const { route, called } = await run()
  expect(route.posted).toHaveLength(1)
  expect(count(called('mastodon'), 'create')).toBe(1)
  await runUntilDone()
  expect(firstLines(texts())).toEqual(['A', 'B', 'D', 'E', 'Not yet'])
  expect(sandbox.mastodon.unlawful()).toEqual([])
})

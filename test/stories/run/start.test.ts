/** `LEVITY_START`, and a ledger that was lost (L4). */
import { describe, expect, test } from 'vitest'
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

describe('V6: a fresh ledger takes no status as posted that merely links to a post', () => {
  const kinds: readonly (readonly [string, number, number, boolean])[] = [
    ['without an image', 1, 0, false],
    ['with fewer images than its thread began with', 6, 2, false],
    ['with more images than the post has', 1, 2, false],
    ['with as many as its thread begins with here', 6, 3, true],
    ['with as many as most servers take', 6, 4, true],
    ['with all of them', 6, 6, true],
  ]
  test.each(kinds)('%s', async (_, images, shown, posted) => {
    const driver = await startDriver({ bearings: false, env: { LEVITY_START: 'all' } })
    const id = driver.publish({ text: 'A', images: Array.from({ length: images }, () => picture) })
    const own = driver.sandbox.mastodon.postByHand(`Look: https://www.tumblr.com/hillside/${id}`, shown)
    await driver.runUntilDone()
    expect(firstLines(driver.texts()).includes('A')).toBe(!posted)
    expect(driver.sandbox.mastodon.statuses[0]).toEqual(own)
  })

  test('nor a reply', async () => {
    const { runUntilDone, publish, sandbox, texts } = await startDriver({
      bearings: false,
      env: { LEVITY_START: 'all' },
    })
    const id = publish({ text: 'A' })
    const { id: inReplyToId } = sandbox.mastodon.postByHand('First')
    sandbox.mastodon.postByHand(`Look: https://www.tumblr.com/hillside/${id}`, 1, inReplyToId)
    await runUntilDone()
    expect(firstLines(texts())).toContain('A')
  })
})

test('a fresh ledger knows a post of 2008 again, whose id has eight digits', async () => {
  const { runUntilDone, publish, texts, env } = await startDriver({
    bearings: false,
    env: { LEVITY_START: 'all' },
  })
  const id = '12345678'
  const post_url = `https://hillside.tumblr.com/post/${id}`
  publish({ text: 'Old', at: Date.now() - day, fields: { id: Number(id), id_string: id, post_url } })
  await runUntilDone()
  env['LEVITY_ROUTES'] = 'afresh'
  await runUntilDone()
  expect(firstLines(texts())).toEqual(['Old'])
})

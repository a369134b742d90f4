/** The function is built anew when its source changes, and what ran goes on where that fails. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, onTestFinished, test } from 'vitest'
import { functionName } from '../../../scripts/dev/function.ts'
import { patience, startPages } from './pages.ts'

const dist = fileURLToPath(new URL('../../../dist/', import.meta.url))

test('a change of the source replaces the code, a mistake in it does not, and nothing is left of it', async () => {
  const watched = await mkdtemp(join(tmpdir(), 'levity-source-'))
  onTestFinished(() => rm(watched, { recursive: true }))
  const write = (code: string): Promise<void> => writeFile(join(watched, 'repost.ts'), code)
  await write(`export const handler = async (): Promise<string> => 'first'`)
  const built: string[] = []
  const heard: (string | undefined)[] = []
  const dev = await startPages({
    empty: true,
    onBuild: (trouble) => heard.push(trouble),
    code: {
      watched,
      build: async (place) => {
        built.push(place.dist)
        await mkdir(join(place.dist, 'lambda'), { recursive: true })
        await build({
          entryPoints: [join(watched, 'repost.ts')],
          outfile: join(place.dist, 'lambda', 'repost.mjs'),
          format: 'esm',
          logLevel: 'silent',
        })
      },
    },
  })
  const ask = async (): Promise<unknown> => {
    const path = `/2015-03-31/functions/${functionName}/invocations`
    return (await fetch(dev.world.lambda.url + path, { method: 'POST', body: '{}' })).json()
  }
  const page = async (): Promise<string> => (await fetch(dev.url)).text()
  try {
    expect(await ask()).toBe('first')
    await write(`export const handler = async () => 'second'`)
    await expect.poll(ask, patience).toBe('second')

    await write(`export const handler = async () => {`)
    await expect.poll(() => dev.world.code.trouble, patience).toMatch(/repost\.ts:1:\d+: ERROR/)
    expect(await page()).toContain('The last build failed. The code before it stays in use.')
    expect(await ask()).toBe('second')

    await write(`export const handler = async () => 'third'`)
    await expect.poll(ask, patience).toBe('third')
    expect(await page()).not.toContain('The last build failed')
    expect(heard.at(-1)).toBeUndefined()
  } finally {
    await dev.close()
  }
  const names = await readdir(dist)
  expect(built.length).toBeGreaterThan(2)
  for (const place of built) expect(names).not.toContain(place.slice(dist.length).split('/')[0])
})

test('a first build that fails is told, and leaves nothing', async () => {
  let place = ''
  const starting = startPages({
    code: {
      build: async ({ dist: given }) => {
        place = given
        throw new Error('There is nothing to build')
      },
    },
  })
  await expect(starting).rejects.toThrow('There is nothing to build')
  expect(await readdir(dist)).not.toContain(place.slice(dist.length).split('/')[0])
})

test('a ledger that is kept serves the next start too', async () => {
  const ledger = await mkdtemp(join(tmpdir(), 'levity-kept-'))
  onTestFinished(() => rm(ledger, { recursive: true }))
  for (const known of [0, 1]) {
    const dev = await startPages({ ledger, empty: true })
    try {
      const { sandbox, runs, send, ledger: kept } = dev.world
      expect(await Array.fromAsync(kept.posts())).toHaveLength(known)
      sandbox.tumblr.publish('hillside', { text: 'New.', images: [{ width: 100, height: 100 }] })
      await send({})
      await expect.poll(() => runs.all[0]?.invocation.ending?.outcome, patience).toBe('response')
      expect(sandbox.mastodon.statuses.map(({ text }) => text)).toEqual([expect.stringContaining('New.')])
    } finally {
      await dev.close()
    }
  }
})

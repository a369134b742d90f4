/** Who cannot see the pages, or has no mouse. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Dev } from '../../../scripts/dev/start.ts'
import { noBrowser, openBrowser } from '../../support/browser.ts'
import { openPage, patience, press, seen, startPages } from './pages.ts'

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const Violations = v.array(
  v.object({
    id: v.string(),
    impact: v.string(),
    nodes: v.array(v.object({ html: v.string(), failureSummary: v.string() })),
  }),
)

describe.skipIf(noBrowser)('access', () => {
  let browser: Browser
  let dev: Dev
  beforeAll(async () => {
    ;[browser, dev] = await Promise.all([openBrowser(), startPages({ retryDelaysMs: [] })])
    const { world } = dev
    const { tumblr, mastodon } = world.sandbox
    // Something of every kind: images without words, sensitive ones, a failed run, a fault, a post set aside.
    tumblr.publish('hillside', { images: [{ width: 400, height: 300 }], tags: ['nsfw'] })
    world.faults.set('tumblr', '503')
    await world.send({})
    await until(() => world.failures.length === 1)
    world.faults.clear()
    await world.send({})
    await until(() => mastodon.statuses.length === 8 && world.runs.all[0]?.invocation.ending !== undefined)
    world.faults.set('images', 'refuse')
    tumblr.publish('hillside', { text: 'Never.', images: [{ width: 400, height: 300 }] })
    for (let tries = 1; tries <= 5; tries++) {
      await world.letPass(3_600_000)
      await world.send({})
      await until(
        () => world.runs.all.length === tries + 2 && world.runs.all[0]?.invocation.ending !== undefined,
      )
    }
  })
  afterAll(async () => {
    await browser?.close()
    await dev?.close()
  })
  const until = (so: () => boolean): Promise<void> => vi.waitFor(() => expect(so()).toBe(true), patience)

  const newest = (): string => {
    const [post] = dev.world.sandbox.tumblr.posts('hillside')
    return String(post?.['id_string'])
  }
  const status = (): string => dev.world.sandbox.mastodon.statuses[2]?.id ?? ''
  const pages: readonly (readonly [name: string, path: () => string])[] = [
    ['the overview', () => '/'],
    ['the blog', () => '/blog'],
    ['a post beside its statuses', () => `/blog/${newest()}`],
    ['the form', () => '/blog/new'],
    ['the form of a post', () => `/blog/${newest()}/edit`],
    ['the timeline', () => '/timeline'],
    ['a thread', () => `/timeline/${status()}`],
    ['the runs', () => '/runs'],
    ['a failed run', () => '/runs/1'],
    ['the ledger', () => '/ledger'],
    ['what is not there', () => '/nothing'],
  ]

  /** What is hidden until it is opened must be fit too. */
  const openAll = (page: Page): Promise<unknown> =>
    page.evaluate(`for (const part of document.querySelectorAll('details')) part.open = true`)

  const seriousOf = async (page: Page, rules = 'undefined'): Promise<unknown> => {
    const run = `axe.run({ resultTypes: ['violations'], runOnly: ${rules} }).then((found) => found.violations)`
    const found = v.parse(Violations, await page.evaluate(run))
    return found.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  }

  test.each(pages)(
    '%s: nothing serious for axe by day or night, nothing beside a narrow window',
    async (_, path) => {
      // Colours that are still on their way from day to night would be judged half-way.
      const page = await openPage(browser, dev.url + path(), { reducedMotion: 'reduce' })
      await openAll(page)
      await page.evaluate(await readFile(axePath, 'utf8'))
      expect(await seriousOf(page)).toEqual([])
      await page.emulateMedia({ colorScheme: 'dark' })
      // By night nothing but colours is another.
      expect(await seriousOf(page, `['color-contrast', 'link-in-text-block']`)).toEqual([])
      await page.setViewportSize({ width: 360, height: 700 })
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    },
  )

  test('a post is published by the keyboard alone, and every stop on the way can be seen', async () => {
    const page = await openPage(browser, dev.url)
    const tabTo = async (name: string): Promise<void> => {
      for (let stops = 0; stops < 60; stops++) {
        await page.keyboard.press('Tab')
        const [label, outline] = v.parse(v.tuple([v.string(), v.string()]), await page.evaluate(focused))
        expect(`${label}: ${outline}`).not.toMatch(/: none$/)
        if (label === name) return
      }
      throw new Error(`Expected to come to ${name} by Tab`)
    }
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await tabTo('Publish a post')
    await page.keyboard.press('Enter')
    await seen(page.getByRole('heading', { name: 'New post' }))
    await tabTo('Text')
    await page.keyboard.type('By keys.')
    await tabTo('or one that is drawn for you')
    await page.keyboard.type('a portrait')
    await tabTo('Alt text')
    await page.keyboard.type('A tall hill.')
    await tabTo('Add another image')
    await page.keyboard.press('Enter')
    await tabTo('Publish')
    await page.keyboard.press('Enter')
    const post = page.getByRole('region', { name: 'On Tumblr' })
    await seen(post.getByText('By keys.'))
    const image = post.getByRole('img', { name: 'A tall hill.' })
    expect([await image.getAttribute('width'), await image.getAttribute('height')]).toEqual(['960', '1280'])
  })

  test('a button that is pressed keeps the focus, and what it did is read out', async () => {
    const page = await openPage(browser, dev.url)
    await press(page, 'Let 10 minutes pass')
    await seen(page.getByRole('status').getByText('10 minutes have passed.'))
    await seen(page.getByText(/^It is later here than outside, by 5 hours, 10 minutes/))
    expect(await page.evaluate(focused)).toEqual(['Let 10 minutes pass', expect.any(String)])
  })

  test('what is brought up to date keeps the focus where it was', async () => {
    const page = await openPage(browser, `${dev.url}/timeline`)
    const link = page.getByRole('article').nth(3).getByRole('link').first()
    await link.focus()
    const before = await page.evaluate('document.activeElement.href')
    dev.world.sandbox.mastodon.postByHand('A word between.')
    dev.world.touch()
    await seen(page.getByText('A word between.'))
    expect(await page.evaluate('document.activeElement.href')).toBe(before)
    await page.keyboard.press('Enter')
    await expect.poll(() => page.url(), patience).toBe(before)
  })
})

/** The name of what has the focus, and whether that can be seen. */
const focused = `(() => {
  const at = document.activeElement
  const name = at.getAttribute('aria-label') ?? at.labels?.[0]?.innerText ?? at.innerText ?? ''
  return [name.trim(), getComputedStyle(at).outlineStyle]
})()`

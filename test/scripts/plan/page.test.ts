/** The page of a plan, in a browser. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { drawPage } from '../../../scripts/plan/page.ts'
import { PagePictures } from '../../../scripts/plan/pictures.ts'
import { parsePossible } from '../../../src/core/config/possible.ts'
import { runAll } from '../../../src/repost.ts'
import { noBrowser, openBrowser } from '../../support/browser.ts'
import { type Driver, picture, startDriver } from '../../support/run.ts'

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const Violations = v.array(
  v.object({
    id: v.string(),
    impact: v.nullable(v.string()),
    nodes: v.array(v.object({ html: v.string() })),
  }),
)

const hostile = `"><img src=x onerror="document.title='seen'"><script>document.title='seen'</script> & 'so on'`

/** Of what the blog has now. */
async function planned({ env }: Driver, pictures = new PagePictures()): Promise<string> {
  const surroundings = { env, timeLeft: () => Number.POSITIVE_INFINITY, tell: () => {}, keep: pictures.keep }
  const report = await runAll({ mode: 'plan' }, surroundings)
  return drawPage({ report, routes: parsePossible(env).routes, pictures, madeAt: Date.UTC(2026, 9, 1, 9, 5) })
}

/** Posts of every kind; their pictures are small, and some of them must be changed. */
async function variety(): Promise<Driver> {
  const mastodon = { limits: { imagePixels: 40_000 } }
  const driver = await startDriver({ mastodon, env: { LEVITY_LANGUAGE: 'en' } })
  driver.publish({
    text: `Hostile ${hostile}`,
    tags: ['hill walk'],
    images: [{ ...picture, altText: `Alt ${hostile}` }],
  })
  driver.publish({
    text: 'Found a fox.',
    tags: ['cw animal death'],
    images: [{ width: 400, height: 300 }],
  })
  driver.publish({ text: 'Five', images: Array.from({ length: 5 }, () => ({ width: 60, height: 40 })) })
  driver.publish({ text: 'Nothing to see', images: [] })
  return driver
}

let varied: Promise<string> | undefined
/** Its page; planned once for all tests that only look at it. */
const variedPage = (): Promise<string> => {
  varied ??= variety().then((driver) => planned(driver))
  return varied
}

describe.skipIf(noBrowser)('the page of a plan', () => {
  let browser: Browser
  let folder: string
  beforeAll(async () => {
    ;[browser, folder] = await Promise.all([openBrowser(), mkdtemp(join(tmpdir(), 'levity-page-'))])
  })
  afterAll(async () => {
    await browser?.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** `troubles`: whatever the browser complains of, and whatever the page asks for. */
  async function open(
    html: string,
    options: BrowserContextOptions = {},
  ): Promise<{ readonly page: Page; readonly troubles: readonly string[] }> {
    const file = join(folder, 'plan.html')
    await writeFile(file, html)
    const page = await browser.newPage(options)
    onTestFinished(() => page.close())
    const troubles: string[] = []
    page.on('console', (message) => troubles.push(message.text()))
    page.on('pageerror', (error) => troubles.push(error.message))
    page.on('dialog', (dialog) => troubles.push(dialog.message()))
    page.on('request', (request) => {
      if (!request.url().startsWith('data:') && request.url() !== `file://${file}`)
        troubles.push(request.url())
    })
    await page.goto(`file://${file}`)
    return { page, troubles }
  }

  test('shows each status as it would look, and its pictures before and after', async () => {
    const driver = await variety()
    const { page, troubles } = await open(await planned(driver))
    expect(await page.locator('.route > p').first().textContent()).toBe(
      '3 posts, 4 statuses, 7 images, 6 without an alt text.',
    )
    const [, fox, five] = await page.locator('article').all()
    expect(await fox?.locator('summary').innerText()).toBe('Content warning: animal death')
    expect(await fox?.locator('.content').innerText()).toContain('Found a fox.')
    expect(await fox?.locator('figcaption').allInnerTexts()).toEqual([
      expect.stringMatching(/^Before: 250×188, \d+ kB$/),
      expect.stringMatching(/^After \(shrunk\): 2\d\d×1\d\d, \d+ kB$/),
    ])
    expect(await fox?.locator('.alt').innerText()).toBe(
      'No alt text Whoever cannot see it is not told what it shows.',
    )
    expect(await five?.locator('h4').allInnerTexts()).toEqual(['Status 1 of 2', 'Status 2 of 2'])
    expect(await five?.locator('.badges').allInnerTexts()).toEqual(['Public\nen', 'Quiet public\nen'])
    expect(await page.locator('footer').first().innerText()).toMatch(
      /^\s*\d+ of 500 characters\s+1 hashtag: #HillWalk$/,
    )
    expect(await page.locator('.skipped').innerText()).toMatch(/Left out\s+Post \d+: it has no image/)
    const shown = await page.locator('img').evaluateAll((images) =>
      images.map((image) => ({
        bytes: image.getAttribute('src')?.replace(/^data:image\/\w+;base64,/, '') ?? '',
        drawn: 'naturalWidth' in image && Number(image.naturalWidth) > 0,
      })),
    )
    expect(shown.map(({ drawn }) => drawn)).toEqual(Array.from({ length: 8 }, () => true))
    await driver.run()
    const sent = driver.sandbox.mastodon.statuses.flatMap(({ media }) =>
      media.map(({ bytes }) => Buffer.from(bytes).toString('base64')),
    )
    // The third is the fox's, before.
    expect(shown.map(({ bytes }) => bytes).toSpliced(1, 1)).toEqual(sent)
    expect(sent).not.toContain(shown[1]?.bytes)
    expect(troubles).toEqual([])
  })

  test('takes every word for a word', async () => {
    const { page, troubles } = await open(await variedPage())
    const post = page.locator('article').first()
    expect(await post.locator('.content').innerText()).toContain(`Hostile ${hostile}`)
    expect(await post.locator('.alt').innerText()).toContain(`Alt ${hostile}`)
    expect(await post.locator('img').getAttribute('alt')).toBe(`Alt ${hostile}`)
    expect(await page.locator('script, [onerror], img:not([src^="data:"])').count()).toBe(0)
    expect(await page.title()).toBe('Plan: main')
    expect(troubles).toEqual([])
  })

  test('lets nothing in, even if something stood in it', async () => {
    const html = (await variedPage()).replace(
      '</main>',
      '<script>document.title = "seen"</script><img src="https://127.0.0.1:9/x.png"></main>',
    )
    const { page, troubles } = await open(html)
    expect(await page.title()).toBe('Plan: main')
    expect(troubles.filter((text) => /Content Security Policy/.test(text))).toHaveLength(2)
  })

  test.each<[string, BrowserContextOptions]>([
    ['by day', { colorScheme: 'light' }],
    ['by night', { colorScheme: 'dark' }],
    ['on a phone', { viewport: { width: 320, height: 640 } }],
  ])('nothing is amiss for axe %s, and nothing stands beside the window', async (_, options) => {
    const { page } = await open(await variedPage(), options)
    await page.evaluate(await readFile(axePath, 'utf8'))
    const found = v.parse(Violations, await page.evaluate('axe.run().then(({ violations }) => violations)'))
    expect(found.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
  })

  test('is used without a mouse', async () => {
    const { page } = await open(await variedPage())
    const focused = (): Promise<unknown> => page.evaluate('document.activeElement.innerText')
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('To the plan')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    expect(await focused()).toMatch(/^Hostile /)
    const summary = page.locator('summary')
    await summary.focus()
    await page.keyboard.press('Enter')
    expect(await page.locator('.cw .content').isVisible()).toBe(false)
    await page.keyboard.press('Enter')
    expect(await page.locator('.cw .content').isVisible()).toBe(true)
  })

  test('where there is nothing to do, says what comes next; where something fails, what', async () => {
    const driver = await startDriver()
    const { page } = await open(await planned(driver))
    expect(await page.locator('.route').innerText()).toMatch(
      /No post would go out\.\s+There is nothing to post: hillside has no posts yet\. What the blog publishes from now on/,
    )
    driver.sandbox.mastodon.revokeToken()
    driver.sandbox.switchboard.play({ service: 'tumblr', times: 9, when: 'before', play: { status: 503 } })
    const failed = await open(await planned(driver))
    expect(await failed.page.locator('.note.bad').innerText()).toMatch(
      /^Tumblr could not list posts of hillside: HTTP 503/,
    )
  })
})

test('a page has an end: beyond it pictures are left out, and it says so', async () => {
  const pictures = new PagePictures()
  const large = { bytes: new Uint8Array(30 * 1024 * 1024), width: 60, height: 40, mimeType: 'image/png' }
  const image = { route: 'main', post: '1', of: 2, change: 'kept', from: large, to: large } as const
  pictures.keep({ ...image, image: 1 })
  pictures.keep({ ...image, image: 2 })
  expect(pictures.find('main', '1', 1).after).toMatch(/^data:image\/png;base64,AAAA/)
  expect(pictures.find('main', '1', 2)).toEqual({ before: undefined, after: undefined })
  const driver = await startDriver()
  driver.publish()
  // Of another plan: none of these is known.
  const html = await planned(driver, Object.assign(new PagePictures(), { keep: () => {} }))
  expect(html).toContain('The pictures of this plan are too large for one page; this one is not shown.')
  expect(html).toMatch(/<a href="https:\/\/127\.0\.0\.1[^"]+" rel="noreferrer">The image on Tumblr<\/a>/)
})

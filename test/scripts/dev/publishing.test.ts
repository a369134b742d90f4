/** From the form to the timeline, in a browser. */
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Dev } from '../../../scripts/dev/start.ts'
import { drawPicture } from '../../../scripts/sandbox/pictures/bytes.ts'
import { noBrowser, openBrowser } from '../../support/browser.ts'
import { gone, openPage, patience, press, seen, startPages, upToDate } from './pages.ts'

describe.skipIf(noBrowser)('publishing', () => {
  let browser: Browser
  let dev: Dev
  beforeAll(async () => {
    ;[browser, dev] = await Promise.all([openBrowser(), startPages({ empty: true })])
  })
  afterAll(async () => {
    await browser?.close()
    await dev?.close()
  })

  const file = async (seed: string, format: 'png' | 'jpeg') => ({
    name: `${seed}.${format}`,
    mimeType: `image/${format}`,
    buffer: Buffer.from(await drawPicture({ seed, format, width: 320, height: 240 })),
  })
  const imageRow = (page: Page, number: number) => page.getByRole('group', { name: `Image ${number}` })
  const sources = (post: Locator): Promise<readonly (string | null)[]> =>
    post.locator('figure img').evaluateAll((all) => all.map((one) => one.getAttribute('src')))
  const open = (path: string, options = {}): Promise<Page> => openPage(browser, dev.url + path, options)
  const publish = async (page: Page, text: string): Promise<void> => {
    await page.getByLabel('Text', { exact: true }).fill(text)
    await press(page, 'Publish')
    await seen(page.getByRole('region', { name: 'On Mastodon' }))
  }

  test('two files with their alt texts arrive, behind a warning, on a page that is not loaded anew', async () => {
    const timeline = await open('/timeline')
    await timeline.evaluate(`document.body.setAttribute('data-mark', 'as it was loaded')`)
    const page = await open('/blog/new')
    await imageRow(page, 1)
      .getByLabel('A file of your own')
      .setInputFiles(await file('web', 'png'))
    await imageRow(page, 1).getByLabel('Alt text').fill('A web in the <morning> light.')
    await press(page, 'Add another image')
    await imageRow(page, 2)
      .getByLabel('A file of your own')
      .setInputFiles(await file('dew', 'jpeg'))
    await imageRow(page, 2).getByLabel('Alt text').fill('Dew on a thread.')
    await page.getByLabel('Tags').fill('cw spiders, Morning Dew')
    await publish(page, 'Who lives here?')
    await seen(page.getByText('No run has seen it yet.'))
    await press(page, 'Run now')

    const status = timeline.getByRole('article').filter({ hasText: 'Who lives here?' })
    await seen(status.getByText('spiders'))
    expect(await status.getByText('Who lives here?').isVisible()).toBe(false)
    await status.getByText('Show more').click()
    await seen(status.getByText('Who lives here?'))
    await seen(status.getByRole('link', { name: '#MorningDew' }))
    await seen(status.getByRole('img', { name: 'Dew on a thread.' }))
    const first = status.getByRole('listitem').first()
    expect(await first.getByText('A web in the <morning> light.').isVisible()).toBe(false)
    await first.getByText('ALT').click()
    await seen(first.getByText('A web in the <morning> light.'))
    const shown = status.getByRole('img', { name: 'A web in the <morning> light.' })
    expect(await shown.getAttribute('width')).toBe('320')
    expect(await timeline.locator('body').getAttribute('data-mark')).toBe('as it was loaded')
    expect(await timeline.getByRole('status').allTextContents()).toContain('1 status in 1 thread.')
    // On the post's own page too, and what it leads to is the post.
    await seen(page.getByText('posted', { exact: true }))
    await status.getByRole('link', { name: /hillside\.tumblr\.com/ }).click()
    expect(timeline.url()).toBe(page.url())
  })

  test('images that are sensitive stay hidden until they are shown, and stay shown when the page is brought up to date', async () => {
    const page = await open('/blog/new')
    await page.getByLabel('Tags').fill('nsfw')
    await imageRow(page, 1).getByLabel('Alt text').fill('A bare hill.')
    await publish(page, 'Bare.')
    await press(page, 'Run now')
    const status = page.getByRole('article').filter({ hasText: 'Sensitive content' })
    await seen(status)
    const image = status.getByRole('img', { name: 'A bare hill.' })
    expect(await image.isVisible()).toBe(false)
    await status.getByText('Show', { exact: true }).click()
    await seen(image)
    const before = dev.world.runs.all.length
    await press(page, 'Run now')
    await expect.poll(() => dev.world.runs.all.length, patience).toBe(before + 1)
    await upToDate(page, dev)
    expect(await image.isVisible()).toBe(true)
  })

  test('a reblog with a trail, pinned and dated back; then changed, and deleted', async () => {
    const page = await open('/blog/new')
    await page.getByLabel('Dated').fill('2020-02-03T04:05')
    await page.getByLabel('Pinned').check()
    await page.getByText('Reblog another blog’s post').click()
    await page.getByLabel('Its blog').fill('valleyside')
    await page.getByLabel('Its text').fill('From the valley.')
    await page.getByLabel('How many images').fill('2')
    await imageRow(page, 1).getByLabel('Alt text').fill('From above.')
    await publish(page, 'And from the hill.')
    const post = page.getByRole('region', { name: 'On Tumblr' }).getByRole('article')
    for (const text of ['Pinned', 'Reblog', 'valleyside', 'From the valley.', '3 Feb 2020, 04:05'])
      await seen(post.getByText(text, { exact: true }))
    const before = await sources(post)

    await post.getByRole('link', { name: 'Edit' }).click()
    await page.getByLabel('Text', { exact: true }).fill('And from the hill, changed.')
    await imageRow(page, 1).getByLabel('Alt text').fill('From high above.')
    await press(page, 'Add another image')
    await imageRow(page, 2).getByLabel('or one that is drawn').selectOption('portrait')
    await press(page, 'Save the post')
    await seen(post.getByText('And from the hill, changed.'))
    await seen(post.getByRole('img', { name: 'From high above.' }))
    const after = await sources(post)
    expect([before.length, after.length]).toEqual([3, 4])
    expect(after.slice(0, 3)).toEqual(before)

    await page.goto(`${dev.url}/blog`)
    const onBlog = page.getByRole('article').filter({ hasText: 'changed' })
    expect(await page.getByRole('article').first().textContent()).toContain('changed')
    await onBlog.getByRole('button', { name: 'Delete' }).click()
    await gone(onBlog)
    // What had the focus is gone with the post; the reader is not left nowhere.
    expect(await page.evaluate('document.activeElement?.tagName')).toBe('H1')
  })

  test('what is no image, or nothing at all, is refused in a sentence, and what was written stays', async () => {
    const page = await open('/blog/new')
    const notes = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no image') }
    await page.getByLabel('Text', { exact: true }).fill('With notes.')
    await imageRow(page, 1).getByLabel('A file of your own').setInputFiles(notes)
    await press(page, 'Publish')
    await seen(
      page
        .getByRole('alert')
        .getByText('Image 1: Expected a jpeg, png, gif, webp, avif image but received notes.txt'),
    )
    expect(await page.getByLabel('Text', { exact: true }).inputValue()).toBe('With notes.')
    await page.getByLabel('Text', { exact: true }).fill('')
    await imageRow(page, 1).getByLabel('or one that is drawn').selectOption('none')
    await press(page, 'Publish')
    await seen(page.getByRole('alert').getByText('Expected some text or an image but received neither'))
  })

  test('without a script the buttons lead back to the page', async () => {
    const page = await open('/ledger', { javaScriptEnabled: false })
    const before = dev.world.runs.all.length
    await press(page, 'Run now')
    expect(page.url()).toBe(`${dev.url}/ledger`)
    await expect.poll(() => dev.world.runs.all.length, patience).toBe(before + 1)
  })
})

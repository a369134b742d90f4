/** Faults, the clock and what the pages say of them, in a browser. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Dev } from '../../../scripts/dev/start.ts'
import { noBrowser, openBrowser } from '../../support/browser.ts'
import { openPage, patience, press, seen, startPages } from './pages.ts'

describe.skipIf(noBrowser)('faults', () => {
  let browser: Browser
  let dev: Dev
  beforeAll(async () => {
    ;[browser, dev] = await Promise.all([
      openBrowser(),
      startPages({ empty: true, retryDelaysMs: [100, 100] }),
    ])
  })
  afterAll(async () => {
    await browser?.close()
    await dev?.close()
  })

  const open = (path: string): Promise<Page> => openPage(browser, dev.url + path)
  const publish = async (page: Page, text: string, choice = 'landscape'): Promise<void> => {
    await page.goto(`${dev.url}/blog/new`)
    await page.getByLabel('Text', { exact: true }).fill(text)
    await page.getByLabel('or one that is drawn').selectOption(choice)
    await press(page, 'Publish')
    await seen(page.getByText('No run has seen it yet.'))
  }
  /** Sets one, and says how the page then tells of it. */
  const set = async (page: Page, place: string, kind: string, times = 'every call'): Promise<void> => {
    await page.goto(dev.url)
    await page.getByLabel(`With ${place}`).selectOption(kind)
    await page.getByLabel(times).check()
    await press(page, 'Set the faults')
    await seen(page.getByText('1 fault is on.'))
    await seen(page.getByRole('link', { name: '1 fault on' }))
  }
  const clear = async (page: Page): Promise<void> => {
    await page.goto(dev.url)
    await press(page, 'Switch all off')
    await seen(page.getByText('None is on.'))
  }
  /** Until the run that is asked for has ended. */
  const run = async (page: Page): Promise<void> => {
    const before = dev.world.runs.all.length
    await press(page, 'Run now')
    const ended = () => dev.world.runs.all.filter(({ invocation }) => invocation.ending).length
    await expect.poll(ended, patience).toBeGreaterThan(before)
  }
  const letPass = async (page: Page, minutes: number): Promise<void> => {
    await page.goto(dev.url)
    await page.getByLabel('Minutes', { exact: true }).fill(String(minutes))
    await press(page, 'Let them pass')
    await seen(page.getByText(`${minutes} minutes have passed.`))
  }
  const posted = (text: string) =>
    dev.world.sandbox.mastodon.statuses.filter((one) => one.text.includes(text))

  test('a server that is down makes the run fail and the post wait; switched off, and it arrives', async () => {
    const page = await open('/')
    await set(page, 'uploads to Mastodon', '503')
    await publish(page, 'Patience.')
    await run(page)
    await page.goto(`${dev.url}/runs`)
    // The first try, at the bottom.
    const last = page.getByRole('row').last()
    await seen(last.getByText(/^failed: .*503/))
    await seen(last.getByText(/^cold, /))
    await seen(last.getByText(/^\d+ MB$/))
    await page.goto(`${dev.url}/ledger`)
    await seen(page.getByText(/^has stood still since .*503/))
    await seen(page.getByRole('row', { name: /Patience\./ }).getByText('waiting'))

    await clear(page)
    await letPass(page, 15)
    await seen(page.getByText('It is later here than outside, by 15 minutes.'))
    await run(page)
    await page.goto(`${dev.url}/timeline`)
    await seen(page.getByRole('article').getByText('Patience.'))
    await page.goto(`${dev.url}/runs`)
    const row = page.getByRole('row').filter({ hasText: '1 posted' })
    await row.getByRole('link').click()
    await seen(page.getByRole('list').getByText(/^INFO post \d+ is posted: http/))
    await seen(page.getByRole('region', { name: 'Report' }).getByText(/"posted": \[\s+\{\s+"post": "\d+"/))
    expect(posted('Patience.').length).toBe(1)
  })

  test('a dead image is set aside after three hours, as the next post gets through; once mended, it is taken up again', async () => {
    const page = await open('/')
    await publish(page, 'Gone.', 'missing')
    await run(page)
    await publish(page, 'Next.')
    await run(page)
    expect(posted('Next.')).toEqual([])
    await letPass(page, 180)
    await run(page)
    await page.goto(`${dev.url}/ledger`)
    const row = page.getByRole('row', { name: /Gone\./ })
    await seen(row.getByText('parked'))
    await seen(row.getByText(/HTTP 404/))
    await seen(row.getByRole('cell', { name: '3', exact: true }))
    await seen(page.getByRole('row', { name: /Next\./ }).getByText('posted'))
    await row.getByRole('link').first().click()
    await page.getByRole('link', { name: 'Edit' }).click()
    await page.getByLabel('instead of what it is').selectOption('landscape')
    await press(page, 'Save the post')
    await page.goto(`${dev.url}/ledger`)
    await row.getByRole('button', { name: /^Retry post/ }).click()
    await seen(row.getByText('posted'))
    expect(posted('Gone.').length).toBe(1)
  })

  test('a run that dies just after a status was made: the next one finds it, and posts nothing twice', async () => {
    const page = await open('/')
    await set(page, 'new statuses on Mastodon', 'kill', 'the next call alone')
    await publish(page, 'Once.')
    await run(page)
    await page.goto(`${dev.url}/runs`)
    await seen(page.getByText(/Runtime exited with error: signal: killed/).first())
    await page.goto(dev.url)
    await seen(page.getByText('it struck one call, and is over'))
    expect(posted('Once.').length).toBe(1)
    await letPass(page, 30)
    await run(page)
    await page.goto(`${dev.url}/ledger`)
    await seen(page.getByRole('row', { name: /Once\./ }).getByText('posted'))
    expect(posted('Once.').length).toBe(1)
  })

  test('a setting is changed while it runs; a wrong one is told, and changes nothing', async () => {
    const page = await open('/')
    const settings = page.getByLabel(/^One to a line/)
    expect(await settings.inputValue()).toBe('LEVITY_START=all\nLEVITY_DELAY=0')
    await settings.fill('LEVITY_DELAY=0\nLEVITY_REBLOGS=some')
    await press(page, 'Use these settings')
    await seen(page.getByText(/Expected own, all or none for LEVITY_REBLOGS/))
    await settings.fill('LEVITY_START=all\nLEVITY_DELAY=0\nLEVITY_VISIBILITY=private')
    await press(page, 'Use these settings')
    await seen(page.getByText('The next run goes by these settings.'))
    await publish(page, 'Among ourselves.')
    await run(page)
    // The address that a report tells, opened by a person.
    await page.goto(posted('Among ourselves.')[0]?.url ?? '')
    const status = page.getByRole('article').filter({ hasText: 'Among ourselves.' })
    await seen(status.getByText('Followers'))
  })

  test('an event that fails three times is told to the failure destination', async () => {
    const page = await open('/')
    await set(page, 'Tumblr’s list of posts', 'refuse')
    await page.getByLabel('JSON for the function').fill('{"route":"main"}')
    await press(page, 'Send the event')
    await page.goto(`${dev.url}/runs`)
    await seen(page.getByText(/^by hand, \{"route":"main"\}, try 3$/))
    const record = page.getByRole('listitem').filter({ hasText: '"route": "main"' })
    await seen(record.getByText(/^RetriesExhausted after 3 tries/))
    await seen(record.getByText(/"errorMessage": "main: .*TUMBLR_CONSUMER_KEY/))
    await clear(page)
  })
})

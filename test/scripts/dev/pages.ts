/** A world with its pages for one file of tests; no run begins by itself, and no change of the source counts. */
import { existsSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { type Dev, type DevOptions, startDev } from '../../../scripts/dev/start.ts'

const patienceMs = 10_000
/** For `expect.poll`. */
export const patience = { timeout: patienceMs } as const

const built = fileURLToPath(new URL('../../../dist/lambda', import.meta.url))

/** The function is the one that `npm test` has built, or built anew where there is none. */
export async function startPages(options: Partial<DevOptions> = {}): Promise<Dev> {
  const watched = await mkdtemp(join(tmpdir(), 'levity-watched-'))
  const dev = await startDev({
    everyMs: 0,
    port: 0,
    code: { watched, ...(existsSync(built) && { build: copyBuilt }) },
    ...options,
  })
  return {
    ...dev,
    close: async () => {
      await dev.close()
      await rm(watched, { recursive: true })
    },
  }
}

const copyBuilt = ({ dist }: { readonly dist: string }): Promise<void> =>
  cp(built, join(dist, 'lambda'), { recursive: true })

/** A page of its own, which fails the test where the page itself complains. */
export async function openPage(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext(options)
  // Below a test's own, so that it says what was waited for.
  context.setDefaultTimeout(patienceMs)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (/Content Security Policy|Uncaught/.test(message.text())) complaints.push(message.text())
  })
  onTestFinished(async () => {
    await context.close()
    if (complaints.length > 0) throw new Error(`The page complained: ${complaints.join('; ')}`)
  })
  await page.goto(address)
  return page
}

/** Until it is there to be seen. */
export const seen = (locator: Locator): Promise<void> => locator.waitFor({ state: 'visible' })
/** Until it is there no more. */
export const gone = (locator: Locator): Promise<void> => locator.waitFor({ state: 'hidden' })

export const press = (page: Page, name: string): Promise<void> =>
  page.getByRole('button', { name, exact: true }).click()

/** Until the page shows what is so. */
export const upToDate = (page: Page, { world }: Dev): Promise<void> =>
  expect
    .poll(async () => (await page.locator('html').getAttribute('data-version')) === world.version(), patience)
    .toBe(true)

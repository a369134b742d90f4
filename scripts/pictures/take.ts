/** The README's pictures, taken in the sandbox, each in a light and a dark version. */
import type { Browser, Locator, Page } from 'playwright-core'
import sharp from 'sharp'
import { openBrowser } from './chromium.ts'
import { makePlanPage } from './plan-page.ts'
import { type Scene, startScene } from './scene.ts'
import { type Shows, showsOf } from './shows.ts'

export type TakenPictures = {
  /** WebP by file name. */
  readonly files: ReadonlyMap<string, Uint8Array>
  /** By the picture's name. */
  readonly shows: Readonly<Record<string, Shows>>
}

type Shot = { readonly bytes: Uint8Array; readonly shows: Shows }

/** CSS pixels. The page is high enough to show every part without scrolling. */
const [width, height] = [1000, 1600]
const schemes = ['light', 'dark'] as const

/** Throws where there is no Chromium, and where a page does not show what it should. */
export async function takePictures(): Promise<TakenPictures> {
  const scene = await startScene()
  try {
    const browser = await openBrowser()
    try {
      return await takeAll(browser, scene)
    } finally {
      await browser.close()
    }
  } finally {
    await scene.close()
  }
}

async function takeAll(browser: Browser, scene: Scene): Promise<TakenPictures> {
  const files = new Map<string, Uint8Array>()
  const shows: Record<string, Shows> = {}
  for (const [name, take] of Object.entries({ thread: takeThread, plan: takePlan, overview: takeOverview }))
    for (const colorScheme of schemes) {
      const page = await browser.newPage({
        ...{ colorScheme, reducedMotion: 'reduce', locale: 'en-GB', deviceScaleFactor: 2 },
        viewport: { width, height },
      })
      const shot = await take(page, scene)
      await page.close()
      files.set(`${name}-${colorScheme}.webp`, await shrink(shot.bytes))
      shows[name] ??= shot.shows
    }
  return { files, shows }
}

const shrink = (png: Uint8Array): Promise<Uint8Array> =>
  sharp(png).webp({ quality: 84, effort: 6, smartSubsample: true }).toBuffer()

/** A post, and beside it the thread that became of it, its warnings and one alt text opened. */
async function takeThread(page: Page, { url, postId }: Scene): Promise<Shot> {
  await page.goto(`${url}/blog/${postId}?plain`)
  for (const summary of await page.getByText('Show more').all()) await summary.click()
  await page.locator('.alt summary').last().click()
  // The server has another address at every start.
  for (const handle of await page.locator('.handle').all())
    await handle.evaluate((one) => one.replaceChildren('@levity@mastodon.example'))
  const part = page.locator('#beside')
  const shows = await showsOf(part)
  return { bytes: await photograph(page, part, { above: 12, below: 12 }), shows }
}

/** What a plan shows of a post before it goes out. */
async function takePlan(page: Page, { world, nextId }: Scene): Promise<Shot> {
  await page.setViewportSize({ width: 780, height })
  await page.setContent(await makePlanPage(world.sandbox, nextId))
  const part = page.locator('article.post')
  return { bytes: await photograph(page, part, { above: 12, below: 12 }), shows: await showsOf(part) }
}

/** The first page of `npm run dev`, with a fault switched on. */
async function takeOverview(page: Page, { url, world }: Scene): Promise<Shot> {
  world.schedule.set(20_000)
  await page.goto(url)
  await page.getByLabel('With uploads to Mastodon').selectOption('503')
  await page.getByRole('button', { name: 'Set the faults' }).click()
  await page.locator('#faults-state li').waitFor()
  const part = page.locator('.columns')
  // The options of a closed list cannot be seen.
  await part.locator('option:not(:checked)').evaluateAll((all) => all.map((option) => option.remove()))
  const shows = await showsOf(part)
  const top = await part.evaluate((one) => one.getBoundingClientRect().top)
  return { bytes: await photograph(page, part, { above: top, below: 0 }), shows }
}

/** A part in the page's whole width, with so many CSS pixels above and below it. */
async function photograph(
  page: Page,
  part: Locator,
  { above, below }: { readonly above: number; readonly below: number },
): Promise<Uint8Array> {
  await page.evaluate(
    `document.activeElement.blur(); Promise.all([...document.images].map((image) => image.decode()))`,
  )
  const box = await part.boundingBox()
  if (box === null) throw new Error('Expected a part of the page that can be seen but received none')
  return page.screenshot({
    animations: 'disabled',
    clip: {
      x: 0,
      y: box.y - above,
      width: page.viewportSize()?.width ?? width,
      height: box.height + above + below,
    },
  })
}

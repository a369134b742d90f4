/** Chromium for tests, which are left out where there is none. */
import { noChromium } from '../../scripts/pictures/chromium.ts'

export { openBrowser } from '../../scripts/pictures/chromium.ts'

/** Why no browser can be opened here; undefined where one can. In CI nothing may be left out. */
export const noBrowser: string | undefined = noChromium
if (noBrowser !== undefined) {
  if (process.env['CI']) throw new Error(`The browser's tests: it ${noBrowser}`)
  console.warn(`The browser's tests are left out: it ${noBrowser}`)
}

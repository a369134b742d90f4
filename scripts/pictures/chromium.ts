/** Chromium, where it is installed: `CHROMIUM_PATH`, or on the PATH. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

const isRunnable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const path =
  process.env['CHROMIUM_PATH'] ||
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
    .find(isRunnable)

/** Why no browser can be opened here; undefined where one can. */
export const noChromium: string | undefined =
  path === undefined ? 'needs Chromium on the PATH, or its path in CHROMIUM_PATH' : undefined

/** With these, Chromium makes no requests of its own. */
const flags = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update'],
]

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ ...(path !== undefined && { executablePath: path }), args: flags })

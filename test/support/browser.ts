/** Chromium, where it is installed (`CHROMIUM_PATH`, or `chromium` on the PATH). */
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
  process.env['CHROMIUM_PATH'] ??
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
    .find(isRunnable)

/** Why no browser can be opened here; undefined where one can. In CI nothing may be left out. */
export const noBrowser: string | undefined =
  path === undefined ? 'needs Chromium on the PATH, or its path in CHROMIUM_PATH' : undefined
if (noBrowser !== undefined) {
  if (process.env['CI']) throw new Error(`The browser's tests: it ${noBrowser}`)
  console.warn(`The browser's tests are left out: it ${noBrowser}`)
}

/** It asks nobody for anything by itself. */
const flags = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update'],
]

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ ...(path !== undefined && { executablePath: path }), args: flags })

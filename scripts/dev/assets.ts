/** The style, the script, and the drawings that the pages share. */
import { readFile } from 'node:fs/promises'
import type { Hono } from 'hono'
import { drawScenery } from '../sandbox/pictures/scenery.ts'
import type { HonoEnv } from '../sandbox/server.ts'

const styles = [
  '../plan/style.css',
  ...['base', 'forms', 'blog', 'timeline', 'tables'].map((name) => `style/${name}.css`),
]
const files = {
  '/page.css': { type: 'text/css', parts: styles },
  '/page.js': { type: 'text/javascript', parts: ['page.js'] },
} as const
const drawings = {
  '/icon.svg': 'levity',
  '/blog/avatar.svg': 'hillside',
  '/timeline/avatar.svg': 'levity',
} as const

export function assetRoutes(app: Hono<HonoEnv>): void {
  for (const [path, { type, parts }] of Object.entries(files))
    app.get(path, async (c) => {
      const texts = await Promise.all(parts.map((part) => readFile(new URL(part, import.meta.url), 'utf8')))
      const headers = { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-cache' }
      return c.body(texts.join('\n'), 200, headers)
    })
  for (const [path, seed] of Object.entries(drawings))
    app.get(path, (c) => c.body(drawScenery(seed, 96, 96), 200, { 'content-type': 'image/svg+xml' }))
}

/** The style, the script, and the drawings that the pages share. */
import { readFile } from 'node:fs/promises'
import type { Hono } from 'hono'
import { drawScenery } from '../sandbox/scenery.ts'
import type { Env } from '../sandbox/server.ts'

const files = { '/desk.css': 'text/css', '/desk.js': 'text/javascript' } as const
const drawings = {
  '/icon.svg': 'levity',
  '/blog/avatar.svg': 'hillside',
  '/timeline/avatar.svg': 'levity',
} as const

export function assetRoutes(app: Hono<Env>): void {
  for (const [path, type] of Object.entries(files))
    app.get(path, async (c) => {
      const text = await readFile(new URL(`.${path}`, import.meta.url), 'utf8')
      return c.body(text, 200, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-cache' })
    })
  for (const [path, seed] of Object.entries(drawings))
    app.get(path, (c) => c.body(drawScenery(seed, 96, 96), 200, { 'content-type': 'image/svg+xml' }))
}

/** The README's pictures, against what the pages show today. Pixels are not compared: fonts are the machine's. */
import { readdir, readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { type TakenPictures, takePictures } from '../../scripts/pictures/take.ts'
import { noBrowser } from '../support/browser.ts'

const folder = new URL('../../.github/pictures/', import.meta.url)
const kept = async (name: string): Promise<Buffer> => readFile(new URL(name, folder))

describe.skipIf(noBrowser)('the pictures', () => {
  let taken: TakenPictures
  beforeAll(async () => {
    taken = await takePictures()
  })

  test('show what the pages show now (else: npm run pictures)', async () => {
    expect(JSON.parse(String(await kept('pictures.json')))).toEqual(taken.shows)
  })

  test('are all that is in their folder, as large as the new ones, and small files', async () => {
    const names = [...taken.files.keys()]
    expect((await readdir(folder)).sort()).toEqual([...names, 'pictures.json'].sort())
    for (const name of names) {
      const bytes = await kept(name)
      expect(bytes.length, name).toBeLessThan(300_000)
      const [then, now] = await Promise.all([
        sharp(bytes).metadata(),
        sharp(taken.files.get(name)).metadata(),
      ])
      expect([name, then.format, then.width]).toEqual([name, 'webp', now.width])
    }
  })
})

test('each stands in the README, in its light and its dark version, with an alt text', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
  for (const name of Object.keys(JSON.parse(String(await kept('pictures.json'))))) {
    const path = `.github/pictures/${name}`
    expect(readme).toContain(`<source media="(prefers-color-scheme: dark)" srcset="${path}-dark.webp">`)
    expect(readme).toMatch(new RegExp(`<img src="${path}-light\\.webp" width="\\d+" alt="[^"]{60,}">`))
  }
})

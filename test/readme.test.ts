import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { printExample, withTable } from '../scripts/build/settings-text.ts'
import { settingRows } from '../src/core/config/settings.ts'

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'docs/design.md',
  'docs/aws.md',
  'docs/decisions.md',
]

const read = (name: string): Promise<string> => readFile(new URL(`../${name}`, import.meta.url), 'utf8')

test('the README and .env.example say what the rows of the settings say: npm run settings writes them', async () => {
  const [readme, example] = await Promise.all([read('README.md'), read('.env.example')])
  expect(withTable(readme)).toBe(readme)
  expect(printExample()).toBe(example)
})

test.each([...settingRows.values()])('$about.name is in the README and in .env.example', async (row) => {
  const { name, forTests } = row.about
  const [readme, example] = await Promise.all([read('README.md'), read('.env.example')])
  const shown = row.default ? `\`${row.default}\`` : ''
  const line = readme.split('\n').find((one) => one.startsWith(`| \`${name}\` |`))
  expect(line?.split(' | ').at(-1)).toContain(shown)
  expect(new RegExp(`^#?${name}=`, 'm').test(example)).toBe(!forTests)
})

test('every npm command of the README and the docs is there', async () => {
  const { scripts } = JSON.parse(await read('package.json'))
  const readme = await read('README.md')
  expect(readme).toContain('npm ci && npm start')
  expect(readme).toContain('npm cit')
  const all = (await Promise.all(pages.map(read))).join('\n')
  const named = [...all.matchAll(/npm (?:--\S+ \S+ )?run (?:--silent )?([a-z]+)/g)].map(([, name]) => name)
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['start', 'test', ...named]))
})

test.each(pages)('everything that %s links to in this folder is there', async (page) => {
  const folder = page.includes('/') ? 'docs/' : ''
  for (const [, path = ''] of (await read(page)).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g))
    await expect(read(folder + path), path).resolves.toBeTruthy()
})

/** As GitHub makes them. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')

test.each(pages)('every place of its own that %s leads to is a heading', async (page) => {
  const text = (await read(page)).replace(/^```[\s\S]*?^```$/gm, '')
  const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading))
  const led = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor)
  if (page === 'README.md') expect(led.length).toBeGreaterThan(5)
  expect(led.filter((anchor) => !anchors.includes(anchor))).toEqual([])
})

test('the tree of the README names every folder of src and scripts', async () => {
  const [tree = ''] = /(?<=## Where things live\n\n```\n)[\s\S]*?(?=```)/.exec(await read('README.md')) ?? []
  for (const parent of ['src', 'scripts'])
    for (const one of await readdir(new URL(`../${parent}`, import.meta.url), { withFileTypes: true }))
      if (one.isDirectory()) expect(tree, `${parent}/${one.name}`).toMatch(new RegExp(`\\b${one.name}/`))
})

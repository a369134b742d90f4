import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { RouteSettings } from '../src/core/config/settings.ts'

const read = (name: string): Promise<string> => readFile(new URL(`../${name}`, import.meta.url), 'utf8')

/** Only the sandbox and tests set it; the README says so, the example leaves it out. */
const notForPeople = 'TUMBLR_API_URL'
const variables = [...Object.keys(RouteSettings.entries), 'LEVITY_TABLE', 'LEVITY_ROUTES']

test.each(variables)('%s stands in the README, with its default, and in .env.example', async (name) => {
  expect(await read('README.md')).toMatch(new RegExp(`^\\| \`${name}\` \\| .+ \\| .+ \\|$`, 'm'))
  if (name !== notForPeople) expect(await read('.env.example')).toMatch(new RegExp(`^#?${name}=`, 'm'))
})

test.each(Object.entries(RouteSettings.entries))(
  'the default of %s is the one the README says',
  async (name, { default: value }) => {
    const row = (await read('README.md')).split('\n').find((line) => line.startsWith(`| \`${name}\` |`))
    const shown = typeof value === 'string' && value !== '' ? `\`${value.replaceAll('\n', '\\n')}\`` : ''
    expect(row?.split(' | ').at(-1)).toContain(shown)
  },
)

test('every npm command of the README is there', async () => {
  const { scripts } = JSON.parse(await read('package.json'))
  const readme = await read('README.md')
  expect(readme).toContain('npm ci && npm start')
  expect(readme).toContain('npm cit')
  const named = [...readme.matchAll(/npm (?:--\S+ \S+ )?run (?:--silent )?([a-z]+)/g)].map(([, name]) => name)
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['start', 'test', ...named]))
})

test('everything the README links to in this folder is there', async () => {
  for (const [, path] of (await read('README.md')).matchAll(/\]\((?!https?:|#)([^)]+)\)/g))
    await expect(read(path ?? ''), path).resolves.toBeTruthy()
})

/** As GitHub makes them. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')

test('every place of its own that the README leads to is a heading', async () => {
  const readme = (await read('README.md')).replace(/^```[\s\S]*?^```$/gm, '')
  const anchors = [...readme.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading))
  const led = [...readme.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor)
  expect(led.length).toBeGreaterThan(10)
  expect(led.filter((anchor) => !anchors.includes(anchor))).toEqual([])
})

test('the tree of the README names every folder of src and scripts', async () => {
  const [tree = ''] = /(?<=## Where things live\n\n```\n)[\s\S]*?(?=```)/.exec(await read('README.md')) ?? []
  for (const parent of ['src', 'scripts'])
    for (const one of await readdir(new URL(`../${parent}`, import.meta.url), { withFileTypes: true }))
      if (one.isDirectory()) expect(tree, `${parent}/${one.name}`).toMatch(new RegExp(`\\b${one.name}/`))
})

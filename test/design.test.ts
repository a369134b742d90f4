/** docs/design.md defines the rules that the code names, each with its reason and its test. */
import { access, readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = new URL('../', import.meta.url)
const design = await readFile(new URL('docs/design.md', root), 'utf8')
/** `**E4. "Not found" …` up to the next empty line. */
const rules = new Map(
  [...design.matchAll(/^\*\*([A-Z]\d)\. [\s\S]*?(?=\n\n)/gm)].map(([text, name = '']) => [name, text]),
)

test.each([...rules])('%s has a reason, and a test that is there', async (_, text) => {
  expect(text).toContain('*Why:*')
  const [, tests = ''] = /\*Test:\*([\s\S]*)$/.exec(text) ?? []
  const paths = [...tests.matchAll(/`(test\/[^`]+)`/g)].map(([, path = '']) => path)
  expect(paths).not.toEqual([])
  for (const path of paths) await expect(access(new URL(path, root)), path).resolves.toBeUndefined()
})

test('every rule that a file names is defined', async () => {
  const named = new Map<string, string>()
  for (const folder of ['src', 'scripts', 'test'])
    for (const name of await readdir(new URL(folder, root), { recursive: true })) {
      if (!name.endsWith('.ts')) continue
      const path = `${folder}/${name}`
      const text = await readFile(fileURLToPath(new URL(path, root)), 'utf8')
      const comments = text.match(/\/\*[\s\S]*?\*\/|\/\/.*$|\((?:[ELFV]\d(?:, )?)+\)/gm) ?? []
      for (const [rule] of comments.join('\n').matchAll(/\b[ELFV][1-9]\b/g)) named.set(rule, path)
    }
  expect(named.size).toBeGreaterThan(10)
  expect([...named].filter(([rule]) => !rules.has(rule))).toEqual([])
})

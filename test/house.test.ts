/** The rules of the house (docs/design.md) are kept by Biome: each kind of fault, planted in a house of its own, is found. */
import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))

/** Lints a house of these files, each of one line, with the project's own rules: what was found, as `path rule`. */
async function lint(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const house = await mkdtemp(join(tmpdir(), 'levity-house-'))
  onTestFinished(() => rm(house, { recursive: true }))
  await copyFile(join(root, 'biome.json'), join(house, 'biome.json'))
  for (const [path, line] of Object.entries(files)) {
    await mkdir(dirname(join(house, path)), { recursive: true })
    await writeFile(join(house, path), `${line}\n`)
  }
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
  const args = [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '.']
  const { stdout } = await new Promise<{ stdout: string }>((done) =>
    execFile(process.execPath, args, { cwd: house }, (_, out) => done({ stdout: out })),
  )
  const { diagnostics } = JSON.parse(stdout)
  return diagnostics
    .filter(({ category }: { category: string }) =>
      /noRestrictedImports|noImportCycles|noProcessEnv/.test(category),
    )
    .map(
      ({ category, location }: { category: string; location: { path: string } }) =>
        `${location.path} ${category.split('/').at(-1)}`,
    )
    .sort()
}

const lawful = {
  'src/core/post/post.ts': `import * as v from 'valibot'; import { a } from '../npf/npf.ts'; export const post = [v, a]`,
  'src/core/npf/npf.ts': `export const a = 1`,
  'src/io/tumblr/tumblr.ts': `import { createClient } from 'tumblr.js'; import { post } from '../../core/post/post.ts'; export const t = [createClient, post]`,
  'src/io/image/images.ts': `import { readFile } from 'node:fs'; export const i = [readFile, import('sharp')]`,
  'src/world.ts': `import type { t } from './io/tumblr/tumblr.ts'; export type World = typeof t`,
  'src/stories/run/run.ts': `import type { World } from '../../world.ts'; import { post } from '../../core/post/post.ts'; export const run = (_: World): unknown => post`,
  'src/repost.ts': `import { t } from './io/tumblr/tumblr.ts'; import { run } from './stories/run/run.ts'; export const door = [t, run, process.env]`,
  'scripts/terminal/print.ts': `import { post } from '../../src/core/post/post.ts'; export const print = post`,
  'scripts/sandbox/mastodon/mastodon.ts': `export const m = 1`,
  'scripts/dev/dev.ts': `import { m } from '../sandbox/mastodon/mastodon.ts'; export const d = m`,
  'scripts/plan.ts': `import { print } from './terminal/print.ts'; export const p = [print, process.env]`,
}

test('a lawful house has no fault', async () => {
  expect(await lint(lawful)).toEqual([])
})

test.each([
  ['src/core/a.ts', `import { readFile } from 'node:fs'`, 'noRestrictedImports'],
  ['src/core/a.ts', `import type { Buffer } from 'node:buffer'`, 'noRestrictedImports'],
  ['src/core/a.ts', `import { readFile } from 'node:fs/promises'`, 'noRestrictedImports'],
  ['src/core/a.ts', `import sharp from 'sharp'`, 'noRestrictedImports'],
  ['src/core/post/a.ts', `import type { t } from '../../io/tumblr/tumblr.ts'`, 'noRestrictedImports'],
  ['src/core/post/a.ts', `const run = await import('../../stories/run/run.ts')`, 'noRestrictedImports'],
  ['src/core/a.ts', `const key = process.env['KEY']`, 'noProcessEnv'],
  ['src/io/image/a.ts', `import { t } from '../tumblr/tumblr.ts'`, 'noRestrictedImports'],
  ['src/io/image/a.ts', `import { run } from '../../stories/run/run.ts'`, 'noRestrictedImports'],
  ['src/io/image/a.ts', `import { createClient } from 'tumblr.js'`, 'noRestrictedImports'],
  ['src/io/tumblr/a.ts', `import { DynamoDBClient } from '@aws-sdk/client-dynamodb'`, 'noRestrictedImports'],
  ['src/io/tumblr/a.ts', `export const a = process.env`, 'noProcessEnv'],
  ['src/stories/run/a.ts', `import { t } from '../../io/tumblr/tumblr.ts'`, 'noRestrictedImports'],
  ['src/stories/run/a.ts', `export * from '../../io/tumblr/tumblr.ts'`, 'noRestrictedImports'],
  ['src/stories/run/a.ts', `import { randomUUID } from 'node:crypto'`, 'noRestrictedImports'],
  ['src/stories/run/a.ts', `import { door } from '../../repost.ts'`, 'noRestrictedImports'],
  ['scripts/plan/a.ts', `import { m } from '../sandbox/mastodon/mastodon.ts'`, 'noRestrictedImports'],
  ['scripts/terminal/a.ts', `import { d } from '../dev/dev.ts'`, 'noRestrictedImports'],
  ['src/core/npf/npf.ts', `export type { post as a } from '../post/post.ts'`, 'noImportCycles'],
  ['scripts/terminal/print.ts', `import { p } from '../plan.ts'; export const print = p`, 'noImportCycles'],
])('%s with %j is a fault', async (path, line, rule) => {
  expect(await lint({ ...lawful, [path]: line })).toContain(`${path} ${rule}`)
})

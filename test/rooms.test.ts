import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { findBreaches, importsOf, type Sources } from './support/imports.ts'

const src = fileURLToPath(new URL('../src/', import.meta.url))

test('every file in src keeps the rules of its room', async () => {
  const paths = (await readdir(src, { recursive: true })).filter((path) => path.endsWith('.ts'))
  const sources = await Promise.all(
    paths.map(async (path) => [path.replaceAll('\\', '/'), await readFile(src + path, 'utf8')] as const),
  )
  expect(sources.length).toBeGreaterThan(40)
  expect(findBreaches(Object.fromEntries(sources))).toEqual([])
})

const lawful: Sources = {
  'core/post.ts': `import * as v from 'valibot'\nimport { a } from './npf/b.ts'`,
  'io/tumblr.ts': `import { createClient } from 'tumblr.js'\nimport { c } from './tumblr-call.ts'\nimport { a } from '../core/post.ts'`,
  'io/images.ts': `import type { Tumblr } from './tumblr.ts'\nimport { x } from 'node:fs'\nconst s = await import('sharp')`,
  'run.ts': `import { a } from './core/post.ts'\nimport { type T } from './io/tumblr.ts'\nimport { p } from './publish.ts'\nimport type { World } from './world.ts'`,
  'publish.ts': `import type { Run } from './run.ts'`,
  'repost.ts': `import { createHash } from 'node:crypto'\nimport { t } from './io/tumblr.ts'\nimport { run } from './run.ts'\nprocess.env`,
  'world.ts': `import type { Tumblr } from './io/tumblr.ts'`,
}

test('a lawful house has no breach', () => {
  expect(findBreaches(lawful)).toEqual([])
})

const faults: readonly (readonly [path: string, line: string, breach: string])[] = [
  ['core/post.ts', `import { readFile } from 'node:fs'`, 'core/post.ts must not import values from node:fs'],
  ['core/post.ts', `import type { Buffer } from 'node:buffer'`, 'types from node:buffer'],
  ['core/post.ts', `import sharp from 'sharp'`, 'core/post.ts must not import values from sharp'],
  ['core/post.ts', `import type { Tumblr } from '../io/tumblr.ts'`, 'types from ../io/tumblr.ts'],
  ['core/post.ts', `const run = await import('../run.ts')`, 'values from ../run.ts'],
  ['core/post.ts', `const key = process.env['KEY']`, 'core/post.ts must not read process.env'],
  ['io/images.ts', `import { createTumblr } from './tumblr.ts'`, 'values from ./tumblr.ts'],
  ['io/images.ts', `import { run } from '../run.ts'`, 'values from ../run.ts'],
  ['io/images.ts', `import { createClient } from 'tumblr.js'`, 'io/images has its package'],
  ['io/tumblr.ts', `import '@aws-sdk/client-dynamodb'`, 'io/tumblr has its package'],
  [
    'run.ts',
    `import { createTumblr } from './io/tumblr.ts'`,
    'run.ts must not import values from ./io/tumblr.ts',
  ],
  ['run.ts', `import {\n  type A,\n  createTumblr,\n} from './io/tumblr.ts'`, 'values from ./io/tumblr.ts'],
  ['run.ts', `export * from './io/tumblr.ts'`, 'values from ./io/tumblr.ts'],
  ['run.ts', `import { randomUUID } from 'node:crypto'`, 'values from node:crypto'],
  ['run.ts', `import { handler } from './repost.ts'`, 'values from ./repost.ts'],
  ['publish.ts', `import { run } from './run.ts'`, 'run.ts needs itself in a circle'],
]
test.each(faults)('%s with %j is a breach', (path, line, breach) => {
  const breaches = findBreaches({ ...lawful, [path]: `${lawful[path]}\n${line}\n` })
  expect(breaches.join('\n')).toContain(breach)
})

test('imports in comments are none, and types are told from values', () => {
  const source = `/** import { a } from 'a' */\n// import 'b'\nimport { type C, type D } from 'c'\nimport E, { type F } from 'e'\nimport type G from 'g'\nexport { h } from 'h'`
  expect(importsOf(source)).toEqual([
    { from: 'c', types: true },
    { from: 'e', types: false },
    { from: 'g', types: true },
    { from: 'h', types: false },
  ])
})

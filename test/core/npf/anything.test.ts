import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parsePage, parsePost, UnreadableError } from '../../../src/core/npf/npf.ts'
import type { Post } from '../../../src/core/post/post.ts'

/** Whatever Tumblr may send one day: nothing but UnreadableError leaves the parser, and what it makes is lawful. */
const folder = new URL('../../fixtures/npf/', import.meta.url)
const valid = readdirSync(folder)
  .filter((file) => !file.endsWith('.post.json'))
  .map((file) => readFileSync(new URL(file, folder), 'utf8'))

type Change = { readonly path: readonly number[]; readonly value: unknown }

/** Puts the value somewhere inside: the numbers choose a field at each depth. */
function changed(json: unknown, { path, value }: Change): unknown {
  const [pick, ...deeper] = path
  if (pick === undefined || typeof json !== 'object' || json === null) return value
  const keys = Object.keys(json)
  const key = keys[pick % Math.max(1, keys.length)]
  if (key === undefined) return value
  const entries = Object.entries(json).map(([name, field]) => [
    name,
    name === key ? changed(field, { path: deeper, value }) : field,
  ])
  return Array.isArray(json) ? entries.map(([, field]) => field) : Object.fromEntries(entries)
}

const oddity = fc.oneof(
  fc.jsonValue({ stringUnit: 'binary' }),
  fc.constantFrom<unknown>(
    -1,
    1e308,
    2 ** 53,
    1.5,
    '',
    'https://',
    'http://[',
    '%',
    'https://href.li/?https://href.li/?%',
  ),
  fc.constantFrom(
    'text',
    'image',
    'poll',
    'video',
    'rows',
    'ask',
    'ordered-list-item',
    'link',
    true,
    {},
    [[]],
    [null],
  ),
)
const change = fc.record({ path: fc.array(fc.nat(40), { minLength: 1, maxLength: 8 }), value: oddity })
const mutated = fc
  .record({ json: fc.constantFrom(...valid), changes: fc.array(change, { maxLength: 6 }) })
  .map(({ json, changes }) => changes.reduce(changed, JSON.parse(json) as unknown))

function expectLawful(post: Post): void {
  expect(post.id).toMatch(/^\d{1,20}$/)
  expect(post.url).toMatch(/^https?:\/\//)
  expect(post.blog.name).not.toBe('')
  expect(Number.isNaN(new Date(post.publishedAt).getTime())).toBe(false)
  expect([post.text, post.quoted, ...post.tags].every((text) => text.isWellFormed())).toBe(true)
  for (const { variants, altText, caption, origin } of post.images) {
    expect(variants.length).toBeGreaterThan(0)
    expect(variants.every(({ url }) => URL.canParse(url) && /^https?:/i.test(url))).toBe(true)
    expect([altText, caption]).not.toContain('')
    expect(['own', 'reblogged', 'asked']).toContain(origin)
  }
}

test('a post with anything in it is read, or refused with one class of error', () => {
  fc.assert(
    fc.property(mutated, (json) => {
      try {
        expectLawful(parsePost(json))
      } catch (error) {
        if (!(error instanceof UnreadableError)) throw error
      }
    }),
    { numRuns: 2000 },
  )
})

test('one bad post costs a page nothing but itself', () => {
  fc.assert(
    fc.property(fc.array(mutated, { maxLength: 5 }), (posts) => {
      const good = JSON.parse(valid[0] ?? '') as unknown
      const page = parsePage({ blog: { name: 'willow-prints' }, posts: [...posts, good] })
      expect(page.length).toBe(posts.length + 1)
      expect(page.posts.length + page.unreadable.length).toBe(page.length)
      expect(page.posts.at(-1)).toStrictEqual(parsePost(good))
    }),
    { numRuns: 300 },
  )
})

test('what is large, deep or crooked still ends', () => {
  const many = 50_000
  const deep = JSON.parse('['.repeat(5000) + ']'.repeat(5000)) as unknown
  const base = JSON.parse(valid[0] ?? '') as Record<string, unknown>
  const links = Array.from({ length: many }, (_, at) => ({
    type: 'link',
    start: at % 7,
    end: at,
    url: `https://href.li/?${'https://href.li/?'.repeat(at % 9)}https://e.org/${at}`,
  }))
  const post = parsePost({
    ...base,
    trail: deep,
    content: [
      ...Array.from({ length: many }, () => ({
        type: 'text',
        text: 'x',
        subtype: 'ordered-list-item',
        indent_level: 1e9,
      })),
      { type: 'text', text: 'a'.repeat(4096), formatting: links },
      { type: 'image', media: deep, attribution: deep },
    ],
    layout: [
      { type: 'rows', display: [{ blocks: Array.from({ length: many }, (_, at) => at) }] },
      { type: 'ask', blocks: Array.from({ length: many }, (_, at) => many - at), attribution: deep },
    ],
  })
  expect(post.text).toContain('1. x')
})

import { expect, test } from 'vitest'
import { drawChecks } from '../../../scripts/doctor/draw.ts'
import { drawCard } from '../../../scripts/terminal/card.ts'
import { widthOf, wrap } from '../../../scripts/terminal/wrap.ts'
import type { PlannedPost } from '../../../src/core/report/report.ts'

test.each([
  ['one two three', 7, ['one two', 'three']],
  ['one', 2, ['one']],
  ['  one two', 6, ['  one', 'two']],
  ['a\n\nb', 80, ['a', '', 'b']],
  ['one two', Number.POSITIVE_INFINITY, ['one two']],
  // Two columns each, as a terminal shows them.
  ['山の 朝の 霧', 9, ['山の 朝の', '霧']],
  ['👨‍👩‍👧‍👦 👨‍👩‍👧‍👦 a', 5, ['👨‍👩‍👧‍👦 👨‍👩‍👧‍👦', 'a']],
])('%j within %d columns', (text, width, lines) => {
  expect(wrap(text, width)).toEqual(lines)
})

const size = { bytes: 31_000, width: 1280, height: 960 }
const post: PlannedPost = {
  post: '7',
  url: 'https://moss.tumblr.com/7',
  due: '2026-10-01T09:05:00.000Z',
  statuses: [
    {
      text: 'The first words of this post are rather more than a line of a narrow terminal holds.\n\n#hills #fog',
      spoilerText: 'a long walk through the fog of an early morning',
      sensitive: true,
      visibility: 'unlisted',
      characters: { count: 120, most: 500 },
      posted: 'https://m.example/@a/1',
      images: [],
    },
    {
      text: '2/2',
      sensitive: true,
      visibility: 'unlisted',
      characters: { count: 3, most: 500 },
      images: [
        { url: 'https://x.example/1', change: 'kept', from: size, to: { ...size, mimeType: 'image/png' } },
      ],
    },
  ],
}

test('a card in a narrow terminal', () => {
  const [heading, ...lines] = drawCard(post, 40).split('\n')
  expect(heading).toBe('Post 7 (https://moss.tumblr.com/7) would become')
  expect(lines.filter((line) => widthOf(line) > 40)).toEqual([])
  expect(lines).toEqual([
    '  goes out at 2026-10-01 09:05 UTC or',
    '  later',
    '  │ unlisted, first of a thread · 120 of',
    '  │ 500 characters · 2 hashtags',
    '  │ content warning: a long walk through',
    '  │ the fog of an early morning',
    '  │ The first words of this post are',
    '  │ rather more than a line of a narrow',
    '  │ terminal holds.',
    '  │',
    '  │ #hills #fog',
    '  │ (it is out already:',
    '  │ https://m.example/@a/1)',
    '  ├',
    '  │ unlisted, reply · 3 of 500',
    '  │ characters · images hidden until',
    '  │ they are asked for',
    '  │ 2/2',
    '  │ ▪ no alt text: people who cannot see',
    '  │   it are not told what it shows',
    '  │   1280×960, 31 kB → the same bytes',
  ])
})

test('the words of a doctor in a narrow terminal, and in none', () => {
  const checks = [
    { check: 'blog', ok: true, says: 'there' },
    {
      check: 'token',
      ok: false,
      says: 'the server refuses it: no\u001b[2J\nand no',
      todo: 'make another with npm run setup',
    },
  ]
  expect(drawChecks('art', checks, 44).split('\n')).toEqual([
    'art',
    '  ✓ blog   there',
    '  ✗ token  the server refuses it: no [2J and',
    '           no',
    '           → make another with npm run',
    '             setup',
  ])
  expect(drawChecks('art', checks, Number.POSITIVE_INFINITY).split('\n')).toEqual([
    'art',
    '  ✓ blog   there',
    '  ✗ token  the server refuses it: no [2J and no → make another with npm run setup',
  ])
})

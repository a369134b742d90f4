import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { neutralMentions, neutralNumbers } from '../../../src/core/status/mentions.ts'
import { liveMentions } from '../../support/mentions.ts'

// `·` stands for the zero-width space here, so that it can be seen.
const shown = (text: string): string => text.replaceAll('\u200B', '·')

describe('neutralMentions', () => {
  test.each([
    ['hi @staff', 'hi @·staff'],
    ['@art-of-x, @a.b!', '@·art-of-x, @·a.b!'],
    ['@someone@mastodon.social', '@·someone@·mastodon.social'],
    ['(@x) "@y" -@z', '(@·x) "@·y" -@·z'],
    ['＠wide', '＠·wide'],
    ['@@twice', '@@·twice'],
    ['https://x.example/a@@ b', 'https://x.example/a@@ b'],
    ['at 5 @ noon @', 'at 5 @ noon @'],
    ['me+you@example.com, a.b@c-d.example.org.', 'me+you@example.com, a.b@c-d.example.org.'],
    ['one@two@three.example', 'one@·two@·three.example'],
    ['no-@example.com', 'no-@·example.com'],
    ['https://mastodon.social/@x', 'https://mastodon.social/@x'],
    ['https://x.example/?u=@y', 'https://x.example/?u=@y'],
    ['https://x.example/a,@staff', 'https://x.example/a,%40staff'],
    ['https://x.example,@staff', 'https://x.example,@·staff'],
    ['https://x.example/@ staff', 'https://x.example/@ staff'],
    ['http://127.0.0.1:8080/@x', 'http://127.0.0.1:8080/@x'],
  ])('%s', (text, expected) => {
    expect(shown(neutralMentions(text))).toBe(expected)
    expect(neutralMentions(neutralMentions(text))).toBe(neutralMentions(text))
  })

  test('leaves nobody to ping, in anything, and changes nothing but the at signs', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '@',
        '＠',
        '@staff',
        'a@b.example',
        'https://x.example/',
        '?',
        '=',
        '-',
        '.',
        '/',
        ' ',
        '(',
      ),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
      fc.webUrl(),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('')
        const neutral = neutralMentions(text)
        expect(liveMentions(neutral)).toEqual([])
        expect(neutralMentions(neutral)).toBe(neutral)
        const plain = (words: string): string => words.replaceAll('\u200B', '').replaceAll('%40', '@')
        expect(plain(neutral)).toBe(plain(text))
      }),
      { numRuns: 500 },
    )
  })

  test('the port of MENTION_RE finds what Mastodon finds', () => {
    expect(liveMentions('@a, x@b =@c /@d (@e-f@g.example) https://x.example/a,@h')).toEqual([
      '@a',
      '@e-f@g.example',
      '@h',
    ])
  })
})

describe('neutralNumbers', () => {
  test.each([
    ['#1 of #22, (#3)', '#·1 of #·22, (#·3)'],
    ['#1st #art #a1 #_1', '#1st #art #a1 #_1'],
    ['https://x.example/#4 &#39;', 'https://x.example/#4 &#39;'],
  ])('%s', (text, expected) => {
    expect(shown(neutralNumbers(text))).toBe(expected)
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defaultLimits } from '../../../src/core/server/limits.ts'
import { countCharacters, countCodePoints, cutText, dropHashtags } from '../../../src/core/status/text.ts'

const mastodon = { ...defaultLimits, software: 'mastodon' } as const
const family = '👩‍👩‍👧‍👦'

describe('countCharacters', () => {
  const post = 'https://some-rather-long-name.tumblr.com/post/734567890123456789/and-a-slug'
  test.each<[what: string, text: string, warning: string, onMastodon: number, elsewhere: number]>([
    ['nothing', '', '', 0, 0],
    ['plain words', 'Hello, world', '', 12, 12],
    ['the warning as well', 'Hello', 'blood', 10, 10],
    ['an emoji of many code points', family, '', 1, 7],
    ['a letter and its accent', 'e\u0301', '', 1, 2],
    ['a link as 23', post, '', 23, 75],
    ['a link shorter than that', 'http://a.de', '', 23, 11],
    ['a full stop after a link', `See ${post}.`, '', 28, 80],
    ['a link in brackets', `(${post})`, '', 25, 77],
    ['balanced brackets in a link', 'https://en.wikipedia.org/wiki/Iris_(plant)', '', 23, 42],
    ['and in its middle', 'https://a.example.com/a_(b)/c', '', 23, 29],
    ['a query and a fragment', 'https://a.example.com/?q=1&r=[2]#end', '', 23, 36],
    ['a letter outside ASCII in the path', 'https://a.example.com/größe', '', 23, 27],
    ['two links', `${post}\n${post}`, '', 47, 151],
    ['a link in the warning, in full', '', post, 75, 75],
    ['no link without a protocol', 'a.tumblr.com/post', '', 17, 17],
    ['no link that hangs on a word', 'xhttps://a.example.com/', '', 23, 23],
    ['no link to a bare host', 'http://localhost/a', '', 18, 18],
    ['no link to a number', 'http://127.0.0.1:80/a', '', 21, 21],
    ['a mention without its domain', 'hi @someone@mastodon.social!', '', 12, 28],
    ['an address in full', 'someone@mastodon.social', '', 23, 23],
  ])('%s', (_, text, warning, onMastodon, elsewhere) => {
    expect(countCharacters(text, warning, mastodon)).toBe(onMastodon)
    expect(countCharacters(text, warning, defaultLimits)).toBe(elsewhere)
  })

  test('what the server says a link counts', () => {
    expect(countCharacters(post, '', { ...mastodon, charactersPerUrl: 30 })).toBe(30)
  })

  test('never fewer elsewhere than graphemes, and no more on Mastodon where there is no link', () => {
    const graphemes = new Intl.Segmenter('und')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (text, warning) => {
        const size = [...graphemes.segment(warning + text)].length
        expect(countCharacters(text, warning, defaultLimits)).toBeGreaterThanOrEqual(size)
        if (!/http|@/i.test(text)) expect(countCharacters(text, warning, mastodon)).toBe(size)
      }),
    )
  })
})

describe('cutText', () => {
  const text = `Hello, world! See https://x.example/abcdefg, and more (words) ${family} here`
  test.each([
    [0, ''],
    [1, '…'],
    [5, 'Hell…'],
    [9, 'Hello…'],
    [13, 'Hello, world…'],
    [14, 'Hello, world!…'],
    [40, 'Hello, world! See…'],
    [45, 'Hello, world! See https://x.example/abcdefg …'],
    [52, 'Hello, world! See https://x.example/abcdefg, and…'],
    [67, 'Hello, world! See https://x.example/abcdefg, and more (words)…'],
    [70, `Hello, world! See https://x.example/abcdefg, and more (words) ${family}…`],
    [74, text],
  ])('to %i', (room, expected) => {
    expect(cutText(text, room, countCodePoints)).toBe(expected)
  })

  test.each([
    ['a word without end', 'a'.repeat(50), `${'a'.repeat(9)}…`],
    ['a writing without gaps', '日本語の文章はどこで切れるか', '日本語の文章はどこ…'],
    ['a hashtag', 'Look at #photography', 'Look at…'],
    ['a link at the very start', 'https://a.example.com/abc is it', '…'],
    ['what hangs on a link', 'http://a.b!!!!!!!', '…'],
  ])('%s', (_, long, expected) => {
    expect(cutText(long, 10, countCodePoints)).toBe(expected)
  })

  const link = fc.webUrl({ withQueryParameters: true, withFragments: true })
  const word = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.lorem({ maxCount: 3 }), link)
  const prose = fc
    .array(fc.tuple(word, fc.constantFrom(' ', ' ', '\n\n', ', ', '! ', '', ' @', ' #')), { maxLength: 20 })
    .map((words) => words.flat().join(''))
  const limits = fc.constantFrom(mastodon, defaultLimits)

  test('never over its room, a beginning of the text, and stable', () => {
    fc.assert(
      fc.property(prose, fc.nat(120), limits, (text, room, server) => {
        const count = (part: string): number => countCharacters(part, '', server)
        const cut = cutText(text, room, count)
        expect(count(cut)).toBeLessThanOrEqual(room)
        expect(cutText(cut, room, count)).toBe(cut)
        if (cut === text) return
        expect(cut === '' ? '…' : cut).toMatch(/…$/)
        expect(text.startsWith(cut.replace(/ ?…$/, ''))).toBe(true)
      }),
    )
  })

  test('never inside a grapheme or a link', () => {
    fc.assert(
      fc.property(prose, link, prose, fc.nat(150), (before, url, after, room) => {
        const text = `${before} ${url} ${after}`
        const cut = cutText(text, room, countCodePoints)
        if (cut === text || cut === '') return
        const end = cut.replace(/ ?…$/, '').length
        const ends = [...new Intl.Segmenter('und').segment(text)].map((grapheme) => grapheme.index)
        expect(ends).toContain(end)
        const start = before.length + 1
        // Punctuation at the very end of a link belongs to the sentence.
        const linkEnd = start + url.replace(/[^a-z0-9]+$/i, '').length
        expect(end <= start || end >= linkEnd).toBe(true)
      }),
    )
  })
})

describe('dropHashtags', () => {
  test.each([
    ['from the last line', 'A cat\n\n#Cats #Art #cat', 'art', 'A cat\n\n#Cats #cat'],
    ['whatever its accents', 'A\n\n#Café #b', 'cafe', 'A\n\n#b'],
    ['the whole last line', 'A\n\n#art', 'art', 'A'],
    ['but a word stays a word', 'My #art is here', 'Art', 'My art is here'],
    ['and another is left alone', 'My  #artist\n#arts #x', 'art', 'My  #artist\n#arts #x'],
    ['never to nothing', '#art', 'art', '…'],
  ])('%s', (_, text, tag, expected) => {
    expect(dropHashtags(text, tag)).toBe(expected)
  })

  test('all of them, where none is named', () => {
    expect(dropHashtags('My #art\n\n#Cats #é')).toBe('My art')
    expect(dropHashtags('#Cats #art')).toBe('…')
  })
})

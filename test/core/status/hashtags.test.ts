import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { composeHashtag, composeHashtags, findHashtags } from '../../../src/core/status/hashtags.ts'

describe('composeHashtag', () => {
  test.each([
    ['french history', '#FrenchHistory'],
    ['personal update', '#PersonalUpdate'],
    ['art', '#art'],
    ['Illustration', '#Illustration'],
    ['NASA pictures', '#NASAPictures'],
    ['iPhone photo', '#iPhonePhoto'],
    ['T h i s', '#THIS'],
    ['black-and-white', '#BlackAndWhite'],
    ['tabi.txt', '#TabiTxt'],
    ["don't panic", '#DontPanic'],
    ['snake_case words', '#Snake_caseWords'],
    ['100 days of art', '#100DaysOfArt'],
    ['#already', '#already'],
    ['ｗｉｄｅ', '#wide'],
    ['❤️ love', '#love'],
    ['1️⃣ day', '#1Day'],
    ['写真', '#写真'],
    ['\u0301art', '#art'],
    ['হিন্দি ছবি', '#হিন্দিছবি'],
    ['ähre und ß', '#ÄhreUndß'],
    ['2024', undefined],
    ['<3', undefined],
    ['😭', undefined],
    ['', undefined],
  ])('%s', (tag, expected) => {
    expect(composeHashtag(tag)).toBe(expected)
  })

  test('is a hashtag on every server, or nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (tag) => {
        expect(composeHashtag(tag) ?? '#a').toMatch(/^#(?=.*\p{L})[\p{L}\p{Nd}_][\p{L}\p{M}\p{Nd}_]*$/u)
      }),
    )
  })
})

describe('composeHashtags', () => {
  const tags = ['Art', 'art', 'digital art', 'Digital Art', '2024', 'ink']
  test.each([
    [Infinity, ['#Art', '#DigitalArt', '#ink']],
    [2, ['#Art', '#DigitalArt']],
    [0, []],
  ])('at most %d, each once', (most, expected) => {
    expect(composeHashtags(tags, most)).toEqual(expected)
  })
})

describe('findHashtags', () => {
  test.each([
    ['#art', ['art']],
    ['A hill.\n\n#FrenchHistory ＃写真\n#x', ['FrenchHistory', '写真', 'x']],
    ['no#tag and https://a.example/#part', []],
    ['#2024 #100DaysOfArt', ['100DaysOfArt']],
    ['#a-b, #snake_case.', ['a', 'snake_case']],
    ['# alone', []],
  ])('%j', (text, expected) => {
    expect(findHashtags(text)).toEqual(expected)
  })

  test('finds whatever composeHashtag has made', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (tag) => {
        const hashtag = composeHashtag(tag) ?? '#a'
        expect(findHashtags(`Words. ${hashtag}`)).toEqual([hashtag.slice(1)])
      }),
    )
  })
})

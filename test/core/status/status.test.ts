import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseTagRules } from '../../../src/core/config/tag-rules.ts'
import type { Post, PostImage } from '../../../src/core/post/post.ts'
import { defaultLimits, type Limits } from '../../../src/core/server/limits.ts'
import { chunkEvenly, composeThread } from '../../../src/core/status/status.ts'
import { countCharacters, countCodePoints } from '../../../src/core/status/text.ts'
import { liveMentions } from '../../support/mentions.ts'
import { wishesWith } from '../../support/wishes.ts'

type Images = readonly [PostImage, ...PostImage[]]

const mastodon: Limits = { ...defaultLimits, software: 'mastodon' }
const url = 'https://art.tumblr.com/post/734567890123456789/a-slug'
const image = (at: number, more: Partial<PostImage> = {}): PostImage => ({
  variants: [{ url: `https://64.media.tumblr.com/${at}.jpg` }],
  origin: 'own',
  ...more,
})
const images = (count: number): Images => [
  image(1),
  ...Array.from({ length: count - 1 }, (_, at) => image(at + 2)),
]
const post = (more: Partial<Post> = {}): Post => ({
  id: '734567890123456789',
  url,
  blog: { name: 'art', nsfw: false },
  publishedAt: Date.UTC(2025, 6, 6, 23, 10),
  published: true,
  pinned: false,
  reblog: false,
  tags: [],
  text: '',
  quoted: '',
  images: [],
  ...more,
})
const first = (of: Post, wishes = wishesWith(), limits = mastodon, shown: Images = images(1)): string =>
  composeThread(of, shown, limits, wishes)[0].text

describe('the words of a post', () => {
  const by = (name: string, more = {}): PostImage =>
    image(1, { origin: 'reblogged', credit: { name, url: `https://${name}.tumblr.com/` }, ...more })
  const all = wishesWith({ reblogs: 'all' })
  test.each<[what: string, text: string, expected: string]>([
    [
      'text, link and tags',
      first(post({ text: ' A cat ', tags: ['my cat', 'art'] })),
      `A cat\n\n${url}\n\n#MyCat #art`,
    ],
    ['a link alone', first(post()), url],
    ['no gap without a text', first(post({ tags: ['art'] })), `${url}\n\n#art`],
    ['paragraphs', first(post({ text: 'One\n\n\n\ntwo  \nthree' })), `One\n\ntwo\nthree\n\n${url}`],
    ['nobody is mentioned', first(post({ text: 'By @staff' })), `By @\u200Bstaff\n\n${url}`],
    ['nothing is numbered', first(post({ text: 'Day #1' })), `Day #\u200B1\n\n${url}`],
    [
      'hashtags, but how many',
      first(post({ tags: ['a', 'b', 'c'] }), wishesWith({ hashtags: 2 })),
      `${url}\n\n#a #b`,
    ],
    ['credit', first(post(), all, mastodon, [by('ann')]), `by ann (https://ann.tumblr.com/)\n\n${url}`],
    [
      'credit once each, and to others alone',
      first(post(), all, mastodon, [by('ann'), by('bob'), by('ann'), image(4, { credit: { name: 'me' } })]),
      `by ann (https://ann.tumblr.com/), bob (https://bob.tumblr.com/)\n\n${url}`,
    ],
    [
      "the reblog's credit where the image has none",
      first(post({ credit: { name: 'cat' } }), all, mastodon, [image(1, { origin: 'reblogged' })]),
      `by cat\n\n${url}`,
    ],
    ['no words of others', first(post({ quoted: 'Theirs' })), url],
    ['words of others', first(post({ quoted: 'Theirs' }), all), `Theirs\n\n${url}`],
    ['own words first', first(post({ text: 'Mine', quoted: 'Theirs' }), all), `Mine\n\n${url}`],
    [
      'a template',
      first(post({ text: '{link} $& $1' }), wishesWith({ template: '{date}: {text}\n{credit}\n{nothing}' })),
      '2025-07-06: {link} $& $1\n{nothing}',
    ],
    ['a template that leaves nothing', first(post(), wishesWith({ template: '{text}' })), url],
    [
      'a template with mentions',
      first(post(), wishesWith({ template: '{link} by @me' })),
      `${url} by @\u200Bme`,
    ],
    [
      'a time beyond every calendar',
      first(post({ publishedAt: 9e15 }), wishesWith({ template: 'On {date}.' })),
      'On .',
    ],
    [
      'a warning read from a tag is no hashtag',
      first(post({ tags: ['cw blood', 'art'] }), wishesWith({ tagRules: parseTagRules('preset').rules })),
      `${url}\n\n#art`,
    ],
  ])('%s', (_, text, expected) => {
    expect(text).toBe(expected)
  })
})

describe('words too long', () => {
  const long = 'word '.repeat(200).trim()
  const tags = Array.from({ length: 30 }, (_, at) => `quite a long tag of number x${at}`)

  test('the text is cut, link and hashtags stay', () => {
    const text = first(post({ text: long, tags: ['art', 'ink'] }))
    expect(text).toMatch(/^word (?:word )*word…\n\nhttps/)
    expect(text.endsWith(`\n\n${url}\n\n#art #ink`)).toBe(true)
    expect(countCharacters(text, '', mastodon)).toBeGreaterThan(490)
    expect(countCharacters(text, '', mastodon)).toBeLessThanOrEqual(500)
  })

  test('hashtags give way to a short text, whole ones, and a short one still fits', () => {
    const lines = first(post({ text: 'A cat', tags: [...tags, 'art'] })).split('\n\n')
    expect(lines.slice(0, 2)).toEqual(['A cat', url])
    expect(lines[2]).toMatch(/^(?:#QuiteALongTagOfNumberX\d+ )+#art$/)
  })

  test('hashtags leave the text half of the room', () => {
    const [text = ''] = first(post({ text: long, tags })).split('\n\n')
    expect(countCodePoints(text)).toBeGreaterThan(240)
  })

  test('a link counts in full elsewhere, and stays', () => {
    const text = first(post({ text: long, tags }), wishesWith(), defaultLimits)
    expect(text).toContain(url)
    expect(countCodePoints(text)).toBeLessThanOrEqual(500)
  })

  test('a crowd is credited in short', () => {
    const crowd = Array.from({ length: 30 }, (_, at) =>
      image(at, {
        origin: 'reblogged',
        credit: { name: `somebody-with-a-name-${at}`, url: `https://x.example/${at}` },
      }),
    )
    const text = first(post({ text: long }), wishesWith({ reblogs: 'all' }), mastodon, [image(0), ...crowd])
    expect(text).toContain(`\n\nby somebody-with-a-name-0 and 29 more\n\n${url}`)
  })

  test('a warning is cut to half, and counted', () => {
    const wishes = wishesWith({ tagRules: [{ tags: ['a'], action: { do: 'cw', text: long } }] })
    const [{ text, spoilerText = '' }] = composeThread(
      post({ text: long, tags: ['a'] }),
      images(1),
      mastodon,
      wishes,
    )
    expect(spoilerText).toMatch(/ word…$/)
    expect(countCodePoints(spoilerText)).toBeLessThanOrEqual(250)
    expect(text).toContain(url)
    expect(countCharacters(text, spoilerText, mastodon)).toBeLessThanOrEqual(500)
  })
})

describe('a thread', () => {
  test('ten images on a server of four', () => {
    const wishes = wishesWith({ tagRules: parseTagRules('nsfw=cw:Nudity').rules, language: 'fr' })
    const shown = images(10)
    const thread = composeThread(post({ text: 'A cat', tags: ['nsfw'] }), shown, mastodon, wishes)
    const same = { spoilerText: 'Nudity', sensitive: true, language: 'fr' }
    const sent = shown.map(({ variants }) => ({ variants }))
    expect(thread).toEqual([
      { ...same, visibility: 'public', text: `A cat\n\n${url}\n\n1/3\n\n#nsfw`, images: sent.slice(0, 4) },
      { ...same, visibility: 'unlisted', text: '2/3', images: sent.slice(4, 7) },
      { ...same, visibility: 'unlisted', text: '3/3', images: sent.slice(7) },
    ])
  })

  test('one status says no place, no warning and no language', () => {
    const { images: _, ...rest } = composeThread(post(), images(4), mastodon, wishesWith())[0]
    expect(rest).toEqual({ text: url, sensitive: false, visibility: 'public' })
    expect(Object.keys(rest).sort()).toEqual(['sensitive', 'text', 'visibility'])
  })

  test('the place stands last where there is no line of hashtags', () => {
    expect(first(post({ text: 'Cats' }), wishesWith({ template: '{text}' }), mastodon, images(5))).toBe(
      'Cats\n\n1/2',
    )
  })

  test.each(['unlisted', 'private', 'direct'] as const)('replies to %s are no quieter', (visibility) => {
    const thread = composeThread(post(), images(9), mastodon, wishesWith({ visibility }))
    expect(thread.map((draft) => draft.visibility)).toEqual([visibility, visibility, visibility])
  })
})

describe('alt text', () => {
  const tight = { ...mastodon, altTextCharacters: 12 }
  test.each<[string, Partial<PostImage>, 'own' | 'caption' | 'required', string | undefined]>([
    ['none', {}, 'own', undefined],
    ['blank', { altText: ' \n' }, 'own', undefined],
    ['short', { altText: ' A cat ' }, 'own', 'A cat'],
    ['long', { altText: 'A cat asleep on a sofa' }, 'own', 'A cat…'],
    ['of long characters', { altText: '👩‍👩‍👧‍👦👩‍👩‍👧‍👦' }, 'own', '👩‍👩‍👧‍👦…'],
    ['a caption, unasked', { caption: 'Mia' }, 'own', undefined],
    ['a caption, asked', { caption: ' Mia' }, 'caption', 'Mia'],
    ['a caption, not needed', { altText: 'A cat', caption: 'Mia' }, 'caption', 'A cat'],
    ['nothing to ask for', {}, 'caption', undefined],
  ])('%s', (_, more, altText, expected) => {
    const [draft] = composeThread(post(), [image(1, more)], tight, wishesWith({ altText }))
    expect(draft.images[0]).toEqual({ variants: image(1).variants, ...(expected && { altText: expected }) })
    expect('altText' in draft.images[0]).toBe(expected !== undefined)
  })
})

describe('chunkEvenly', () => {
  test.each([
    [1, 4, [1]],
    [4, 4, [4]],
    [5, 4, [3, 2]],
    [10, 4, [4, 3, 3]],
    [9, 4, [3, 3, 3]],
    [30, 4, [4, 4, 4, 4, 4, 4, 3, 3]],
    [3, 1, [1, 1, 1]],
    [10, 16, [10]],
  ])('%i by %i', (length, most, sizes) => {
    expect(chunkEvenly(images(length), most).map((chunk) => chunk.length)).toEqual(sizes)
  })

  test('all in order, none over, balanced, as few as can be', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer(), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 32 }),
        (list, most) => {
          const [head = 0, ...rest] = list
          const chunks = chunkEvenly([head, ...rest], most)
          const sizes = chunks.map((chunk) => chunk.length)
          expect(chunks.flat()).toEqual(list)
          expect(Math.max(...sizes)).toBeLessThanOrEqual(most)
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
          expect(chunks.length).toBe(Math.ceil(list.length / most))
        },
      ),
    )
  })
})

describe('every draft is lawful', () => {
  const words = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.lorem({ maxCount: 60 }),
    fc
      .array(
        fc.oneof(fc.constantFrom('@staff ', '@a@b.example', ' ', '#1', '\n', '…', '@', '/'), fc.webUrl()),
        {
          maxLength: 30,
        },
      )
      .map((parts) => parts.join('')),
  )
  const link = fc.webUrl().filter((found) => found.length < 120)
  const anImage = fc.record(
    {
      variants: fc.constant(image(1).variants),
      origin: fc.constantFrom('own' as const, 'reblogged' as const, 'asked' as const),
      altText: words,
      caption: words,
      credit: fc.record({ name: fc.string({ minLength: 1, maxLength: 32 }), url: link }),
    },
    { requiredKeys: ['variants', 'origin'] },
  )
  const rules = fc.constantFrom('', 'preset', 'a=cw:A;b=private', `a=cw:${'@long words '.repeat(60)}`)
  const wishes = fc.record({
    reblogs: fc.constantFrom('own' as const, 'all' as const),
    hashtags: fc.constantFrom(0, 3, Infinity),
    altText: fc.constantFrom('own' as const, 'caption' as const),
    tagRules: rules.map((value) => parseTagRules(value).rules),
    template: fc.constantFrom(
      wishesWith().template,
      '{text}',
      '{tags} @x{text}{link}',
      '',
      '{credit}@\n{date}{text}',
    ),
    visibility: fc.constantFrom('public' as const, 'direct' as const),
  })
  const server = fc.record({
    software: fc.constantFrom('mastodon' as const, 'other' as const),
    characters: fc.integer({ min: 40, max: 600 }),
    imagesPerStatus: fc.integer({ min: 1, max: 16 }),
    altTextCharacters: fc.integer({ min: 1, max: 200 }),
  })

  test('whatever the post, the wishes and the server', () => {
    fc.assert(
      fc.property(
        fc.record({
          text: words,
          quoted: words,
          url: link,
          tags: fc.array(fc.oneof(words, fc.constantFrom('a', 'b', 'cw c'))),
        }),
        fc.array(anImage, { minLength: 1, maxLength: 30 }),
        wishes,
        server,
        (content, [head, ...rest], wanted, server) => {
          const limits = { ...defaultLimits, ...server }
          const shown = [head ?? image(0), ...rest].map((one, at) => ({
            ...one,
            variants: image(at).variants,
          }))
          const [one = image(0), ...others] = shown
          const thread = composeThread(post(content), [one, ...others], limits, wishesWith(wanted))
          expect(thread.flatMap((draft) => draft.images.map(({ variants }) => variants[0].url))).toEqual(
            shown.map(({ variants }) => variants[0].url),
          )
          for (const { text, spoilerText = '', images, ...draft } of thread) {
            expect(text.trim()).not.toBe('')
            expect(countCharacters(text, spoilerText, limits)).toBeLessThanOrEqual(limits.characters)
            expect(liveMentions(text)).toEqual([])
            expect(liveMentions(spoilerText)).toEqual([])
            expect(images.length).toBeLessThanOrEqual(limits.imagesPerStatus)
            expect(draft.sensitive || spoilerText === '').toBe(true)
            for (const { altText = '' } of images) {
              expect(countCodePoints(altText)).toBeLessThanOrEqual(limits.altTextCharacters)
            }
          }
        },
      ),
    )
  })
})

import { describe, expect, test } from 'vitest'
import type { Wishes } from '../../../src/core/config/settings.ts'
import type { TagRule } from '../../../src/core/config/tag-rules.ts'
import { judgePost, matchingTag, type Post, type PostImage } from '../../../src/core/post/post.ts'
import { wishesWith } from '../../support/wishes.ts'

const image = (origin: PostImage['origin'], altText?: string): PostImage => ({
  variants: [{ url: `https://64.media.tumblr.com/${origin}.jpg` }],
  origin,
  ...(altText !== undefined && { altText }),
})
const [own, described, theirs, asked] = [
  image('own'),
  image('own', 'A heron'),
  image('reblogged'),
  image('asked'),
]

const original: Post = {
  id: '801234567890123456',
  url: 'https://willow-prints.tumblr.com/post/801234567890123456',
  blog: { name: 'willow-prints', nsfw: false },
  publishedAt: 1764000000000,
  published: true,
  pinned: false,
  reblog: false,
  tags: ['Linocut', 'WIP'],
  text: '',
  quoted: '',
  images: [own],
}
const reblog: Post = { ...original, reblog: true, images: [theirs, own] }

const plainly = wishesWith()
const rule = (action: 'skip' | 'only' | 'sensitive', ...tags: string[]): TagRule => ({
  tags,
  action: { do: action },
})

type Case = readonly [
  title: string,
  post: Partial<Post>,
  wishes: Partial<Wishes>,
  images: readonly PostImage[],
]

describe('wanted, with the images that count', () => {
  const cases: readonly Case[] = [
    ['an original', {}, {}, [own]],
    ['a pinned one', { pinned: true }, {}, [own]],
    ['own images of a reblog', reblog, {}, [own]],
    ['all images of a reblog', reblog, { reblogs: 'all' }, [theirs, own]],
    ["an asker's images, with all", { images: [asked, own] }, { reblogs: 'all' }, [asked, own]],
    ["an answer without the asker's", { images: [asked, own] }, {}, [own]],
    ['an original, with no reblogs wanted', { images: [own, asked] }, { reblogs: 'none' }, [own]],
    ['rules of other tags', {}, { tagRules: [rule('skip', 'old')] }, [own]],
    ['other rules of its tags', {}, { tagRules: [rule('sensitive', 'wip')] }, [own]],
    [
      'an only rule that holds',
      {},
      { tagRules: [rule('only', 'art'), rule('only', 'ink', 'linocut')] },
      [own],
    ],
    ['alt text where it is required', { images: [described] }, { altText: 'required' }, [described]],
    [
      "alt text of images that don't count",
      { images: [theirs, described] },
      { altText: 'required' },
      [described],
    ],
  ]
  test.each(cases)('%s', (_, post, wishes, images) => {
    expect(judgePost({ ...original, ...post }, { ...plainly, ...wishes })).toStrictEqual({
      wanted: true,
      images,
    })
  })
})

type Refusal = readonly [reason: string, post: Partial<Post>, wishes: Partial<Wishes>]

describe('unwanted, and why', () => {
  const cases: readonly Refusal[] = [
    ['it is not published', { published: false }, {}],
    ['it is a reblog, and LEVITY_REBLOGS is none', reblog, { reblogs: 'none' }],
    ['its tag wip is to be left out (LEVITY_TAG_RULES)', {}, { tagRules: [rule('skip', 'old', 'wip')] }],
    [
      'its tag wip is to be left out (LEVITY_TAG_RULES)',
      {},
      { tagRules: [rule('only', 'linocut'), rule('skip', 'wip')] },
    ],
    [
      'only posts tagged portfolio are wanted (LEVITY_TAG_RULES)',
      {},
      { tagRules: [rule('only', 'portfolio')] },
    ],
    [
      'only posts tagged art or ink or oil are wanted (LEVITY_TAG_RULES)',
      {},
      { tagRules: [rule('only', 'art', 'ink'), rule('only', 'oil')] },
    ],
    ['it has no image', { images: [] }, { reblogs: 'all' }],
    ["it has no image of the blog's own", { ...reblog, images: [theirs] }, {}],
    ["it has no image of the blog's own", { images: [asked] }, { reblogs: 'none' }],
    // What rules a post out for good goes before what it may wait for.
    [
      'its tag wip is to be left out (LEVITY_TAG_RULES)',
      {},
      { altText: 'required', tagRules: [rule('skip', 'wip')] },
    ],
  ]
  test.each(cases)('%s', (reason, post, wishes) => {
    expect(judgePost({ ...original, ...post }, { ...plainly, ...wishes })).toStrictEqual({
      wanted: false,
      reason,
    })
  })
})

describe('waiting for alt text', () => {
  test.each([
    [[described, own, described], 'it waits for alt text: image 2 of 3 has none'],
    [[own], 'it waits for alt text: image 1 of 1 has none'],
    [[own, described, own, own], 'it waits for alt text: images 1, 3 and 4 of 4 have none'],
    [[theirs, own, described], 'it waits for alt text: image 1 of 2 has none'],
  ])('%#', (images, reason) => {
    const judgement = judgePost({ ...original, images }, { ...plainly, altText: 'required' })
    expect(judgement).toStrictEqual({ wanted: false, reason, waits: true })
  })
})

describe('a rule names a tag', () => {
  test.each([
    ['wip', 'WIP', 'wip'],
    ['#wip', ' wip ', 'wip'],
    ['Two Words', '#two words', 'two words'],
    ['café', 'cafe\u0301', 'café'],
    ['wip', 'wips', undefined],
    ['', 'x', undefined],
  ])('rule %j, tag %j', (ruled, tag, matching) => {
    expect(matchingTag({ tags: ['other', tag] }, rule('skip', ruled))).toBe(matching)
  })
})

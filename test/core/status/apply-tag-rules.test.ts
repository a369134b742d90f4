import { describe, expect, test } from 'vitest'
import type { Wishes } from '../../../src/core/config/settings.ts'
import { parseTagRules } from '../../../src/core/config/tag-rules.ts'
import { applyTagRules, warningOf } from '../../../src/core/status/apply-tag-rules.ts'
import { wishesWith } from '../../support/wishes.ts'

describe('warningOf', () => {
  test.each([
    ['cw blood', 'blood'],
    ['tw: blood', 'blood'],
    ['cw:Blood, gore', 'Blood, gore'],
    ['TW // blood', 'blood'],
    ['#tw - eyes', 'eyes'],
    ['tw flashing', 'flashing'],
    ['cw', undefined],
    ['two birds', undefined],
    ['cwtch', undefined],
    ['no cw', undefined],
  ])('%s', (tag, warning) => {
    expect(warningOf(tag)).toBe(warning)
  })
})

describe('applyTagRules', () => {
  const rules = (value: string, more: Partial<Wishes> = {}): Wishes =>
    wishesWith({ tagRules: parseTagRules(value).rules, ...more })
  const open = { sensitive: false, visibility: 'public' }
  test.each<[what: string, tags: string[], wishes: Wishes, expected: unknown]>([
    ['nothing', ['art'], rules('nsfw=cw:Nudity'), open],
    [
      'a warning is sensitive',
      ['NSFW'],
      rules('nsfw=cw:Nudity'),
      { ...open, spoilerText: 'Nudity', sensitive: true },
    ],
    [
      'warnings join, each once',
      ['c', 'b', 'a'],
      rules('a=cw:Eyes;b=cw:eyes; c=cw:Food'),
      {
        ...open,
        spoilerText: 'Eyes, Food',
        sensitive: true,
      },
    ],
    [
      'a warning mentions nobody',
      ['a'],
      rules('a=cw:by @staff'),
      {
        ...open,
        spoilerText: 'by @\u200Bstaff',
        sensitive: true,
      },
    ],
    ['sensitive alone', ['selfie'], rules('selfie=sensitive'), { ...open, sensitive: true }],
    ['the most reserved', ['a', 'b'], rules('a=private;b=unlisted'), { ...open, visibility: 'private' }],
    [
      'never more public than the route',
      ['b'],
      rules('b=unlisted', { visibility: 'direct' }),
      {
        ...open,
        visibility: 'direct',
      },
    ],
    [
      'the preset',
      ['cw blood', 'tw: Gore', 'cw // blood'],
      rules('preset'),
      {
        ...open,
        spoilerText: 'blood, Gore',
        sensitive: true,
      },
    ],
    ['nsfw in the preset', ['NSFW'], rules('preset'), { ...open, sensitive: true }],
    ['no preset', ['nsfw', 'cw blood'], rules(''), open],
    ['always', [], rules('', { sensitive: 'always' }), { ...open, sensitive: true }],
    ['never', ['a'], rules('a=sensitive', { sensitive: 'never' }), open],
    [
      'never, but warned',
      ['a'],
      rules('a=cw:A', { sensitive: 'never' }),
      { ...open, spoilerText: 'A', sensitive: true },
    ],
  ])('%s', (_, tags, wishes, expected) => {
    expect(applyTagRules({ tags, blog: { name: 'art', nsfw: false } }, wishes)).toEqual(expected)
  })

  test.each([
    ['auto', true],
    ['always', true],
    ['never', false],
  ] as const)('a blog for adults under %s', (sensitive, expected) => {
    const post = { tags: [], blog: { name: 'art', nsfw: true } }
    expect(applyTagRules(post, wishesWith({ sensitive })).sensitive).toBe(expected)
  })
})

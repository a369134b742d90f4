import { describe, expect, test } from 'vitest'
import { applyTagRules, parseTagRules, type Wishes, warningOf } from '../../../src/core/config/wishes.ts'
import { wishesWith } from '../../support/wishes.ts'

describe('parseTagRules', () => {
  test.each([
    ['', []],
    [' ; ;', []],
    ['nsfw=cw:Nudity', [{ tags: ['nsfw'], action: { do: 'cw', text: 'Nudity' } }]],
    ['"wip; old"=skip', [{ tags: ['wip; old'], action: { do: 'skip' } }]],
    [
      ' Life Drawing = Unlisted ',
      [{ tags: ['life drawing'], action: { do: 'visibility', visibility: 'unlisted' } }],
    ],
    [
      'selfie=sensitive;portfolio=only',
      [
        { tags: ['selfie'], action: { do: 'sensitive' } },
        { tags: ['portfolio'], action: { do: 'only' } },
      ],
    ],
    ['#a=private', [{ tags: ['a'], action: { do: 'visibility', visibility: 'private' } }]],
    ['"x=y"=CW: "eyes; a=b"', [{ tags: ['x=y'], action: { do: 'cw', text: 'eyes; a=b' } }]],
    [
      'preset; wip=skip',
      [
        { tags: [], action: { do: 'preset' } },
        { tags: ['wip'], action: { do: 'skip' } },
      ],
    ],
  ])('%s', (value, rules) => {
    expect(parseTagRules(value)).toEqual({ rules, problems: [] })
  })

  test('every mistake, and the rules that are none', () => {
    const actions = 'cw:TEXT, skip, only, sensitive, unlisted, private or direct'
    expect(parseTagRules('wip; a=hide; =skip; b=cw:; c=public; "d=skip; f=')).toEqual({
      rules: [],
      problems: [
        'Expected TAG=ACTION, preset or no preset for a tag rule but received "wip"',
        `Expected ${actions} for the tag "a" but received "hide"`,
        'Expected TAG=ACTION, preset or no preset for a tag rule but received "=skip"',
        `Expected ${actions} for the tag "b" but received "cw:"`,
        `Expected ${actions} for the tag "c" but received "public"`,
        'Expected TAG=ACTION, preset or no preset for a tag rule but received "\\"d=skip"',
        `Expected ${actions} for the tag "f" but received ""`,
      ],
    })
  })
})

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

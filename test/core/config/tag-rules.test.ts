import { describe, expect, test } from 'vitest'
import { parseTagRules } from '../../../src/core/config/tag-rules.ts'

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

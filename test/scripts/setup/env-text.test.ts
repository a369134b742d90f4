import { parseEnv } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { changeEnv, quoteValue } from '../../../scripts/setup/env-text.ts'

const none = new Map<string, string>()
const set = (values: Readonly<Record<string, string>>) => ({
  renamed: none,
  set: new Map(Object.entries(values)),
})

/** What settings are made of, and what breaks files. */
const odd = fc
  .array(
    fc.oneof(
      fc.constantFrom("'", '"', '`', '#', '\n', '\\', '\\n', ' ', '=', '$', '$A', ';', '\t', 'é', '😀', 'x'),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''))

/** No escapes, and `\\n` in double quotes is a line break; a carriage return never survives. */
const writable = (value: string): boolean => {
  const holds = (quote: string): boolean => value.includes(quote)
  const quoted = !holds("'") || !holds('`') || (!holds('"') && !holds('\\n'))
  const bare = !/[#\n]/.test(value) && !/^["'`]|^\s|\s$/.test(value)
  return !holds('\r') && (quoted || bare)
}

test('a value comes back as it was, whatever stands in it', () => {
  fc.assert(
    fc.property(odd, (value) => {
      const written = quoteValue(value)
      if (written === undefined) return !writable(value)
      return parseEnv(`BEFORE=1\nA=${written}\nAFTER="it's \`so\`"`)['A'] === value
    }),
    { numRuns: 2000 },
  )
})

test.each([
  ['token_-.1', 'token_-.1'],
  ['nsfw=cw:Nudity; "wip; old"=skip', `'nsfw=cw:Nudity; "wip; old"=skip'`],
  ["it's #1", "`it's #1`"],
  ['{text}\\n{link}', "'{text}\\n{link}'"],
  ['a\nb', "'a\nb'"],
  ['\'"`\n', undefined],
  ['a\rb', undefined],
])('%j is written %j', (value, written) => {
  expect(quoteValue(value)).toBe(written)
})

const file = `\uFEFF# Mine.
TUMBLR_BLOG=old # the good one
  export MASTODON_URL = "https://a.example"  # home
A='two
#LEVITY_START=all
lines'
#LEVITY_START=now

LEVITY_TAG_RULES=
LAST=1`.slice(1)

test('changes what it is told to, in its place, and nothing else', () => {
  expect(
    changeEnv(
      file,
      set({
        TUMBLR_BLOG: 'new',
        MASTODON_URL: 'https://b.example',
        LEVITY_START: 'all',
        LEVITY_TAG_RULES: 'a=cw:#b',
        NEW: 'x y',
      }),
      'The rest.',
    ),
  ).toBe(`# Mine.
TUMBLR_BLOG=new # the good one
  export MASTODON_URL = https://b.example  # home
A='two
#LEVITY_START=all
lines'
#LEVITY_START=now
LEVITY_START=all

LEVITY_TAG_RULES='a=cw:#b'
LAST=1

# The rest.
NEW='x y'
`)
})

test('renames, and changes under the new name', () => {
  const text = 'A=1\nB="2"\r\nA=3 # three\r\n'
  expect(
    changeEnv(text, {
      renamed: new Map([
        ['A', 'MAIN_A'],
        ['B', 'MAIN_B'],
      ]),
      set: new Map([
        ['MAIN_A', '4'],
        ['A', '5'],
      ]),
    }),
  ).toBe('MAIN_A=1\nMAIN_B="2"\r\nMAIN_A=4 # three\r\nA=5\r\n')
})

test('an empty file, and no change at all', () => {
  expect(changeEnv('', set({ A: '1', B: '' }), 'Why.')).toBe('# Why.\nA=1\nB=\n')
  expect(changeEnv(file, set({}), 'Why.')).toBe(file)
})

test.each([
  ['A=  \nB=1', set({ A: '2' }), /without touching B/],
  ['A=1\nMAIN_A=2', { renamed: new Map([['A', 'MAIN_A']]), set: none }, /no MAIN_A in the file/],
  ['', set({ A: '\r' }), /that a \.env file can hold for A/],
])('%j is left as it is', (text, changes, sentence) => {
  expect(() => changeEnv(text, changes)).toThrow(sentence)
})

test('over any file: what was not asked for keeps its value, and every line that was not touched stays', () => {
  const names = fc.constantFrom('A', 'B', 'C', 'LEVITY_START')
  const line = fc.oneof(
    fc.tuple(names, odd).map(([name, value]) => `${name}=${quoteValue(value) ?? ''}`),
    names.map((name) => `#${name}=x`),
    fc.constantFrom('', '# a comment', 'nonsense'),
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), names, odd, (lines, name, value) => {
      fc.pre(quoteValue(value) !== undefined)
      const text = lines.map((one) => `${one}\n`).join('')
      const changed = changeEnv(text, set({ [name]: value }))
      expect(parseEnv(changed)).toEqual({ ...parseEnv(text), [name]: value })
      const kept = lines.filter((one) => !one.startsWith(`${name}=`))
      let from = 0
      for (const one of kept) {
        const at = changed.indexOf(`${one}\n`, from)
        expect(at).toBeGreaterThanOrEqual(from)
        from = at
      }
    }),
    { numRuns: 1000 },
  )
})

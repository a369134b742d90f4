import { expect, test } from 'vitest'
import { ConfigError, parseConfig } from '../../../src/core/config/config.ts'
import { helpOf, plainHelpOf } from '../../../src/core/config/row.ts'
import { isSecret, settingRows } from '../../../src/core/config/settings.ts'

test('the help of a row ends with its words', () => {
  const about = { name: 'X', help: 'what `cw a` does' }
  const words = { all: 'everything', 'a b': 'some', none: '' }
  expect(helpOf(about)).toBe('what `cw a` does')
  expect(helpOf({ ...about, words })).toBe('what `cw a` does: `all` (everything), `a b` (some) or `none`')
  expect(plainHelpOf({ ...about, words })).toBe('what "cw a" does: all (everything), "a b" (some) or none')
  expect(helpOf({ ...about, words: { all: '' } })).toBe('what `cw a` does: `all`')
})

const rows = [...settingRows.values()]

test.each(rows)('$about.name: one sentence, and a default or an example that it takes', (row) => {
  const { help, needed, secret, shared, example } = row.about
  expect(help).toMatch(/^[^A-Z].*[^.]$/)
  const value = row.default || example
  expect(value !== undefined || secret === true || needed === true).toBe(true)
  const enough = {
    TUMBLR_BLOG: 'moss',
    TUMBLR_CONSUMER_KEY: 'key-1',
    MASTODON_URL: 'https://mastodon.example',
    MASTODON_ACCESS_TOKEN: 'token-1',
  }
  const env = { ...enough, ...(value && { [row.about.name]: value }) }
  // The names of the example are routes that need another account each.
  if (row.about.name !== 'LEVITY_ROUTES') expect(parseConfig(env).routes).toHaveLength(1)
  const own = { ...enough, LEVITY_ROUTES: 'art', [`ART_${row.about.name}`]: value ?? 'x' }
  if (shared) expect(() => parseConfig(own)).toThrow(ConfigError)
})

test.each(rows)('$about.name is secret under any name if its row says so', ({ about: { name, secret } }) => {
  for (const one of [name, `ART_${name}`]) expect(isSecret(one)).toBe(secret === true)
})

test('a mistyped name of a secret is taken for one', () => {
  expect(isSecret('MASTODON_ACESS_TOKEN')).toBe(true)
  expect(isSecret('LEVITY_TAGS')).toBe(false)
})

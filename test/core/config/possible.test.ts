import { expect, test } from 'vitest'
import { parsePossible } from '../../../src/core/config/possible.ts'

const env = {
  TUMBLR_BLOG: 'moss',
  TUMBLR_CONSUMER_KEY: 'key-of-tumblr',
  MASTODON_URL: 'https://m.example',
  MASTODON_ACCESS_TOKEN: 'token-of-mastodon',
}
const tumblr = { blog: 'moss', consumerKey: 'key-of-tumblr', apiUrl: 'https://api.tumblr.com' }
const mastodon = { url: 'https://m.example', accessToken: 'token-of-mastodon' }
const oauth = { TUMBLR_CONSUMER_SECRET: 'one', TUMBLR_TOKEN: 'two', TUMBLR_TOKEN_SECRET: 'three' }
const from = (values: Readonly<Record<string, string>>, region = 'eu-central-1') => ({
  region,
  values: new Map(Object.entries(values)),
})

test('settings without a mistake are whole', () => {
  const { routes, table, secrets } = parsePossible({ ...env, ...oauth })
  expect(routes).toMatchObject([{ name: 'main', problems: [], mastodon, config: { name: 'main' } }])
  expect(routes[0].tumblr).toEqual({
    ...tumblr,
    oauth: { consumerSecret: 'one', token: 'two', tokenSecret: 'three' },
  })
  expect(table).toBe('levity')
  expect(secrets.toSorted()).toEqual(['key-of-tumblr', 'one', 'three', 'token-of-mastodon', 'two'])
})

test.each<[string, object, object]>([
  ['a blog that is none', { TUMBLR_BLOG: '//elsewhere' }, { mastodon }],
  ['no key', { TUMBLR_CONSUMER_KEY: '' }, { mastodon }],
  ['a server that is none', { MASTODON_URL: 'm.example' }, { tumblr }],
  ['a token with a space', { MASTODON_ACCESS_TOKEN: 'a b' }, { tumblr }],
  ['two of three user keys', { ...oauth, TUMBLR_TOKEN: '' }, { tumblr, mastodon }],
  ['another mistake', { LEVITY_DELAY: 'soon' }, { tumblr, mastodon }],
  ['a table that is none', { LEVITY_TABLE: '!' }, { tumblr, mastodon }],
])('%s: what is left can be asked', (_, changes, left) => {
  const { routes, table } = parsePossible({ ...env, ...changes })
  const [{ problems, name, config, ...rest }] = routes
  expect(problems).toHaveLength(1)
  expect(config !== undefined).toBe('LEVITY_TABLE' in changes)
  expect({ name, ...rest }).toEqual({ name: 'main', ...left })
  expect(table).toBe('LEVITY_TABLE' in changes ? undefined : 'levity')
})

test('each route has its own mistakes, and those of all', () => {
  const { routes } = parsePossible(
    { ...env, LEVITY_ROUTES: 'art,photos', PHOTOS_LEVITY_START: 'soon', LEVITY_STRAT: 'x' },
    undefined,
    ['of whoever asks'],
  )
  const shared = [expect.stringContaining('LEVITY_STRAT'), 'of whoever asks']
  expect(routes.map(({ name, problems }) => [name, problems])).toEqual([
    ['art', shared],
    ['photos', [...shared, expect.stringContaining('for PHOTOS_LEVITY_START')]],
  ])
  expect(routes[1]?.config).toBeUndefined()
})

test('without a route that has a name that can be one, there is one all the same', () => {
  const { routes } = parsePossible({ ...env, LEVITY_ROUTES: 'Art' })
  expect(routes).toEqual([
    { name: 'main', problems: [expect.stringContaining('for LEVITY_ROUTES but received "Art"')] },
  ])
})

test('from Parameter Store: the value, that it is missing, or why it could not be read', () => {
  const stored = { ...env, MASTODON_ACCESS_TOKEN: 'ssm:/levity/token' }
  const read = parsePossible(stored, from({ '/levity/token': 'kept-elsewhere' }))
  expect(read.routes[0]).toMatchObject({ problems: [], mastodon: { accessToken: 'kept-elsewhere' } })
  expect(read.secrets).toContain('kept-elsewhere')
  const missing = parsePossible(stored, from({}))
  expect(missing.routes[0]).toMatchObject({
    problems: [expect.stringContaining('received none of that name')],
  })
  const unread = parsePossible(stored, { unread: 'it was closed' })
  expect(unread.routes[0].problems).toEqual([
    'Expected the value of MASTODON_ACCESS_TOKEN from Parameter Store but it was closed',
  ])
  for (const { routes, secrets } of [missing, unread]) {
    expect(routes[0].mastodon).toBeUndefined()
    expect(secrets).toEqual(['key-of-tumblr'])
  }
})

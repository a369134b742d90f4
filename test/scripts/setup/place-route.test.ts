import { parseEnv } from 'node:util'
import { expect, test } from 'vitest'
import { changeEnv } from '../../../scripts/setup/env-text.ts'
import { placeRoute, type WantedValues } from '../../../scripts/setup/place-route.ts'
import { parseConfig } from '../../../src/core/config/config.ts'
import type { RouteName } from '../../../src/core/config/variables.ts'

const asked = [
  'TUMBLR_BLOG',
  'TUMBLR_CONSUMER_KEY',
  'TUMBLR_CONSUMER_SECRET',
  'TUMBLR_TOKEN',
  'TUMBLR_TOKEN_SECRET',
  'MASTODON_URL',
  'MASTODON_ACCESS_TOKEN',
  'LEVITY_START',
  'LEVITY_TAG_RULES',
  'LEVITY_VISIBILITY',
] as const
type Asked = Partial<Record<(typeof asked)[number], string>>

const wanting = (values: Asked): WantedValues => new Map(asked.map((name) => [name, values[name]]))

const place = (text: string, route: RouteName, values: Asked): string =>
  changeEnv(text, placeRoute(parseEnv(text), route, wanting(values)))

const art = {
  TUMBLR_BLOG: 'art',
  TUMBLR_CONSUMER_KEY: 'key',
  MASTODON_URL: 'https://a.example',
  MASTODON_ACCESS_TOKEN: 'token-art',
}
const one = `# Mine.
TUMBLR_BLOG=hills # the first
TUMBLR_CONSUMER_KEY=key
MASTODON_URL=https://a.example
MASTODON_ACCESS_TOKEN=token-hills
LEVITY_START=all
LEVITY_LANGUAGE=de
`

test('one route: what differs from the default is written, without a name', () => {
  expect(place('', undefined, { ...art, LEVITY_START: 'now', LEVITY_VISIBILITY: 'unlisted' })).toBe(
    'TUMBLR_BLOG=art\nTUMBLR_CONSUMER_KEY=key\nMASTODON_URL=https://a.example\nMASTODON_ACCESS_TOKEN=token-art\nLEVITY_VISIBILITY=unlisted\n',
  )
})

test('a second route names the first one main, which is its name in the ledger, and changes nothing of it', () => {
  const text = place(one, 'art', { ...art, LEVITY_START: 'last:3' })
  expect(text).toBe(`# Mine.
MAIN_TUMBLR_BLOG=hills # the first
TUMBLR_CONSUMER_KEY=key
MASTODON_URL=https://a.example
MAIN_MASTODON_ACCESS_TOKEN=token-hills
MAIN_LEVITY_START=all
LEVITY_LANGUAGE=de
LEVITY_ROUTES=main,art
ART_TUMBLR_BLOG=art
ART_MASTODON_ACCESS_TOKEN=token-art
ART_LEVITY_START=last:3
`)
  const [before] = parseConfig(parseEnv(one)).routes
  const [main, second] = parseConfig(parseEnv(text)).routes
  expect(main).toEqual(before)
  expect(second).toMatchObject({
    name: 'art',
    tumblr: { blog: 'art', consumerKey: 'key' },
    mastodon: { url: 'https://a.example', accessToken: 'token-art' },
    start: { from: 'last', count: 3 },
    wishes: { language: 'de' },
  })
})

test('a default is written where what holds for every route says otherwise, and names go only where they must', () => {
  const two = `${one}LEVITY_ROUTES=main,art\nLEVITY_TAG_RULES=a=skip\nART_TUMBLR_BLOG=art\nART_MASTODON_ACCESS_TOKEN=x\n`
  const text = place(two, 'new', { ...art, TUMBLR_BLOG: 'new' })
  expect(text.slice(two.length + ',new'.length)).toBe(
    'NEW_TUMBLR_BLOG=new\nNEW_MASTODON_ACCESS_TOKEN=token-art\nNEW_LEVITY_START=now\nNEW_LEVITY_TAG_RULES=preset\n',
  )
  expect(text).toContain('LEVITY_ROUTES=main,art,new\n')
  const [, , third] = parseConfig(parseEnv(text)).routes
  expect(third?.wishes.tagRules).toEqual(
    parseConfig(parseEnv(place('', undefined, art))).routes[0].wishes.tagRules,
  )
})

test('a route that is there is changed where it stands', () => {
  expect(place(one, undefined, { ...art, LEVITY_START: 'now' })).toBe(
    one.replace('hills #', 'art #').replace('token-hills', 'token-art').replace('START=all', 'START=now'),
  )
  const named = place(one, 'art', art)
  expect(place(named, 'art', { ...art, MASTODON_ACCESS_TOKEN: 'fresh' })).toBe(
    named.replace('token-art', 'fresh'),
  )
  const hidden = `${one}TUMBLR_CONSUMER_SECRET=a\nTUMBLR_TOKEN=b\nTUMBLR_TOKEN_SECRET=c\n`
  expect(place(hidden, undefined, { ...art, LEVITY_START: 'all' })).toContain(
    'TUMBLR_CONSUMER_SECRET=\nTUMBLR_TOKEN=\nTUMBLR_TOKEN_SECRET=\n',
  )
})

test('a first route may have a name; what was begun by nobody is no route', () => {
  expect(place('TUMBLR_BLOG=\nLEVITY_TABLE=mine\n', 'art', art)).toBe(
    'TUMBLR_BLOG=\nLEVITY_TABLE=mine\nLEVITY_ROUTES=art\nART_TUMBLR_BLOG=art\nART_TUMBLR_CONSUMER_KEY=key\nART_MASTODON_URL=https://a.example\nART_MASTODON_ACCESS_TOKEN=token-art\n',
  )
})

test('what holds for every route and must not hold for this one is a mistake that only a person can mend', () => {
  const shared = `${one}TUMBLR_CONSUMER_SECRET=a\nTUMBLR_TOKEN=b\nTUMBLR_TOKEN_SECRET=c\nLEVITY_ROUTES=main\n`
  expect(() => place(shared, 'art', art)).toThrow(
    'Expected no TUMBLR_CONSUMER_SECRET for the route art but received one that holds for every route',
  )
})

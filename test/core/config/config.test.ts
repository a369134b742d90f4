import { readFile } from 'node:fs/promises'
import { parseEnv } from 'node:util'
import { expect, test } from 'vitest'
import { ConfigError, parseConfig } from '../../../src/core/config/config.ts'
import { secretsOf } from '../../../src/core/config/route.ts'
import type { SettingRow } from '../../../src/core/config/row.ts'
import { RouteSettings, routeVariables } from '../../../src/core/config/settings.ts'

type Env = Readonly<Record<string, string | undefined>>

const enough: Env = {
  TUMBLR_BLOG: 'moss',
  TUMBLR_CONSUMER_KEY: 'consumer-key-1',
  MASTODON_URL: 'https://mastodon.example',
  MASTODON_ACCESS_TOKEN: 'access-token-1',
}
const oauth: Env = {
  TUMBLR_CONSUMER_SECRET: 'secret-2',
  TUMBLR_TOKEN: 'token-3',
  TUMBLR_TOKEN_SECRET: 'secret-4',
}

function problemsOf(env: Env): readonly string[] {
  try {
    parseConfig(env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    for (const problem of error.problems) expect(error.message).toContain(problem)
    return error.problems
  }
  return []
}

const preset = { tags: [], action: { do: 'preset' } }
const wipSkip = { tags: ['wip'], action: { do: 'skip' } }

test('four variables are enough, and every other has its default', () => {
  const config = parseConfig(enough)
  expect(config).toMatchObject({
    table: 'levity',
    routes: [
      {
        name: 'main',
        tumblr: { blog: 'moss', consumerKey: 'consumer-key-1', apiUrl: 'https://api.tumblr.com' },
        mastodon: { url: 'https://mastodon.example', accessToken: 'access-token-1' },
        wishes: {
          reblogs: 'own',
          tagRules: [preset],
          sensitive: 'auto',
          visibility: 'public',
          hashtags: Number.POSITIVE_INFINITY,
          template: '{text}\n\n{credit}\n\n{link}\n\n{tags}',
          altText: 'own',
        },
        start: { from: 'now' },
        delayMs: 300_000,
        maxPosts: 20,
        follow: { edits: false, deletions: false },
      },
    ],
  })
  // Nothing else: what is optional and has no default is absent.
  const { run, wishes } = RouteSettings.entries
  const [route] = config.routes
  const groups = ['name', 'tumblr', 'mastodon', 'wishes']
  expect(Object.keys(route).toSorted()).toEqual([...groups, ...withDefault(run.entries)].toSorted())
  expect(Object.keys(route.wishes).toSorted()).toEqual(withDefault(wishes.entries).toSorted())
  expect(Object.keys(route.tumblr).toSorted()).toEqual(['apiUrl', 'blog', 'consumerKey'])
})

const withDefault = (entries: Readonly<Record<string, SettingRow>>): readonly string[] =>
  Object.entries(entries).flatMap(([key, row]) => (row.default === undefined ? [] : [key]))

const minute = 60_000
const taken: readonly (readonly [variable: string, value: string, part: object])[] = [
  ['TUMBLR_BLOG', 'https://www.tumblr.com/moss/123/slug', { tumblr: { blog: 'moss' } }],
  ['TUMBLR_BLOG', ' art.example.com ', { tumblr: { blog: 'art.example.com' } }],
  ['TUMBLR_API_URL', 'https://127.0.0.1:8443/', { tumblr: { apiUrl: 'https://127.0.0.1:8443' } }],
  ['MASTODON_URL', 'https://Mastodon.Example:443/', { mastodon: { url: 'https://mastodon.example' } }],
  ['MASTODON_URL', 'http://localhost:3000', { mastodon: { url: 'http://localhost:3000' } }],
  ['MASTODON_URL', 'http://127.0.0.1:3000', { mastodon: { url: 'http://127.0.0.1:3000' } }],
  ['MASTODON_URL', 'http://[::1]:3000', { mastodon: { url: 'http://[::1]:3000' } }],
  ['LEVITY_START', 'all', { start: { from: 'all' } }],
  ['LEVITY_START', 'last:10', { start: { from: 'last', count: 10 } }],
  ['LEVITY_START', 'since:2024-02-29', { start: { from: 'since', time: Date.UTC(2024, 1, 29) } }],
  ['LEVITY_START', 'since:2024-02-29T12:30', { start: { time: Date.UTC(2024, 1, 29, 12, 30) } }],
  ['LEVITY_START', 'since:2024-02-29T12:30:05+02:00', { start: { time: Date.UTC(2024, 1, 29, 10, 30, 5) } }],
  ['LEVITY_REBLOGS', 'ALL', { wishes: { reblogs: 'all' } }],
  ['LEVITY_TAG_RULES', 'wip=skip', { wishes: { tagRules: [wipSkip, preset] } }],
  ['LEVITY_TAG_RULES', 'preset; wip=skip', { wishes: { tagRules: [preset, wipSkip] } }],
  ['LEVITY_TAG_RULES', 'no preset; wip=skip', { wishes: { tagRules: [wipSkip] } }],
  ['LEVITY_TAG_RULES', 'no preset', { wishes: { tagRules: [] } }],
  ['LEVITY_SENSITIVE', 'never', { wishes: { sensitive: 'never' } }],
  ['LEVITY_VISIBILITY', 'unlisted', { wishes: { visibility: 'unlisted' } }],
  ['LEVITY_LANGUAGE', 'EN', { wishes: { language: 'en' } }],
  ['LEVITY_LANGUAGE', 'yue', { wishes: { language: 'yue' } }],
  ['LEVITY_LANGUAGE', 'pt-br', { wishes: { language: 'pt-BR' } }],
  ['LEVITY_HASHTAGS', 'none', { wishes: { hashtags: 0 } }],
  ['LEVITY_HASHTAGS', '5', { wishes: { hashtags: 5 } }],
  ['LEVITY_TEMPLATE', '{text}\\n{link} {date}', { wishes: { template: '{text}\n{link} {date}' } }],
  ['LEVITY_ALT_TEXT', 'required', { wishes: { altText: 'required' } }],
  ['LEVITY_DELAY', '0', { delayMs: 0 }],
  ['LEVITY_DELAY', '30s', { delayMs: minute / 2 }],
  ['LEVITY_DELAY', '2h', { delayMs: 120 * minute }],
  ['LEVITY_MAX_POSTS', '3', { maxPosts: 3 }],
  ['LEVITY_FOLLOW', 'deletions', { follow: { edits: false, deletions: true } }],
  ['LEVITY_FOLLOW', 'edits, deletions', { follow: { edits: true, deletions: true } }],
  ['LEVITY_MAX_POSTS', '', { maxPosts: 20 }],
  ['LEVITY_LANGUAGE', '  ', { delayMs: 5 * minute }],
]
test.each(taken)('%s takes %j', (variable, value, part) => {
  expect(parseConfig({ ...enough, [variable]: value }).routes[0]).toMatchObject(part)
})

const refused: readonly (readonly [variable: string, value: string, shown: string])[] = [
  ['TUMBLR_BLOG', '../../../', '"../../../"'],
  ['TUMBLR_BLOG', '//host', '"//host"'],
  ['TUMBLR_CONSUMER_KEY', 'key with spaces', 'a value of 15 characters'],
  ['MASTODON_ACCESS_TOKEN', '"quoted token"', 'a value of 14 characters'],
  ['TUMBLR_API_URL', 'http://127.0.0.1', '"http://127.0.0.1"'],
  ['TUMBLR_API_URL', 'https://api.tumblr.com/v2', '"https://api.tumblr.com/v2"'],
  ['MASTODON_URL', 'mastodon.example', '"mastodon.example"'],
  ['MASTODON_URL', 'http://mastodon.example', '"http://mastodon.example"'],
  ['MASTODON_URL', 'http://127.0.0.1.example.com', '"http://127.0.0.1.example.com"'],
  ['MASTODON_URL', 'https://mastodon.example/@moss', 'an address with a user name or password'],
  ['MASTODON_URL', 'https://mastodon.example/about', '"https://mastodon.example/about"'],
  ['MASTODON_URL', 'https://mastodon.example/?token=hush', '"https://mastodon.example/"'],
  ['MASTODON_URL', 'https://me:hush@mastodon.example', 'an address with a user name or password'],
  ['LEVITY_START', 'yesterday', '"yesterday"'],
  ['LEVITY_START', 'last:0', '"last:0"'],
  ['LEVITY_START', 'since:2024-02-30', '"since:2024-02-30"'],
  ['LEVITY_START', 'now:1', '"now:1"'],
  ['LEVITY_REBLOGS', 'some', '"some"'],
  ['LEVITY_SENSITIVE', 'yes', '"yes"'],
  ['LEVITY_VISIBILITY', 'hidden', '"hidden"'],
  ['LEVITY_LANGUAGE', 'english', '"english"'],
  ['LEVITY_HASHTAGS', '-1', '"-1"'],
  ['LEVITY_TEMPLATE', '{text} {url}', '"{text} {url}"'],
  ['LEVITY_ALT_TEXT', 'none', '"none"'],
  ['LEVITY_DELAY', '5', '"5"'],
  ['LEVITY_DELAY', '31d', '"31d"'],
  ['LEVITY_MAX_POSTS', '0', '"0"'],
  ['LEVITY_MAX_POSTS', '1.5', '"1.5"'],
  ['LEVITY_FOLLOW', 'edits,none', '"edits,none"'],
  ['LEVITY_TABLE', 'a/b', '"a/b"'],
  ['LEVITY_ROUTES', 'Art', '"Art"'],
  ['LEVITY_ROUTES', 'aws', '"aws"'],
  ['LEVITY_ROUTES', 'art,', '""'],
  ['LEVITY_ROUTES', 'art,art', '"art" more than once'],
]
test.each(refused)('%s refuses %j', (variable, value, shown) => {
  const problems = problemsOf({ ...enough, [variable]: value })
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatch(/^Expected .+ for /)
  expect(problems[0]).toContain(` for ${variable} but received ${shown}`)
  expect(problems[0]).not.toContain('hush')
})

test('every mistake is named at once', () => {
  const problems = problemsOf({
    TUMBLR_BLOG: '..',
    LEVITY_DELAY: 'soon',
    LEVITY_TAG_RULES: 'wip; nsfw=hide',
    LEVITY_STRAT: 'all',
    LEVITY_TABLE: '!',
    TUMBLR_TOKEN: 'token-3',
  })
  const about = (text: string): number => problems.filter((problem) => problem.includes(text)).length
  expect(about('for TUMBLR_BLOG but received ".."')).toBe(1)
  expect(about('for TUMBLR_CONSUMER_KEY but received nothing')).toBe(1)
  expect(about('for MASTODON_URL but received nothing')).toBe(1)
  expect(about('for MASTODON_ACCESS_TOKEN but received nothing')).toBe(1)
  expect(about('LEVITY_DELAY')).toBe(1)
  expect(about('LEVITY_TAG_RULES: Expected')).toBe(2)
  expect(about('LEVITY_STRAT (did you mean LEVITY_START?)')).toBe(1)
  expect(about('LEVITY_TABLE')).toBe(1)
  expect(about('TUMBLR_TOKEN without TUMBLR_CONSUMER_SECRET and TUMBLR_TOKEN_SECRET')).toBe(1)
  expect(problems).toHaveLength(10)
})

test('the three of OAuth are read together', () => {
  expect(parseConfig({ ...enough, ...oauth }).routes[0].tumblr.oauth).toEqual({
    consumerSecret: 'secret-2',
    token: 'token-3',
    tokenSecret: 'secret-4',
  })
})

test('a secret in the wrong place is not shown either', () => {
  const problems = problemsOf({
    ...enough,
    TUMBLR_BLOG: 'x access-token-1',
    LEVITY_TAG_RULES: 'access-token-1',
  })
  expect(problems).toHaveLength(2)
  expect(problems.join()).not.toContain('access-token-1')
})

test.each([...Object.keys(enough), 'LEVITY_LANGUAGE', 'LEVITY_ROUTES', 'LEVITY_TABLE'])(
  '%s cannot be read from Parameter Store where there is none',
  (variable) => {
    const problems = problemsOf({ ...enough, [variable]: 'ssm:/levity/hush' })
    expect(problems).toEqual([expect.stringContaining(`Expected the value itself for ${variable}`)])
    expect(problems.join()).not.toContain('hush')
  },
)

const both: Env = { ...enough, LEVITY_ROUTES: 'art, photos', PHOTOS_TUMBLR_BLOG: 'photos-of-moss' }

test('a route takes its own variables, and the others from all routes', () => {
  const { routes } = parseConfig({
    ...both,
    LEVITY_START: 'all',
    ART_LEVITY_START: 'last:2',
    PHOTOS_MASTODON_ACCESS_TOKEN: 'access-token-5',
    ART_LEVITY_DELAY: '',
  })
  expect(
    routes.map(({ name, tumblr, mastodon, start }) => [name, tumblr.blog, mastodon.accessToken, start]),
  ).toEqual([
    ['art', 'moss', 'access-token-1', { from: 'last', count: 2 }],
    ['photos', 'photos-of-moss', 'access-token-5', { from: 'all' }],
  ])
  expect(secretsOf(routes)).toEqual(['consumer-key-1', 'access-token-1', 'access-token-5'])
})

const routeMistakes: readonly (readonly [env: Env, problem: string])[] = [
  [{ PHOTOS_LEVITY_DELAY: 'soon' }, 'for PHOTOS_LEVITY_DELAY but received "soon"'],
  [{ LEVITY_DELAY: 'soon' }, 'for LEVITY_DELAY but received "soon"'],
  [
    { MASTODON_URL: '', ART_MASTODON_URL: 'https://a.example' },
    'for PHOTOS_MASTODON_URL (or MASTODON_URL) but received nothing',
  ],
  [{ ART_LEVITY_STRAT: 'all' }, 'ART_LEVITY_STRAT (did you mean ART_LEVITY_START?)'],
  [{ ART_MASTODON_ULR: 'x' }, 'ART_MASTODON_ULR (did you mean ART_MASTODON_URL?)'],
  [{ PHOTO_LEVITY_START: 'all' }, 'PHOTO_LEVITY_START (did you mean PHOTOS_LEVITY_START?)'],
  [{ ART_LEVITY_TABLE: 'mine' }, 'ART_LEVITY_TABLE'],
  [{ PHOTOS_TUMBLR_BLOG: 'moss.tumblr.com' }, 'for the route photos but received those of the route art'],
]
test.each(routeMistakes)('with routes, %j is one mistake', (env, problem) => {
  expect(problemsOf({ ...both, ...env })).toEqual([expect.stringContaining(problem)])
})

test("other programs' variables are left alone", () => {
  expect(
    problemsOf({ ...enough, AWS_REGION: 'x', ARTISTIC: 'x', MASTODON_HOME: 'x', LEVITY_NOTHING: '' }),
  ).toEqual([])
})

test('the example file names every variable, and is right but for what it leaves open', async () => {
  const text = await readFile(new URL('../../../.env.example', import.meta.url), 'utf8')
  const single = parseEnv(text.replace(/#LEVITY_ROUTES[\s\S]*$/, '').replace(/^#(?=[A-Z_]+=)/gm, ''))
  const filled = { ...single, ...enough, ...oauth }
  expect(parseConfig(filled).routes[0].wishes.template).toBe('{text}\n\n{credit}\n\n{link}\n\n{tags}')
  const forPeople = routeVariables.filter((name) => name !== 'TUMBLR_API_URL')
  expect(Object.keys(filled).toSorted()).toEqual([...forPeople, 'LEVITY_TABLE'].toSorted())
  expect(problemsOf(parseEnv(text))).toHaveLength(4)
})

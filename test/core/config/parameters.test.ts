import { describe, expect, test } from 'vitest'
import { ConfigError, parseConfig, parseRunConfig } from '../../../src/core/config/config.ts'
import { wantedParameters } from '../../../src/core/config/parameters.ts'

type Env = Readonly<Record<string, string | undefined>>

const enough: Env = {
  TUMBLR_BLOG: 'moss',
  TUMBLR_CONSUMER_KEY: 'consumer-key-1',
  MASTODON_URL: 'https://mastodon.example',
  MASTODON_ACCESS_TOKEN: 'ssm:/levity/token',
}
const both: Env = {
  ...enough,
  LEVITY_ROUTES: 'art,photos',
  PHOTOS_TUMBLR_BLOG: 'photos-of-moss',
  PHOTOS_MASTODON_ACCESS_TOKEN: ' SSM:/levity/photos_1/to-ken.v2 ',
}

const stored = (
  values: Readonly<Record<string, string>>,
): NonNullable<Parameters<typeof parseConfig>[1]> => ({
  region: 'eu-central-1',
  values: new Map(Object.entries(values)),
})

function problemsOf(env: Env, values: Readonly<Record<string, string>> = {}): readonly string[] {
  try {
    parseConfig(env, stored(values))
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems
  }
  return []
}

test('each parameter that a route needs is wanted once, and no other', () => {
  expect(wantedParameters(enough)).toEqual(['/levity/token'])
  expect(wantedParameters({ ...both, TUMBLR_CONSUMER_KEY: 'ssm:/levity/key' })).toEqual([
    '/levity/key',
    '/levity/token',
    '/levity/photos_1/to-ken.v2',
  ])
  // Each route has its own, so that nobody's default is read.
  expect(wantedParameters({ ...both, ART_MASTODON_ACCESS_TOKEN: 'a-1' })).toEqual([
    '/levity/photos_1/to-ken.v2',
  ])
  expect(
    wantedParameters({
      ...enough,
      MASTODON_ACCESS_TOKEN: 'a-1',
      OTHER_PROGRAM: 'ssm:/x',
      LEVITY_TABLE: 'ssm:/x',
      LEVITY_ROUTES: 'ssm:/x',
    }),
  ).toEqual([])
})

test('a parameter stands for its value, in any setting of a route', () => {
  const { routes } = parseConfig(
    { ...both, LEVITY_DELAY: 'ssm:/levity/delay' },
    stored({
      '/levity/token': ' access-token-1\n',
      '/levity/photos_1/to-ken.v2': 'access-token-2',
      '/levity/delay': '10m',
    }),
  )
  expect(routes.map(({ mastodon, delayMs }) => [mastodon.accessToken, delayMs])).toEqual([
    ['access-token-1', 600_000],
    ['access-token-2', 600_000],
  ])
})

test('every parameter that is missing or empty is named at once, with its variable and the region', () => {
  expect(
    problemsOf(
      { ...both, TUMBLR_CONSUMER_KEY: 'ssm:/levity/key', LEVITY_DELAY: 'soon' },
      { '/levity/key': ' \n' },
    ),
  ).toEqual([
    'Expected a value in the parameter /levity/key in Parameter Store for TUMBLR_CONSUMER_KEY but received an empty one: give it a value',
    'Expected a parameter /levity/token in Parameter Store for MASTODON_ACCESS_TOKEN but received none of that name (region eu-central-1): create it there, or correct the address',
    expect.stringContaining('for LEVITY_DELAY but received "soon"'),
    'Expected a parameter /levity/photos_1/to-ken.v2 in Parameter Store for PHOTOS_MASTODON_ACCESS_TOKEN but received none of that name (region eu-central-1): create it there, or correct the address',
  ])
})

describe('a route whose parameters are not given is stopped alone (V7)', () => {
  const missing = (name: string, variable: string): string =>
    `Expected a parameter ${name} in Parameter Store for ${variable} but received none of that name (region eu-central-1): create it there, or correct the address`
  const ofPhotos = '/levity/photos_1/to-ken.v2'
  const { MASTODON_ACCESS_TOKEN: _, ...plain } = both
  const env = { ...plain, ART_MASTODON_ACCESS_TOKEN: 'a-1' }

  test.each([
    ['missing', stored({}), missing(ofPhotos, 'PHOTOS_MASTODON_ACCESS_TOKEN')],
    [
      'empty',
      stored({ [ofPhotos]: ' ' }),
      `Expected a value in the parameter ${ofPhotos} in Parameter Store for PHOTOS_MASTODON_ACCESS_TOKEN but received an empty one: give it a value`,
    ],
    [
      'no token',
      stored({ [ofPhotos]: 'hush hush' }),
      'Expected an access token of a Mastodon account, without spaces, for PHOTOS_MASTODON_ACCESS_TOKEN but received a value of 9 characters from Parameter Store',
    ],
    [
      'not to be read',
      { ...stored({}), refused: new Map([[ofPhotos, 'Parameter Store could not read it: HTTP 400']]) },
      'Expected the value of PHOTOS_MASTODON_ACCESS_TOKEN from Parameter Store but Parameter Store could not read it: HTTP 400',
    ],
  ])('it is %s', (_, parameters, sentence) => {
    const { routes, stopped } = parseRunConfig(env, parameters)
    expect(routes.map(({ name }) => name)).toEqual(['art'])
    expect(stopped).toEqual([{ name: 'photos', problems: [sentence] }])
    expect(() => parseConfig(env, parameters)).toThrow(expect.objectContaining({ problems: [sentence] }))
  })

  test('a value that was kept is used where it may not be read any more', () => {
    const parameters = { ...stored({ [ofPhotos]: 'a-2' }), refused: new Map([[ofPhotos, 'it is refused']]) }
    expect(parseRunConfig(env, parameters)).toMatchObject({ routes: [{}, { name: 'photos' }], stopped: [] })
  })

  test('where no route is left, nothing runs, and every parameter is named', () => {
    const problems = [
      missing('/levity/token', 'MASTODON_ACCESS_TOKEN'),
      missing(ofPhotos, 'PHOTOS_MASTODON_ACCESS_TOKEN'),
    ]
    expect(() => parseRunConfig(both, stored({}))).toThrow(expect.objectContaining({ problems }))
  })

  test.each([
    ['another route', { ART_LEVITY_DELAY: 'soon' }],
    ['the same route', { PHOTOS_LEVITY_DELAY: 'soon' }],
    ['the address', { PHOTOS_MASTODON_URL: 'ssm:nowhere' }],
  ])('another mistake is refused as ever: in %s', (_, mistake) => {
    const [name] = Object.keys(mistake)
    expect(() => parseRunConfig({ ...env, ...mistake }, stored({}))).toThrow(
      expect.objectContaining({
        problems: [expect.stringContaining(`for ${name}`), missing(ofPhotos, 'PHOTOS_MASTODON_ACCESS_TOKEN')],
      }),
    )
  })
})

test.each([
  'ssm:',
  'ssm:/',
  'ssm:token',
  'ssm:/levity/token/',
  'ssm:/levity/a token',
  'ssm://secretsmanager?x',
])('the address %j names no parameter', (address) => {
  const env = { ...enough, MASTODON_ACCESS_TOKEN: address }
  expect(wantedParameters(env)).toEqual([])
  expect(problemsOf(env)).toEqual([
    'Expected ssm: and the name of a parameter, such as ssm:/levity/token, for MASTODON_ACCESS_TOKEN but received another address',
  ])
})

test.each(['LEVITY_ROUTES', 'LEVITY_TABLE'])('%s is no setting of a route, and no parameter', (variable) => {
  const token = { '/levity/token': 'access-token-1' }
  expect(problemsOf({ ...enough, [variable]: 'ssm:/levity/token' }, token)).toEqual([
    `Expected the value itself for ${variable} but received an ssm: address, which works only for the settings of a route`,
  ])
})

test.each([
  ['MASTODON_ACCESS_TOKEN', 'hush hush'],
  ['MASTODON_URL', 'https://hush.example/hush'],
  ['TUMBLR_BLOG', 'hush hush'],
  ['LEVITY_TAG_RULES', 'hush; hush=hush'],
  ['LEVITY_TEMPLATE', '{hush}'],
  ['LEVITY_START', 'hush'],
])('a wrong %s that came from a parameter is not shown', (variable, value) => {
  const problems = problemsOf(
    { ...enough, MASTODON_ACCESS_TOKEN: 'a-1', [variable]: 'ssm:/x' },
    { '/x': value },
  )
  expect(problems).toEqual([
    expect.stringMatching(
      new RegExp(
        `^Expected .* for ${variable} but received a value of ${value.length} characters from Parameter Store$`,
      ),
    ),
  ])
  expect(problems.join()).not.toContain('hush')
})

test('what came from a parameter is not shown in another sentence either', () => {
  const env = { ...enough, MASTODON_ACCESS_TOKEN: 'a-1', TUMBLR_BLOG: 'ssm:/blog', LEVITY_START: 'hush-blog' }
  expect(problemsOf(env, { '/blog': 'hush-blog' })).toEqual([
    expect.stringContaining('for LEVITY_START but received "(secret)"'),
  ])
})

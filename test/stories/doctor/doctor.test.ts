/** `{"mode":"doctor"}` over the sandbox: everything is asked, nothing is changed, and one trouble hides no other. */
import { expect, test, vi } from 'vitest'
import { startSandbox } from '../../../scripts/sandbox/sandbox.ts'
import type { Fault } from '../../../scripts/sandbox/switchboard.ts'
import type { Check } from '../../../src/core/report/report.ts'
import { diagnoseRoutes } from '../../../src/repost.ts'
import { count, day, minute, picture, startDriver } from '../../support/run.ts'

/** `✓ check: says`; a name that stands more than once keeps its place. */
const lines = (checks: readonly Check[] = []): readonly string[] =>
  checks.map(({ check, ok, says }) => `${ok ? '✓' : '✗'} ${check}: ${says}`)
const marks = (checks: readonly Check[] = []): Readonly<Record<string, boolean>> =>
  Object.fromEntries(checks.map(({ check, ok }) => [check, ok]))
const only = (checks: readonly Check[] | undefined, name: string): readonly Check[] =>
  (checks ?? []).filter(({ check }) => check === name)

const names = [
  ...['variables', 'blog', 'key', 'server', 'token', 'scopes', 'account', 'table', 'last success'],
  ...['trouble', 'waiting', 'parked', 'clock', 'version'],
]
const all = (ok: boolean): Readonly<Record<string, boolean>> =>
  Object.fromEntries(names.map((name) => [name, ok]))

test('all is well: every check has its tick, and nothing but reads is asked', async () => {
  const { run, publish, sandbox } = await startDriver()
  publish()
  await run()
  const { route, report, calls, called } = await run({ mode: 'doctor' })
  expect(marks(route.checks)).toEqual(all(true))
  expect(lines(route.checks)).toEqual(
    expect.arrayContaining([
      '✓ blog: hillside is there for everyone: 1 post, the newest of ' +
        stamp() +
        ' UTC, wanted: 1 of the newest 1',
      // Each run has asked once, and so has the doctor.
      '✓ key: Tumblr takes it; requests left: 997 of 1,000 this hour, 4,997 of 5,000 today',
      `✓ account: @levity@${new URL(sandbox.mastodon.url).host}`,
      '✓ table: levity holds the ledger of hillside',
      "✓ clock: this machine's agrees with Tumblr and Mastodon",
    ]),
  )
  expect(only(route.checks, 'version')[0]?.says).toContain(
    `Levity ${report.version}, Node ${process.versions.node}, sharp `,
  )
  expect(calls.filter(({ service, method }) => service !== 'dynamodb' && method !== 'GET')).toEqual([])
  expect([...new Set(called('dynamodb'))]).toEqual(['Query'])
  expect(route).toMatchObject({ outcome: 'done', posted: [], waiting: 0 })
  expect(report.routes.some(({ failed }) => failed)).toBe(false)
})

const stamp = (): string => new Date().toISOString().slice(0, 16).replace('T', ' ')

/** Every call of a service fails. */
const down = (service: NonNullable<Fault['service']>): Fault => ({
  service,
  times: 1000,
  when: 'before',
  play: 'drop',
})

test.each<[NonNullable<Fault['service']>, readonly string[]]>([
  ['tumblr', ['blog', 'key']],
  ['mastodon', ['server', 'token', 'scopes', 'account']],
  ['dynamodb', ['table', 'last success', 'trouble', 'waiting', 'parked']],
])('with %s out of reach, the rest is looked at all the same', async (service, crosses) => {
  const { run, sandbox } = await startDriver()
  sandbox.switchboard.play(down(service))
  const { route } = await run({ mode: 'doctor' })
  expect(marks(route.checks)).toEqual({
    ...all(true),
    ...Object.fromEntries(crosses.map((name) => [name, false])),
  })
})

// The SDK alone would wait for more than 20 s.
test('services that never answer do not hold it up', { timeout: 10_000 }, async () => {
  const { env, sandbox } = await startDriver()
  for (const service of ['tumblr', 'mastodon', 'dynamodb'] as const)
    sandbox.switchboard.play({ ...down(service), play: 'hang' })
  const { routes } = await diagnoseRoutes({ mode: 'doctor' }, { env }, { callMs: 200 })
  expect(marks(routes[0]?.checks)).toEqual({ ...all(false), variables: true, version: true })
})

test('every mistake in the settings is a cross of its own, and what can be asked is asked', async () => {
  const { run, env } = await startDriver()
  Object.assign(env, { MASTODON_URL: 'me:hush@nowhere', LEVITY_DELAY: 'soon', LEVITY_STRAT: 'all' })
  const { route } = await run({ mode: 'doctor' })
  expect(lines(only(route.checks, 'variables'))).toEqual([
    expect.stringContaining('LEVITY_STRAT (did you mean LEVITY_START?)'),
    expect.stringContaining('for MASTODON_URL but received an address with a user name or password'),
    expect.stringContaining('for LEVITY_DELAY but received "soon"'),
  ])
  const crosses = ['variables', 'server', 'token', 'scopes', 'account']
  expect(marks(route.checks)).toEqual({
    ...all(true),
    ...Object.fromEntries(crosses.map((name) => [name, false])),
  })
  expect(JSON.stringify(route)).not.toContain('hush')
})

test('a key and a token that nobody knows', async () => {
  const { run, env } = await startDriver()
  Object.assign(env, { TUMBLR_CONSUMER_KEY: 'nobody-knows-it', MASTODON_ACCESS_TOKEN: 'nor-this-one' })
  const { route } = await run({ mode: 'doctor' })
  const crosses = ['blog', 'key', 'token', 'scopes', 'account']
  expect(marks(route.checks)).toEqual({
    ...all(true),
    ...Object.fromEntries(crosses.map((name) => [name, false])),
  })
  expect(JSON.stringify(route)).not.toMatch(/nobody-knows-it|nor-this-one/)
})

test('a server that says with a page that it does not know the token', async () => {
  const { run, env } = await startDriver({ mastodon: { software: 'snac' }, bearings: false })
  env['MASTODON_ACCESS_TOKEN'] = 'nobody-knows-it'
  const { route } = await run({ mode: 'doctor' })
  expect(lines(only(route.checks, 'token'))).toEqual([
    expect.stringMatching(/^✗ token: the server refuses it: /),
  ])
})

const oauth = {
  TUMBLR_CONSUMER_SECRET: 'sandboxConsumerSecret',
  TUMBLR_TOKEN: 'sandboxToken',
  TUMBLR_TOKEN_SECRET: 'sandboxTokenSecret',
}
test.each([
  ['nobody signs', {}, /^✗ blog: hidden is hidden from people without an account$/],
  ['a user signs', oauth, /^✓ blog: hidden is hidden .* shown to the user whose keys are set: 0 posts/],
])('a hidden blog, where %s', async (_, keys, says) => {
  const { run, sandbox, env } = await startDriver()
  sandbox.tumblr.addBlog({ name: 'hidden', hidden: true })
  Object.assign(env, { LEVITY_ROUTES: 'secret', TUMBLR_BLOG: 'hidden', ...keys })
  const { route } = await run({ mode: 'doctor' })
  expect(lines(route.checks).find((line) => line.includes(' blog: '))).toMatch(says)
  expect(marks(route.checks)['key']).toBe(true)
})

test('the limits of the key, and when they end', async () => {
  const { run } = await startDriver({ tumblr: { limits: { perHour: 2, perDay: 5000 } } })
  await run()
  const { route } = await run({ mode: 'doctor' })
  const [key] = only(route.checks, 'key')
  expect(key).toMatchObject({
    ok: false,
    says: expect.stringMatching(
      /^its limits are used up; requests left: 0 of 2 this hour, all again in (?:\d+ (?:minute|second)s?|1 hour)$/,
    ),
  })
})

const account = (more: object): Fault => ({
  service: 'mastodon',
  name: 'verify',
  times: 1000,
  when: 'before',
  play: {
    status: 200,
    body: JSON.stringify({ id: '109876543210987654', username: 'levity', acct: 'levity', ...more }),
    headers: { 'content-type': 'application/json' },
  },
})
test.each([
  [{ bot: false }, true, 'not marked as automated'],
  [
    { moved: { url: 'https://elsewhere.example/@levity' } },
    false,
    'has moved to https://elsewhere.example/@levity',
  ],
  [{ suspended: true }, false, 'is suspended'],
  [{ limited: true }, false, 'is limited by the moderators'],
])('an account with %j', async (more, ok, says) => {
  const { run, sandbox, env } = await startDriver()
  // A route that no run has seen: what the account was before is not known.
  Object.assign(env, { LEVITY_ROUTES: 'fresh' })
  sandbox.switchboard.play(account(more))
  const { route } = await run({ mode: 'doctor' })
  expect(only(route.checks, 'account')).toMatchObject([{ ok, says: expect.stringContaining(says) }])
})

test('another account, and another blog, than the route began with', async () => {
  const { run, sandbox, env } = await startDriver()
  sandbox.tumblr.addBlog({ name: 'other' })
  env['TUMBLR_BLOG'] = 'other'
  sandbox.switchboard.play(account({ id: '5', url: 'https://m.example/@b' }))
  const { route } = await run({ mode: 'doctor' })
  expect(lines(only(route.checks, 'account'))).toEqual([
    expect.stringMatching(/^✗ account: the token is for .*@b, and this route began with /),
  ])
  expect(lines(only(route.checks, 'blog'))).toEqual([
    expect.stringMatching(/^✗ blog: other is another blog .* began with \(hillside, /),
  ])
})

test.each([
  [
    'mastodon',
    ['read:accounts', 'read:statuses', 'write:media', 'write:statuses'],
    true,
    /^the four that are needed$/,
  ],
  ['mastodon', ['read', 'write', 'follow'], true, /more than is needed: read write follow$/],
  ['mastodon', ['read:accounts', 'read:statuses', 'write:statuses'], false, /^write:media is missing$/],
  ['mastodon', ['write'], false, /^read:accounts and read:statuses are missing$/],
  // It does not list them, and answers by what the token opens.
  [
    'gotosocial',
    ['read', 'write'],
    true,
    /^read:accounts, read:statuses and write:media; of write:statuses the server says nothing/,
  ],
  ['gotosocial', ['read:accounts', 'read:statuses'], false, /^write:media is missing$/],
  ['snac', ['read', 'write'], true, /of write:statuses the server says nothing/],
  ['pleroma', ['read', 'write'], true, /^the four that are needed, and more/],
  ['hollo', ['read', 'write'], true, /^the four that are needed, and more/],
] as const)('on %s a token with %j', async (software, scopes, ok, says) => {
  const { run, sandbox } = await startDriver({ mastodon: { software, scopes }, bearings: false })
  const { route } = await run({ mode: 'doctor' })
  expect(only(route.checks, 'scopes')).toMatchObject([{ ok, says: expect.stringMatching(says) }])
  expect(
    sandbox.switchboard.calls.filter(({ service, method }) => service === 'mastodon' && method !== 'GET'),
  ).toEqual([])
})

test('a table without the index, one that is missing, and one that holds something else', async () => {
  const { run, env, sandbox } = await startDriver()
  env['LEVITY_TABLE'] = 'nowhere'
  const missing = await run({ mode: 'doctor' })
  expect(only(missing.route.checks, 'table')).toMatchObject([
    { ok: false, says: 'there is no table nowhere' },
  ])
  env['LEVITY_TABLE'] = 'levity'
  const body = JSON.stringify({
    __type: 'com.amazonaws.dynamodb.v20120810#ValidationException',
    message: 'no index todo',
  })
  sandbox.switchboard.play({ ...down('dynamodb'), play: { status: 400, body } })
  const bare = await run({ mode: 'doctor' })
  expect(only(bare.route.checks, 'table')).toMatchObject([
    { ok: false, says: "levity is no ledger of Levity's: ValidationException: no index todo" },
  ])
  const strange = JSON.stringify({
    Items: [{ pk: { S: 'main' }, sk: { S: 'route' }, todo: { S: '0' } }],
    Count: 1,
  })
  sandbox.switchboard.playNothing()
  sandbox.switchboard.play({ ...down('dynamodb'), play: { status: 200, body: strange } })
  const foreign = await run({ mode: 'doctor' })
  expect(only(foreign.route.checks, 'table')).toMatchObject([
    { ok: false, says: expect.stringMatching(/^levity is no ledger of Levity's: /) },
  ])
})

test('what waits, what is parked and why, and the command that helps', async () => {
  const { run, publish, later, sandbox } = await startDriver()
  const parked = publish({ images: [{ ...picture, state: 'missing' }] })
  publish({ text: 'B' })
  for (let tries = 0; tries < 5; tries++) {
    await run()
    later(61 * minute)
  }
  const waiting = publish({ images: [{ ...picture, state: 'missing' }] })
  await run()
  const { route, called } = await run({ mode: 'doctor' })
  expect(only(route.checks, 'parked')).toEqual([
    {
      check: 'parked',
      ok: false,
      says: expect.stringMatching(new RegExp(`^post ${parked}: .*HTTP 404`)),
      todo: `\`npm run ledger -- retry ${parked}\` tries it again, \`npm run ledger -- skip ${parked}\` leaves it out for good`,
    },
  ])
  expect(only(route.checks, 'waiting')).toMatchObject([
    {
      ok: true,
      says: expect.stringMatching(new RegExp(`^1 post; ${waiting}, is due at .*failed tries: 1`)),
    },
  ])
  expect(count(called('dynamodb'), 'PutItem')).toBe(0)
  expect(sandbox.mastodon.statuses).toHaveLength(1)
})

test('a route that stands still, and one that nobody has run for days', async () => {
  const { run, publish, later, sandbox } = await startDriver()
  sandbox.mastodon.revokeToken()
  later(2 * day)
  publish()
  expect((await run()).route).toMatchObject({ outcome: 'stopped' })
  const { route } = await run({ mode: 'doctor' })
  expect(only(route.checks, 'trouble')).toMatchObject([
    {
      ok: false,
      says: expect.stringMatching(/has stood still since .* \(failed tries: 1, tried again at .*revoked/),
      todo: "`npm run once -- '{}'` tries it at once",
    },
  ])
  expect(only(route.checks, 'last success')).toMatchObject([
    { ok: false, says: expect.stringMatching(/^2 days ago/) },
  ])
})

test('several routes: each, or the one that is asked for, whatever the others have', async () => {
  const { env, run, sandbox } = await startDriver()
  Object.assign(env, { LEVITY_ROUTES: 'art,photos', PHOTOS_TUMBLR_BLOG: 'no such blog' })
  const both = await run({ mode: 'doctor' })
  const [art, photos] = both.report.routes
  expect([art?.route, photos?.route]).toEqual(['art', 'photos'])
  expect(marks(art?.checks)).toEqual(all(true))
  expect(marks(photos?.checks)).toEqual({ ...all(true), variables: false, blog: false, key: false })
  expect(only(photos?.checks, 'last success')[0]?.todo).toBe(
    `\`npm run once -- '{"route":"photos"}'\` makes the first`,
  )
  const one = await run({ mode: 'doctor', route: 'photos' })
  expect(one.report.routes.map(({ route }) => route)).toEqual(['photos'])
  await expect(run({ mode: 'doctor', route: env['MASTODON_ACCESS_TOKEN'] })).rejects.toThrow(
    'received "(secret)"',
  )
  expect(sandbox.mastodon.statuses).toEqual([])
})

test('a secret is told nowhere, not even where it is no secret', async () => {
  const { run, env, sandbox } = await startDriver({ bearings: false })
  sandbox.tumblr.addBlog({ name: 'opensesame' })
  Object.assign(env, { TUMBLR_BLOG: 'opensesame', TUMBLR_TOKEN_SECRET: 'opensesame' })
  const { route } = await run({ mode: 'doctor' })
  expect(lines(only(route.checks, 'blog'))).toEqual([
    expect.stringContaining('(secret) is there for everyone'),
  ])
  expect(JSON.stringify(route)).not.toContain('opensesame')
})

test('a stage on AWS has commands of its own', async () => {
  const sandbox = await startSandbox({ content: 'empty' })
  try {
    sandbox.trust()
    for (const [name, value] of Object.entries(sandbox.env))
      if (name.startsWith('AWS_')) vi.stubEnv(name, value)
    const { routes } = await diagnoseRoutes({ mode: 'doctor' }, { env: sandbox.env, stage: 'dev' })
    expect(only(routes[0]?.checks, 'last success')[0]?.todo).toBe(
      "`npm run invoke -- --stage dev '{}'` makes the first",
    )
  } finally {
    vi.unstubAllEnvs()
    await sandbox.close()
  }
})

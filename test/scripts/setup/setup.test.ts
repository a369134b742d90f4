import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { parseEnv } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { startTable, useLedgerAt } from '../../../scripts/sandbox/dynamodb/dynamodb.ts'
import { type Sandbox, startSandbox } from '../../../scripts/sandbox/sandbox.ts'
import { setUp } from '../../../scripts/setup/set-up.ts'
import { parseConfig } from '../../../src/core/config/config.ts'
import type { Report } from '../../../src/core/report/report.ts'
import { runAll, whyFailed } from '../../../src/repost.ts'
import { agree } from '../../support/setup-dialogue.ts'
import { type Ended, runCommand } from '../../support/shell.ts'

type Env = Readonly<Record<string, string>>

let sandbox: Sandbox
let folder: string

beforeAll(async () => {
  sandbox = await startSandbox({ content: 'pretty' })
  sandbox.trust()
  sandbox.tumblr.addBlog({ name: 'secretive', hidden: true })
})
afterAll(() => sandbox.close())
beforeEach(async () => {
  sandbox.switchboard.playNothing()
  folder = await mkdtemp(join(tmpdir(), 'levity-setup-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const path = (name: string): string => join(folder, name)
const settings = async (name = '.env'): Promise<NodeJS.Dict<string>> =>
  parseEnv(await readFile(path(name), 'utf8'))
const modeOf = async (name: string): Promise<number> => (await stat(path(name))).mode & 0o777

/** Runs with the settings of the file, and with a ledger of their own. */
async function prepareRuns(): Promise<() => Promise<Report>> {
  const ledger = await startTable()
  onTestFinished(() => ledger.close())
  return async () => {
    useLedgerAt(ledger.url)
    const env = { ...(await settings()), LEVITY_TABLE: ledger.tableName }
    return runAll({}, { env, timeLeft: () => Number.POSITIVE_INFINITY, tell: () => {} })
  }
}

const tumblr = (world = sandbox): Env => ({
  TUMBLR_API_URL: world.tumblr.url,
  TUMBLR_CONSUMER_KEY: world.tumblr.keys.consumerKey,
})
const userKeys = (): Env => {
  const { consumerSecret, token, tokenSecret } = sandbox.tumblr.keys
  return { TUMBLR_CONSUMER_SECRET: consumerSecret, TUMBLR_TOKEN: token, TUMBLR_TOKEN_SECRET: tokenSecret }
}
const token = (world = sandbox): Env => ({ MASTODON_ACCESS_TOKEN: world.mastodon.accessToken })
const accounts = (world = sandbox): readonly string[] => [
  '--blog',
  'hillside',
  '--server',
  world.mastodon.url,
]

/** In this very process, which is quicker; nobody can be asked either. */
async function setup(args: readonly string[], env: Env = tumblr(), input = ''): Promise<Ended> {
  const [out, err] = [new PassThrough(), new PassThrough()]
  const typed = new PassThrough().end(input)
  const code = await setUp({ args, env, folder, input: typed, output: out, errors: err, terminal: false })
  return { code, out: await text(out.end()), err: await text(err.end()) }
}

const asProcess: typeof setup = (args, env = tumblr(), input = '') => {
  const { NODE_EXTRA_CA_CERTS } = sandbox.env
  const { PATH } = process.env
  return runCommand('setup', args, { folder, env: { PATH, NODE_EXTRA_CA_CERTS, ...env }, input })
}

/** From the accounts to a written file: the address, then the code. */
async function wholeWay(
  args: readonly string[],
  env: Env,
  step = setup,
): Promise<{ readonly open: Ended; readonly done: Ended; readonly code: string }> {
  const open = await step(args, env)
  const code = await agree(open.out)
  const stage = args.includes('--stage')
    ? args.slice(args.indexOf('--stage'), args.indexOf('--stage') + 2)
    : []
  return { open, code, done: await step([...stage, '--code', '-'], {}, `${code}\n`) }
}

test('by flags: an address and exit code 3, then the code, the file and the first plan', async () => {
  const { switchboard, mastodon } = sandbox
  const from = switchboard.calls.length
  const wanted = ['--start', 'last:2', '--visibility', 'unlisted', '--tag-rules', "a=cw:It's; b=skip"]
  const { open, done, code } = await wholeWay([...accounts(), ...wanted], tumblr(), asProcess)
  expect(open).toMatchObject({
    code: 3,
    err: 'Then go on with the code that it shows: echo CODE | npm run setup -- --code -\n',
  })
  const address = new URL(open.out.trim().split('\n').at(-1) ?? '')
  expect(address.searchParams.get('scope')).toBe('read:accounts read:statuses write:media write:statuses')
  expect(open.out).toContain('is mastodon 4.7.0.\nA status holds 500 characters and 4 images')
  expect(done).toMatchObject({ code: 0, err: '' })
  expect(done.out).toContain(`Going on with the saved answers: hillside → ${mastodon.url}.`)
  for (const part of [
    'Statuses will go to @levity@',
    '▪ Dark hills at night.',
    'LEVITY_START=last:2 asks for',
  ])
    expect(done.out).toContain(part)
  const { MASTODON_ACCESS_TOKEN: accessToken = '', ...rest } = await settings()
  expect(rest).toEqual({
    ...tumblr(),
    TUMBLR_BLOG: 'hillside',
    MASTODON_URL: mastodon.url,
    LEVITY_START: 'last:2',
    LEVITY_VISIBILITY: 'unlisted',
    LEVITY_TAG_RULES: "a=cw:It's; b=skip",
  })
  expect(await modeOf('.env')).toBe(0o600)
  expect(await readdir(path('.levity'))).toEqual([])
  const names = switchboard.calls.slice(from).map(({ name }) => name)
  expect(names.filter((name) => name === 'register')).toHaveLength(1)
  expect(names.filter((name) => ['create', 'upload', 'PutItem'].includes(name))).toEqual([])
  const said = open.out + open.err + done.out + done.err
  expect(said).not.toContain('\x1b')
  for (const secret of [sandbox.tumblr.keys.consumerKey, accessToken, code])
    expect(said).not.toContain(secret)

  // The token does all that a run needs, and the run is happy with the file.
  const runOnce = await prepareRuns()
  expect(whyFailed(await runOnce())).toBeUndefined()
  expect(mastodon.statuses.length).toBeGreaterThan(0)
})

test('for a stage, and with a token that is there already: no sign-in, and the file that was there stays as it was', async () => {
  const before = '# For the cloud.\nLEVITY_DELAY=1h # think\n\n#LEVITY_START=now\n# the end'
  await writeFile(path('.env.prod'), before, { mode: 0o644 })
  const { code, err, out } = await setup([...accounts(), '--stage', 'prod', '--start', 'all'], {
    ...tumblr(),
    ...token(),
  })
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toContain('npm run deploy -- --stage prod, then npm run doctor -- --stage prod')
  expect(await readFile(path('.env.prod'), 'utf8')).toBe(`# For the cloud.
LEVITY_DELAY=1h # think

#LEVITY_START=now
LEVITY_START=all
# the end
TUMBLR_BLOG=hillside
TUMBLR_CONSUMER_KEY=${sandbox.tumblr.keys.consumerKey}
TUMBLR_API_URL=${sandbox.tumblr.url}
MASTODON_URL=${sandbox.mastodon.url}
MASTODON_ACCESS_TOKEN=${sandbox.mastodon.accessToken}
`)
  expect(await modeOf('.env.prod')).toBe(0o600)
  expect(await readdir(folder)).toEqual(['.env.prod', '.levity'])
})

test('a second route: the first keeps its name in the ledger, and posts nothing twice', async () => {
  const posted = (): number => sandbox.mastodon.statuses.length
  const runOnce = await prepareRuns()
  await setup([...accounts(), '--start', 'last:1'], { ...tumblr(), ...token() })
  expect(whyFailed(await runOnce())).toBeUndefined()
  const before = posted()
  sandbox.tumblr.addBlog({ name: 'artful' })
  const { done } = await wholeWay(
    ['--route', 'art', '--blog', 'artful', '--server', sandbox.mastodon.url],
    {},
  )
  expect(done).toMatchObject({ code: 0 })
  const { routes } = parseConfig(await settings())
  expect(routes.map(({ name, tumblr: { blog }, start }) => [name, blog, start.from])).toEqual([
    ['main', 'hillside', 'last'],
    ['art', 'artful', 'now'],
  ])
  const again = await runOnce()
  expect(whyFailed(again)).toBeUndefined()
  expect(posted()).toBe(before)
  expect(again).toMatchObject({ routes: [{ route: 'main', posted: [] }, { route: 'art' }] })
})

test('a token that was revoked: the route is kept, and only the sign-in done again', async () => {
  const world = await startSandbox({ content: 'pretty' })
  onTestFinished(() => world.close())
  await setup([...accounts(world), '--start', 'all'], { ...tumblr(world), ...token(world) })
  const before = await readFile(path('.env'), 'utf8')
  world.mastodon.revokeToken()
  const { open, done } = await wholeWay([], {})
  expect(open).toMatchObject({ code: 3 })
  expect(open.err).toContain('The server does not take the token (HTTP 401, The access token was revoked)')
  expect(done).toMatchObject({ code: 0 })
  const after = await readFile(path('.env'), 'utf8')
  const lines = (text: string): readonly string[] =>
    text.split('\n').filter((line) => !line.startsWith('MASTODON_ACCESS_TOKEN='))
  expect(lines(after)).toEqual(lines(before))
  expect(after).not.toBe(before)
})

test.each(['gotosocial', 'pleroma', 'snac', 'hollo'] as const)('the whole way on %s', async (software) => {
  const world = await startSandbox({ content: 'empty', mastodon: { software } })
  onTestFinished(() => world.close())
  const { open, done } = await wholeWay(accounts(world), tumblr(world))
  expect(open.out).toContain(`${world.mastodon.url} is ${software} ${world.mastodon.traits.version}.`)
  expect(done).toMatchObject({ code: 0, err: '' })
  expect(parseConfig(await settings()).routes[0].mastodon.url).toBe(world.mastodon.url)
})

type Mistake = {
  readonly of: string
  readonly args?: () => readonly string[]
  readonly env?: () => Env
  readonly input?: string
  /** The code of Tumblr's refusal. */
  readonly refused?: number
  readonly says: RegExp
}

const mistakes: readonly Mistake[] = [
  {
    of: 'nothing',
    args: () => [],
    says: /^Which Tumblr blog\?.*: setup cannot ask without a terminal, so give it as --blog NAME\n$/,
  },
  {
    of: 'no key',
    env: () => ({}),
    says: /^OAuth consumer key: setup cannot ask .* TUMBLR_CONSUMER_KEY in the environment\n$/,
  },
  { of: 'no server', args: () => ['--blog', 'hillside'], says: /as --server ADDRESS\n$/ },
  {
    of: 'a wrong key',
    env: () => ({ ...tumblr(), TUMBLR_CONSUMER_KEY: 'wrong-key-wrong-key' }),
    says: /^Tumblr does not know this key \(401\): copy the OAuth consumer key once more.*\n$/,
  },
  {
    of: 'a blog that is not there',
    args: () => ['--blog', 'nobody'],
    says: /^Tumblr has no blog nobody that anyone can see \(404\): check the name\. .*\n$/,
  },
  {
    of: 'a hidden blog',
    args: () => ['--blog', 'secretive'],
    says: /^secretive is hidden from people without an account: TUMBLR_CONSUMER_SECRET, TUMBLR_TOKEN, TUMBLR_TOKEN_SECRET .*\n$/,
  },
  {
    of: 'a hidden blog with values of somebody else',
    args: () => ['--blog', 'secretive'],
    env: () => ({ ...tumblr(), ...userKeys(), TUMBLR_TOKEN: 'of-another-application' }),
    says: /^Tumblr does not know this key \(401\), or the three other values are not of the same application: .*\n$/,
  },
  {
    of: 'a hidden blog that the three values do not open',
    env: () => ({ ...tumblr(), ...userKeys() }),
    refused: 4012,
    says: /^hillside is hidden from people without an account, and these three values do not open it: .*\n$/,
  },
  {
    of: 'a blog with a password',
    refused: 4013,
    says: /^hillside has a password, and Levity can read only blogs without one: .*\n$/,
  },
  {
    of: 'a server that is not there',
    args: () => ['--blog', 'hillside', '--server', 'levity.invalid'],
    says: /^Nothing answers at https:\/\/levity\.invalid \(.+\): check the address, or try again later\.\n$/,
  },
  {
    of: 'a server of another kind',
    args: () => ['--blog', 'hillside', '--server', sandbox.tumblr.url],
    says: /^https:\/\/127\.0\.0\.1:\d+ answers, but not as a Mastodon or one of its relatives does: check the address\.\n$/,
  },
  {
    of: 'a token of nobody',
    env: () => ({ ...tumblr(), MASTODON_ACCESS_TOKEN: 'token-of-nobody' }),
    says: /^The server does not take the token \(HTTP 401, The access token is invalid\): sign in again for a new one\.\n$/,
  },
  {
    of: 'a wrong code',
    args: () => [...accounts(), '--code', '-'],
    input: 'a-wrong-code',
    says: /^The server does not take this code \(HTTP 400, invalid_grant: .*\)\. A code works once, .* open\nhttp\S+\n$/,
  },
  {
    of: 'no code',
    args: () => [...accounts(), '--code', '-'],
    says: /^Expected the code of the sign-in as input but received nothing: `echo CODE \| npm run setup -- --code -`\n$/,
  },
  {
    of: 'a code for all to see',
    args: () => ['--code', 'abc'],
    says: /^Expected - for --code, and the code itself on stdin.*\n$/,
  },
  {
    of: 'an unknown option',
    args: () => ['--bolg', 'x'],
    says: /^Expected an option of npm run setup but received --bolg \(npm run setup -- --help shows all options\)\n$/,
  },
  {
    of: 'no address',
    args: () => ['--server', 'x'],
    says: /^--server: Expected the address of a server, such as mastodon\.social\n$/,
  },
  {
    of: 'no start',
    args: () => ['--start', 'last'],
    says: /^--start: Expected now, last:N, since:DATE .*\n$/,
  },
  { of: 'no rule', args: () => ['--tag-rules', 'a=b'], says: /^--tag-rules: Expected cw:TEXT, skip.*\n$/ },
  {
    of: 'no stage',
    args: () => ['--stage', 'A'],
    says: /^Expected a name of .* \(at most 20\) for --stage but received "A" \(.*\)\n$/,
  },
  {
    of: 'no name',
    args: () => ['--route', 'aws'],
    says: /none of them tumblr, mastodon, levity, aws, for a route but received "aws"\n$/,
  },
]

test.each(mistakes)('$of: one sentence, exit code 1, nothing written', async (mistake) => {
  const { args = accounts, env = tumblr, input, refused, says } = mistake
  const body = JSON.stringify({ meta: { status: 404, msg: 'Not Found' }, errors: [{ code: refused }] })
  if (refused) sandbox.switchboard.play({ service: 'tumblr', when: 'before', play: { status: 404, body } })
  const { code, out, err } = await setup(args(), env(), input)
  expect(err).toMatch(says)
  expect(code).toBe(1)
  expect((await readdir(folder)).filter((name) => name !== '.levity')).toEqual([])
  for (const [name, secret] of Object.entries(env()))
    if (name !== 'TUMBLR_API_URL') expect(out + err).not.toContain(secret)
})

test('a hidden blog, with the three values that open it', async () => {
  const { code } = await setup(['--blog', 'secretive', '--server', sandbox.mastodon.url], {
    ...tumblr(),
    ...userKeys(),
    ...token(),
  })
  expect(code).toBe(0)
  expect(parseConfig(await settings()).routes[0].tumblr).toMatchObject({ blog: 'secretive', oauth: {} })
})

test('a token that may not do everything is named with what it lacks', async () => {
  const scopes = ['read:accounts', 'read:statuses', 'write:statuses']
  const world = await startSandbox({ content: 'empty', mastodon: { scopes } })
  onTestFinished(() => world.close())
  const { code, err } = await setup(accounts(world), { ...tumblr(world), ...token(world) })
  expect({ code, err }).toEqual({
    code: 1,
    err: 'The token does not allow all that Levity needs; it lacks write:media: sign in again for a new one.\n',
  })
})

test.each([
  ['scope', { scope: 'read:accounts' }, 1, 'it lacks read:statuses write:media write:statuses'],
  ['end', { scope: '', expires_in: 86_400 }, 0, 'The tokens of this server expire: this one on 20'],
])('a token with an odd %s is told', async (_, odd, exit, says) => {
  const open = await setup(accounts())
  const body = JSON.stringify({ access_token: sandbox.mastodon.accessToken, ...odd })
  const headers = { 'content-type': 'application/json' }
  sandbox.switchboard.play({
    service: 'mastodon',
    name: 'token',
    when: 'before',
    play: { status: 200, body, headers },
  })
  const { code, err } = await setup(['--code', '-'], {}, await agree(open.out))
  expect(err).toContain(says)
  expect(code).toBe(exit)
})

test('an app that the server has forgotten is registered anew, once', async () => {
  const from = sandbox.switchboard.calls.length
  await setup(accounts())
  const kept = JSON.parse(await readFile(path('.levity/setup-here.json'), 'utf8'))
  kept.app.clientId = 'forgotten'
  await writeFile(path('.levity/setup-here.json'), JSON.stringify(kept))
  const wrong = await setup(['--code', '-'], {}, 'any')
  expect(wrong).toMatchObject({ code: 1 })
  expect(wrong.err).toContain('invalid_client')
  const { done } = await wholeWay([], {})
  expect(done).toMatchObject({ code: 0 })
  expect(sandbox.switchboard.calls.slice(from).filter(({ name }) => name === 'register')).toHaveLength(2)
})

test('what Tumblr or the server cannot do now is tried later: what was checked is kept', async () => {
  const { switchboard } = sandbox
  switchboard.play({ service: 'tumblr', when: 'before', play: { status: 503 } })
  const first = await setup(accounts())
  expect(first).toMatchObject({ code: 1 })
  expect(first.err).toMatch(
    /^Tumblr could not list posts of hillside: HTTP 503, .* Run npm run setup again later: .*\n$/,
  )
  switchboard.play({
    service: 'mastodon',
    name: 'register',
    when: 'before',
    play: { status: 429, body: '{"error":"Too many requests"}' },
  })
  const second = await setup(accounts())
  expect(second.err).toMatch(
    /^The server does not let Levity register \(HTTP 429, Too many requests\): .*\n$/,
  )
  switchboard.play({ service: 'mastodon', name: 'verify', when: 'before', play: 'drop' })
  const third = await setup([], { ...tumblr(), ...token() })
  expect(third.err).toMatch(
    /^Mastodon could not say whose token it is: no answer, .* Run npm run setup again later: .*\n$/,
  )
  expect(await setup([], token())).toMatchObject({ code: 0 })
})

test('where the first plan does not come about, the settings are there all the same', async () => {
  // The first is the check of the server.
  sandbox.switchboard.play({
    service: 'mastodon',
    name: 'instance',
    after: 1,
    times: 9,
    when: 'before',
    play: { status: 503 },
  })
  const { code, err } = await setup(accounts(), { ...tumblr(), ...token() })
  expect(code).toBe(0)
  expect(err).toMatch(/^The first plan failed \(main: .*503.*\)\. The settings are written all the same\.\n$/)
  expect(parseConfig(await settings()).routes).toHaveLength(1)
})

test.each([
  [
    'LEVITY_STRAT=all\n',
    /LEVITY_STRAT \(did you mean LEVITY_START\?\)\nNothing was written\. Correct .* and run npm run setup again/,
  ],
  [
    'TUMBLR_BLOG=  \nLEVITY_DELAY=0\n',
    /^Expected to change the file without touching LEVITY_DELAY but its value would change too: .*\n$/,
  ],
  [
    'LEVITY_LANGUAGE=  \nLEVITY_DELAY=0\n',
    /for LEVITY_LANGUAGE but received "LEVITY_DELAY=0"\nNothing was written\./,
  ],
  [
    'TUMBLR_CONSUMER_KEY=ssm:/levity/key\n',
    /^Expected the value itself for TUMBLR_CONSUMER_KEY but received an ssm: address/,
  ],
  [
    'TUMBLR_BLOG=valleyside\nTUMBLR_CONSUMER_KEY=a\nMASTODON_URL=https://a.example\nMASTODON_ACCESS_TOKEN=b\n',
    /^Expected the blog valleyside of the route main but received hillside: another blog needs a route of its own \(--route NAME\)\n$/,
  ],
  [
    'LEVITY_ROUTES=a,b\nTUMBLR_CONSUMER_KEY=x\n',
    /^Expected --route and one of a, b, or a new name, but received none\n$/,
  ],
])('a file that only a person can mend stays as it is: %j', async (text, says) => {
  await writeFile(path('.env'), text)
  const { code, err } = await setup(accounts(), { ...tumblr(), ...token() })
  expect(err).toMatch(says)
  expect(code).toBe(1)
  expect(await readFile(path('.env'), 'utf8')).toBe(text)
})

test('nobody but a server of this kind is given a form', async () => {
  const received: string[] = []
  const stranger = createServer((request, response) => {
    received.push(`${request.method} ${request.url}`)
    response.writeHead(302, { location: `${sandbox.mastodon.url}/api/v2/instance` }).end()
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void stranger.close())
  await new Promise((done) => stranger.once('listening', done))
  const { port } = stranger.address() as AddressInfo
  const { code, err } = await setup(['--blog', 'hillside', '--server', `http://127.0.0.1:${port}`])
  expect(err).toContain(`received a redirect to ${sandbox.mastodon.url}`)
  expect(code).toBe(1)
  expect(received.every((line) => line.startsWith('GET '))).toBe(true)
})

test('help is no mistake', async () => {
  const { code, out, err } = await setup(['--help'], {})
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toContain('Exit code 0: done')
})

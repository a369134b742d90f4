import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { command, once as onceHere } from '../../scripts/once/once.ts'
import { startTable } from '../../scripts/sandbox/dynamodb/dynamodb.ts'
import { type Sandbox, startSandbox } from '../../scripts/sandbox/sandbox.ts'
import { run } from '../../scripts/terminal/command.ts'
import { callCommand } from '../support/command.ts'
import { type Changes, settingsText } from '../support/settings.ts'

const script = fileURLToPath(new URL('../../scripts/once.ts', import.meta.url))

let sandbox: Sandbox
let folder: string

beforeAll(async () => {
  sandbox = await startSandbox({ content: 'none' })
  sandbox.trust()
})
afterAll(() => sandbox.close())

let blogs = 0
beforeEach(async () => {
  sandbox.switchboard.playNothing()
  folder = await mkdtemp(join(tmpdir(), 'levity-once-'))
  blogs += 1
  sandbox.tumblr.addBlog({ name: `blog${blogs}` })
  sandbox.tumblr.publish(`blog${blogs}`, {
    text: 'One.',
    images: [{ width: 320, height: 240, altText: 'Hills.' }],
    at: Date.now() - 3_600_000,
  })
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** The accounts of the sandbox in `.env`; a value of undefined leaves its line out. */
const writeEnv = (changes: Changes = {}): Promise<void> =>
  writeFile(
    join(folder, '.env'),
    settingsText(sandbox, { TUMBLR_BLOG: `blog${blogs}`, LEVITY_START: 'all', ...changes }),
  )

type Ended = {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

/** Nothing of a terminal: as cron starts it. `onStart` is given a way to kill it. */
function once(
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  onStart: (kill: () => void) => void = () => {},
): Promise<Ended> {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], NODE_EXTRA_CA_CERTS: sandbox.env['NODE_EXTRA_CA_CERTS'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onStart(() => child.kill('SIGKILL'))
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  return new Promise((done) => child.on('close', (code, signal) => done({ code, signal, out, err })))
}

/** The same in this process. */
const call = (args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) =>
  callCommand((around) => run(command, onceHere, around), args, { folder, env })

const published = (): number => sandbox.mastodon.statuses.length

test('posts once; the next run reads one page and posts nothing; neither says a word to cron', async () => {
  await writeEnv()
  const before = published()
  expect(await once()).toMatchObject({ code: 0, out: '', err: '' })
  expect(published() - before).toBe(1)
  const asked = sandbox.switchboard.calls.length
  expect(await once()).toMatchObject({ code: 0, out: '', err: '' })
  expect(published() - before).toBe(1)
  expect(sandbox.switchboard.calls.slice(asked).map(({ name }) => name)).toEqual(['posts'])
})

test('killed half-way, it goes on where its ledger stands', async () => {
  // Without the link nothing on the account tells whose post this is: the ledger alone does.
  await writeEnv({ LEVITY_TEMPLATE: '{text}' })
  const before = published()
  const creates = (): number => sandbox.switchboard.calls.filter(({ name }) => name === 'create').length
  const created = creates()
  sandbox.switchboard.play({ service: 'mastodon', name: 'status', when: 'before', play: 'kill' })
  const killed = await once([], {}, (kill) => {
    sandbox.switchboard.onKill = kill
  })
  expect(killed.signal).toBe('SIGKILL')
  const again = await once(['--json', '{}'])
  expect(again.code).toBe(0)
  expect(JSON.parse(again.out)).toMatchObject({ routes: [{ route: 'main' }] })
  expect([published() - before, creates() - created]).toEqual([1, 1])
})

test('tells a person who asks, and the plan of a post changes nothing', async () => {
  await writeEnv({ LEVITY_START: 'now' })
  const before = published()
  const told = await call(['{}'])
  expect(told).toMatchObject({ code: 0, err: '' })
  expect(told.out).toContain('The first run notes where the blog stands')
  const id = sandbox.tumblr.publish(`blog${blogs}`, { images: [{ width: 64, height: 48 }] })
  const plan = await call(['{"mode":"plan"}'])
  expect(plan.out).toContain(`Post ${typeof id === 'string' ? id : id.id}`)
  expect(plan.out).toContain('no alt text: people who cannot see it')
  expect(plan.out).not.toContain('The first run notes where the blog stands')
  expect(published() - before).toBe(0)
})

test('a route that fails: its reason, exit code 1, no secret', async () => {
  await writeEnv({ MASTODON_ACCESS_TOKEN: 'not-the-token-of-anyone' })
  const { code, err, out } = await call()
  expect(code).toBe(1)
  expect(err).toMatch(/^main: Mastodon could not /)
  expect(err + out).not.toMatch(/not-the-token|\n +at /)
  const watched = await call(['{}'])
  expect(watched).toMatchObject({ code: 1, out: 'main: 0 posted, stopped\n' })
  expect(watched.err).toMatch(/^main: Mastodon could not .*\n$/)
})

test('three at once, and the first ones at that: every post comes once', async () => {
  await writeEnv()
  for (let n = 0; n < 3; n++)
    sandbox.tumblr.publish(`blog${blogs}`, {
      images: [{ width: 64, height: 48 }],
      at: Date.now() - 1_800_000 + n,
    })
  const before = published()
  // None goes on before all have asked Tumblr, and read that the ledger has nothing.
  const together = Promise.withResolvers<void>()
  let asking = 0
  const until = (): Promise<void> => {
    asking += 1
    if (asking === 3) together.resolve()
    return together.promise
  }
  sandbox.switchboard.play({ service: 'tumblr', name: 'posts', times: 3, when: 'before', play: { until } })
  const all = await Promise.all([once(), once(), once()])
  expect(all).toEqual(all.map(() => ({ code: 0, signal: null, out: '', err: '' })))
  // What one of them had in its hands may be left to the next run.
  expect(await once()).toMatchObject({ code: 0, out: '', err: '' })
  expect(published() - before).toBe(4)
})

test('a ledger that was emptied is not taken for a new one: nothing is posted', async () => {
  await writeEnv({ LEVITY_TEMPLATE: '{text}' })
  expect(await call()).toMatchObject({ code: 0, out: '', err: '' })
  const before = published()
  await truncate(join(folder, '.levity/ledger.db'), 0)
  for (let run = 0; run < 2; run++) {
    const { code, err } = await call()
    expect(code).toBe(1)
    expect(err).toMatch(
      /^main: the ledger file could not be read \(.*\): it is empty or cut off: bring back .*\n$/,
    )
  }
  expect(published()).toBe(before)
})

test('while a command of 0.1.0 has the ledger, nothing is done', async () => {
  await writeEnv()
  await mkdir(join(folder, '.levity/ledger'), { recursive: true })
  const held = await startTable({ path: join(folder, '.levity/ledger') })
  try {
    const { code, err } = await call()
    expect(code).toBe(2)
    expect(err).toMatch(/^Another command works with the ledger in .*: nothing was done\n$/)
  } finally {
    await held.close()
  }
})

const mistakes: readonly {
  readonly of: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly args?: readonly string[]
  readonly says: readonly RegExp[]
}[] = [
  {
    of: 'no .env',
    says: [
      /^Expected the settings in .*\.env but received no such file: `npm run setup` makes it, or copy \.env\.example/,
    ],
  },
  {
    of: 'variables missing, all at once',
    env: { TUMBLR_CONSUMER_KEY: undefined, MASTODON_URL: 'example', LEVITY_STRAT: 'all' },
    says: [/for TUMBLR_CONSUMER_KEY but received nothing/, /for MASTODON_URL/, /did you mean LEVITY_START\?/],
  },
  {
    of: 'an address in Parameter Store',
    env: { MASTODON_ACCESS_TOKEN: 'ssm:/levity/token' },
    says: [/Expected the value itself for MASTODON_ACCESS_TOKEN but received an ssm: address/],
  },
  { of: 'no JSON', env: {}, args: ['post'], says: [/^Expected JSON such as .* but received post\n$/] },
  { of: 'an unknown field', env: {}, args: ['{"posts":"1"}'], says: [/for a field of the event/] },
  { of: 'two events', env: {}, args: ['{}', '{}'], says: [/^Expected one event, in quotes/] },
  {
    of: 'an unknown option',
    env: {},
    args: ['--jsn'],
    says: [/^Expected an option of npm run once but received --jsn /],
  },
]

test.each(mistakes)('$of: sentences, exit code 1, no ledger made', async ({ env, args, says }) => {
  if (env) await writeEnv(env)
  const { code, out, err } = await call(args, { MASTODON_URL: 'https://of-the-shell.example' })
  expect({ code, out }).toEqual({ code: 1, out: '' })
  for (const sentence of says) expect(err).toMatch(sentence)
  expect(err).not.toMatch(/\n +at /)
  expect(await readdir(folder)).toEqual(env ? ['.env'] : [])
})

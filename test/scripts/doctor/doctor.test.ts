/** `npm run doctor` in a folder of this machine. */

import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../../scripts/sandbox/sandbox.ts'
import { changesSince, type Folder, openFolder } from '../../support/folder.ts'

let sandbox: Sandbox
let folder: Folder
beforeEach(async () => {
  sandbox = await startSandbox({ content: 'empty' })
  onTestFinished(() => sandbox.close())
  folder = await openFolder(sandbox)
})

const uncounted = (out: string): string => out.replace(/requests left: .*/, 'requests left')
const picture = { width: 60, height: 40, altText: 'Hills.' }
test('before the first run: all is well, and no ledger is made', async () => {
  await folder.settings('.env')
  const { code, out, err } = await folder.start('doctor')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  const [heading, ...lines] = out.split('\n')
  expect(heading).toBe('main')
  // Without a terminal each check is one line, however long.
  expect(lines.filter((line) => /^ {2}✓ /.test(line))).toHaveLength(14)
  expect(out).toMatch(/^ {2}✓ last success {2}no run yet → `npm run once -- '\{\}'` makes the first$/m)
  expect(out).toMatch(/\n\nAll is well\.\n$/)
  expect(await readdir(folder.path)).toEqual(['.env'])
  // The other tests call the command in this process.
  const again = await folder.run('doctor')
  expect({ ...again, out: uncounted(again.out) }).toEqual({ code, out: uncounted(out), err })
})

test('after some runs: what waits and what is parked; not a byte of the ledger is touched, no call changes anything', async () => {
  await folder.settings('.env')
  await folder.run('once')
  const parked = sandbox.tumblr.publish('hillside', { images: [{ ...picture, state: 'missing' }] }).id
  await folder.run('once')
  folder.later(48 * 3_600_000)
  await folder.run('once')
  await folder.settings('.env', { LEVITY_DELAY: '2h' })
  const waiting = sandbox.tumblr.publish('hillside', { images: [picture] }).id
  await folder.run('once')
  const [before, asked] = [await folder.files(), sandbox.switchboard.calls.length]
  const { code, out } = await folder.run('doctor')
  expect(code).toBe(1)
  expect(out).toMatch(
    new RegExp(
      `^ {2}✗ parked +post ${parked}: .*404.* → \`npm run ledger -- retry ${parked}\` tries it again`,
      'm',
    ),
  )
  expect(out).toMatch(new RegExp(`^ {2}✓ waiting +1 post; ${waiting}, is due at `, 'm'))
  expect(out).toMatch(/\n1 of 14 checks failed\.\n$/)
  expect(await folder.files()).toEqual(before)
  expect(await folder.leftovers()).toEqual([])
  expect(changesSince(sandbox, asked)).toEqual([])
  expect(sandbox.mastodon.statuses).toEqual([])
}, 60_000)

test('while a run is at work, the doctor answers', async () => {
  await folder.settings('.env')
  await folder.run('once')
  sandbox.tumblr.publish('hillside', { images: [picture] })
  const [sent, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const until = (): Promise<void> => {
    sent.resolve()
    return released.promise
  }
  sandbox.switchboard.play({ service: 'mastodon', name: 'create', when: 'before', play: { until } })
  const running = folder.start('once')
  await sent.promise
  const { code, out } = await folder.run('doctor')
  expect(code).toBe(0)
  expect(out).toMatch(/✓ table +levity holds the ledger of hillside/)
  expect(out).toMatch(/✓ waiting +1 post/)
  released.resolve()
  expect(await running).toEqual({ code: 0, out: '', err: '' })
  expect(sandbox.mastodon.statuses).toHaveLength(1)
})

test('a ledger file that is damaged: a cross, and all that can be asked is asked', async () => {
  await folder.settings('.env')
  await mkdir(join(folder.path, '.levity'))
  await writeFile(join(folder.path, '.levity/ledger.db'), 'no ledger '.repeat(100))
  const { code, out, err } = await folder.run('doctor')
  expect({ code, err }).toEqual({ code: 1, err: '' })
  expect(out).toMatch(
    /✗ table +the ledger file could not be read \(.*ledger\.db\): file is not a database → /,
  )
  expect(out).toContain('✓ token')
  expect(out).toMatch(/\n5 of 14 checks failed\.\n$/)
})

test('a ledger of 0.1.0 that cannot be opened: one sentence, exit code 2', async () => {
  await folder.settings('.env')
  // Something that is no ledger, and cannot be opened as one.
  await mkdir(join(folder.path, '.levity/ledger/CURRENT'), { recursive: true })
  const { code, out, err } = await folder.run('doctor', '--json')
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toMatch(
    /^Expected to take over the ledger of Levity 0\.1\.0 in .*\.levity\/ledger but it cannot be opened \(.*\): nothing was done\n$/,
  )
  expect(await folder.leftovers()).toEqual([])
})

test('JSON for machines: stdout has nothing else, and no secret', async () => {
  await folder.settings('.env', {
    LEVITY_ROUTES: 'art,photos',
    PHOTOS_MASTODON_ACCESS_TOKEN: 'nobody-knows-this',
  })
  const { code, out, err } = await folder.run('doctor', '--json')
  expect({ code, err }).toEqual({ code: 1, err: '' })
  expect(JSON.parse(out)).toMatchObject({
    stage: null,
    well: false,
    version: expect.stringMatching(/^\d/),
    routes: [
      {
        route: 'art',
        checks: expect.arrayContaining([{ check: 'token', ok: true, says: 'the server takes it' }]),
      },
      {
        route: 'photos',
        checks: expect.arrayContaining([expect.objectContaining({ check: 'token', ok: false })]),
      },
    ],
  })
  expect(out).not.toMatch(/nobody-knows-this|sandboxConsumerKey/)
  expect(out).not.toContain(sandbox.mastodon.accessToken)
  const one = await folder.run('doctor', '--json', '--route', 'art')
  expect(one.code).toBe(0)
  expect(JSON.parse(one.out)).toMatchObject({ well: true, routes: [{ route: 'art' }] })
})

test('mistakes in the settings: a cross for each, told once, and all that can be asked is asked', async () => {
  await folder.settings('.env', {
    LEVITY_ROUTES: 'art,photos',
    PHOTOS_LEVITY_START: 'soon',
    LEVITY_TABEL: 'x',
  })
  const { code, out } = await folder.run('doctor')
  expect(code).toBe(1)
  expect(out.match(/✗ variables .*LEVITY_TABEL \(did you mean LEVITY_TABLE\?\)/g)).toHaveLength(1)
  expect(out).toMatch(
    /\nphotos\n {2}✗ variables +Expected .* for PHOTOS_LEVITY_START but received "soon" → correct it in \.env\n/,
  )
  expect(out.match(/✓ token/g)).toHaveLength(2)
})

test("a clock that is wrong is seen by the servers' own", async () => {
  await folder.settings('.env')
  sandbox.switchboard.advance(90_000)
  const { code, out } = await folder.run('doctor')
  expect(code).toBe(1)
  expect(out).toMatch(
    /✗ clock +this machine's is (?:1 minute|2 minutes) behind Tumblr and (?:1 minute|2 minutes) behind Mastodon → let this machine's clock/,
  )
})

test.each<[string, readonly string[], RegExp]>([
  [
    'no settings',
    [],
    /^Expected the settings in .*\.env but received no such file: `npm run setup` makes it\n$/,
  ],
  [
    'no settings of a stage',
    ['--stage', 'dev'],
    /\.env\.dev but received no such file: `npm run setup -- --stage dev` makes it\n$/,
  ],
  [
    'an unknown flag',
    ['--jsn'],
    /^Expected an option of npm run doctor but received --jsn \(npm run doctor -- --help /,
  ],
  ['a stage that is none', ['--stage', '../x'], /^Expected a name of small letters, digits and hyphens/],
  ['a profile without a stage', ['--profile', 'me'], /^Expected --profile together with --stage but/],
])('%s: nothing could be asked, exit code 2', async (_, args, says) => {
  const { code, out, err } = await folder.run('doctor', '--json', ...args)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toMatch(says)
  expect(err).not.toMatch(/\n +at /)
})

test('a route that is none: exit code 2', async () => {
  await folder.settings('.env')
  expect(await folder.run('doctor', '--route', 'art')).toEqual({
    code: 2,
    out: '',
    err: 'Expected one of the routes main for route but received "art"\n',
  })
})

test('as an event of `npm run once`, and colours where they are wanted', async () => {
  await folder.settings('.env')
  expect(await folder.run('once', '{"mode":"doctor"}')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/✓ blog [\s\S]*\nmain: 14 checks, all well\n$/),
  })
  Object.assign(folder.env, { FORCE_COLOR: '1' })
  expect((await folder.run('doctor')).out).toContain('\u001b[32m✓\u001b[39m blog')
  Object.assign(folder.env, { FORCE_COLOR: undefined, NO_COLOR: '1' })
  expect((await folder.run('doctor')).out).not.toContain('\u001b')
  expect(await folder.run('doctor', '--help')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^npm run doctor -- \[OPTIONS\]\n[\s\S]*--stage NAME /),
  })
})

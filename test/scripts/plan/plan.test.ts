/** `npm run plan` in a folder of this machine, and for a stage. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../../scripts/sandbox/sandbox.ts'
import { changesSince, type Folder, openFolder } from '../../support/folder.ts'

let sandbox: Sandbox
let folder: Folder
beforeEach(async () => {
  sandbox = await startSandbox({ content: 'empty', ledger: { tableName: 'levity-prod' } })
  onTestFinished(() => sandbox.close())
  folder = await openFolder(sandbox)
})

const picture = { width: 60, height: 40, altText: 'Hills.' }

test('a card for each post: words, warning, hashtags, alt texts or that there is none, characters, images before and after', async () => {
  await folder.settings('.env', { LEVITY_START: 'all', LEVITY_LANGUAGE: 'de' })
  const id = sandbox.tumblr.publish('hillside', {
    text: 'Morning.',
    tags: ['cw fog', 'hill walk'],
    images: [
      { ...picture, altText: 'Hills.\u001b[2J' },
      { width: 60, height: 40, orientation: 6, gps: true },
    ],
  }).id
  const bare = sandbox.tumblr.publish('hillside', { images: [] }).id
  const { code, out, err } = await folder.start('plan')
  // The other tests call the command in this process.
  expect(await folder.run('plan')).toEqual({ code, out, err })
  expect({ code, err }).toEqual({ code: 0, err: '' })
  const link = `https://hillside.tumblr.com/post/${id}/morning`
  const count = 'fog'.length + `Morning.\n\n${'x'.repeat(23)}\n\n#HillWalk`.length
  expect(out).toMatch(new RegExp(`^Post ${id} \\(${link}\\) would become\n  │ public · de · `))
  expect(out).toContain(
    `  │ public · de · ${count} of 500 characters · 1 hashtag\n  │ content warning: fog\n  │ Morning.\n  │\n  │ ${link}\n  │\n  │ #HillWalk\n`,
  )
  expect(out).toMatch(/ {2}│ ▪ Hills\..*\n {2}│ {3}1: 60×40, 1 kB → the same bytes\n/)
  expect(out).toMatch(
    / {2}│ ▪ no alt text: people who cannot see it are not told what it shows\n {2}│ {3}2: 60×40, \d kB → 60×40, 1 kB \(re-encoded\)\n/,
  )
  // What the first run would not even look at is no part of its plan.
  expect(out).not.toContain(bare)
  expect(out).toMatch(
    /\nmain: 1 to post\nWhat the blog publishes from now on is posted by the next run, the oldest first\.\n$/,
  )
  expect(out).not.toContain('\u001b')
})

test('of a thread each status; what is left out, and what comes next', async () => {
  await folder.settings('.env')
  await folder.run('once')
  const id = sandbox.tumblr.publish('hillside', {
    text: 'Many',
    images: Array.from({ length: 5 }, () => picture),
  }).id
  const bare = sandbox.tumblr.publish('hillside', { images: [] }).id
  const { out } = await folder.run('plan')
  expect(out).toMatch(/ {2}│ public, first of a thread · .*\n/)
  expect(out).toMatch(/\n {2}├\n {2}│ unlisted, reply · 3 of 500 characters\n {2}│ 2\/2\n/)
  expect(out).toMatch(
    new RegExp(`\nPost ${bare} would be left out: it has no image\nmain: 1 to post, 1 skipped\n`),
  )
  await folder.run('once')
  expect((await folder.run('plan')).out).toMatch(
    new RegExp(
      `^main: 0 to post\nThere is nothing to post: everything up to post ${bare} of .* is posted, or was left out\\. `,
    ),
  )
  expect((await folder.run('plan', '--post', id)).out).toMatch(
    new RegExp(`^Post ${id} would be left out: it was posted already`),
  )
})

test('nothing is published, nothing stored: no call that changes anything, not a byte of the ledger, no ledger where there was none', async () => {
  await folder.settings('.env', { LEVITY_START: 'all' })
  sandbox.tumblr.publish('hillside', { images: [picture] })
  expect((await folder.run('plan')).out).toContain('main: 1 to post')
  expect(await readdir(folder.path)).toEqual(['.env'])
  await folder.run('once')
  sandbox.tumblr.publish('hillside', { images: [picture] })
  const [before, asked] = [await folder.files(), sandbox.switchboard.calls.length]
  const { out } = await folder.run('plan', '--json')
  expect(JSON.parse(out)).toMatchObject({
    routes: [{ route: 'main', plan: [{ statuses: [{ images: [{ change: 'kept' }] }] }] }],
  })
  expect(await folder.files()).toEqual(before)
  expect(await folder.leftovers()).toEqual([])
  expect(changesSince(sandbox, asked)).toEqual([])
  expect(sandbox.mastodon.statuses).toHaveLength(1)
})

test('one route of several, and the page where it is wanted', async () => {
  await folder.settings('.env', {
    LEVITY_ROUTES: 'art,photos',
    ART_TUMBLR_BLOG: 'elsewhere',
    LEVITY_START: 'all',
  })
  sandbox.tumblr.publish('hillside', { text: 'One', images: [picture] })
  const { code, out, err } = await folder.run(
    'plan',
    '--route',
    'photos',
    '--json',
    '--html',
    'out/plan.html',
  )
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ routes: [{ route: 'photos', plan: [{}] }] })
  expect(err).toBe(`The page is ${join(folder.path, 'out/plan.html')}\n`)
  expect(await readFile(join(folder.path, 'out/plan.html'), 'utf8')).toContain('<title>Plan: photos</title>')
  expect((await folder.run('plan', '--html')).out).toMatch(/\nThe page is .*\.levity\/plan\.html\n$/)
  expect(await readdir(join(folder.path, '.levity'))).toEqual(['plan.html'])
})

test('a stage: its settings and its table, which is read alone', async () => {
  await folder.settings('.env.prod', { LEVITY_START: 'all' })
  sandbox.tumblr.publish('hillside', { text: 'One', images: [picture] })
  Object.assign(folder.env, {
    AWS_ENDPOINT_URL_DYNAMODB: sandbox.ledger.url,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'sandbox',
    AWS_SECRET_ACCESS_KEY: 'sandbox',
  })
  const asked = sandbox.switchboard.calls.length
  const { code, out } = await folder.run('plan', '--stage', 'prod')
  expect(code).toBe(0)
  expect(out).toContain('main: 1 to post')
  expect(changesSince(sandbox, asked)).toEqual([])
  expect(sandbox.switchboard.calls.slice(asked).map(({ name }) => name)).toContain('Query')
  await folder.settings('.env.dev')
  const missing = await folder.run('plan', '--stage', 'dev')
  expect(missing).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^main: DynamoDB could not .*levity-dev.*ResourceNotFoundException/),
  })
})

test('a secret that stands in a post is told nowhere', async () => {
  await folder.settings('.env', { LEVITY_START: 'all' })
  const secret = sandbox.mastodon.accessToken
  sandbox.tumblr.publish('hillside', { text: `I am ${secret}.`, images: [picture] })
  const { out } = await folder.run('plan', '--html')
  expect((await folder.run('plan')).out).toContain('I am (secret).')
  expect((await folder.run('plan', '--json')).out).toContain('I am (secret).')
  expect(out + (await readFile(join(folder.path, '.levity/plan.html'), 'utf8'))).not.toContain(secret)
})

test('what fails is said on stderr, without a secret: exit code 1', async () => {
  await folder.settings('.env', { MASTODON_ACCESS_TOKEN: 'nobody-knows-this' })
  sandbox.switchboard.play({ service: 'tumblr', times: 9, when: 'before', play: { status: 503 } })
  const { code, out, err } = await folder.run('plan')
  expect(code).toBe(1)
  expect(err).toMatch(/^main: Tumblr could not list posts of hillside: HTTP 503, .*\n$/)
  expect(out + err).not.toContain('nobody-knows-this')
})

test.each<[string, string | undefined, readonly string[], 1 | 2, RegExp]>([
  ['no settings', undefined, [], 2, /\.env but received no such file: `npm run setup` makes it\n$/],
  [
    'a mistake in the settings',
    'soon',
    [],
    1,
    /^The settings have mistakes:\n- .* for LEVITY_START but received "soon"\n$/,
  ],
  [
    'a file that is no page',
    'all',
    ['--html', '.env'],
    2,
    /^Expected a file named \.html for --html but received \.env \(npm run plan -- --help shows all options\)\n$/,
  ],
  [
    'a file for nothing',
    'all',
    ['plan.html'],
    2,
    /^Expected one file, after --html, but received plan\.html \(/,
  ],
  ['an id that is none', 'all', ['--post', 'https://x.example/1'], 1, /^Expected the id of a post/],
  ['an unknown route', 'all', ['--route', 'art'], 1, /^Expected one of the routes main for route/],
])('%s: one sentence, and nothing is made', async (_, start, args, code, says) => {
  if (start !== undefined) await folder.settings('.env', { LEVITY_START: start })
  const ended = await folder.run('plan', ...args)
  expect(ended).toMatchObject({ code, out: '' })
  expect(ended.err).toMatch(says)
  expect(await readdir(folder.path)).toEqual(start === undefined ? [] : ['.env'])
})

import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../../scripts/sandbox/sandbox.ts'
import { agree, type Dialogue, keys, startDialogue } from '../../support/setup-dialogue.ts'

const { enter, down, left, ctrlC, ctrlD } = keys

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

const start = (args: readonly string[] = []): Dialogue =>
  startDialogue({ args, env: { TUMBLR_API_URL: sandbox.tumblr.url }, folder })
const calls = (from: number, name: string): number =>
  sandbox.switchboard.calls.slice(from).filter((call) => call.name === name).length
const key = (): string => sandbox.tumblr.keys.consumerKey + enter
const settings = async (file = '.env'): Promise<NodeJS.Dict<string>> =>
  parseEnv(await readFile(join(folder, file), 'utf8'))

const questions = {
  blog: 'Which Tumblr blog?',
  key: 'OAuth consumer key',
  server: 'Which server is your Mastodon account on?',
  code: 'The code that the page shows',
  account: 'Is that the right account?',
  start: 'Which posts to begin with?',
} as const

async function signIn(dialogue: Dialogue): Promise<string> {
  await dialogue.see(questions.code)
  const code = await agree(dialogue.shown())
  await dialogue.answer('', code + enter)
  return code
}

/** All with what most people want. */
async function choose({ answer }: Dialogue): Promise<void> {
  await answer(questions.start, enter)
  await answer('Which images of reblogs count?', enter)
  await answer('Shall tags do something?', enter)
  await answer('Who may see the statuses?', enter)
  await answer('What to do where an image has no alt text?', enter)
}

test('the whole way, with every mistake that a person makes, and no secret on the screen', async () => {
  const { switchboard, tumblr, mastodon } = sandbox
  const from = switchboard.calls.length
  const rules = [
    { id: '1', text: 'Be kind.' },
    { id: '2', text: 'Bots must be\n marked as such.' },
  ]
  const instance = { version: '4.7.0', rules, configuration: { statuses: { max_characters: 1234 } } }
  const fake = (name: string, body: object, times = 1): void =>
    switchboard.play({
      service: 'mastodon',
      name,
      times,
      when: 'before',
      play: { status: 200, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } },
    })
  fake('instance', instance)
  const other = { id: '9', username: 'other', acct: 'other', bot: false }
  fake('verify', other)
  const dialogue = start()
  const { answer, see } = dialogue
  await answer(questions.blog, enter)
  await see('Nothing was typed yet.')
  await answer('', `../../x${enter}`)
  await see('That is not the name or the address of a Tumblr blog.')
  await answer('', `${'\x7f'.repeat(7)}https://www.tumblr.com/nobody/123/x${enter}`)
  await answer('https://www.tumblr.com/oauth/apps', '')
  await answer(questions.key, `wrong-key${enter}`)
  await see('Tumblr does not know this key (401)')
  await answer(questions.key, key())
  await see('Tumblr has no blog nobody that anyone can see (404)')
  await answer('What now?', enter)
  await answer(questions.blog, `https://hillside.tumblr.com/${enter}`)
  await see('Tumblr shows the blog hillside: 7 posts')
  await answer(questions.server, `127.0.0.1:9${enter}`)
  await see('Nothing answers at https://127.0.0.1:9 (bad port): check the address')
  await answer(questions.server, `${sandbox.tumblr.url}${enter}`)
  await see('answers, but not as a Mastodon or one of its relatives does')
  await answer(questions.server, `${mastodon.url}/@levity${enter}`)
  await see(`${mastodon.url} is mastodon 4.7.0.`)
  await see('1,234 characters and 4 images')
  await answer(questions.code, `wrong-code${enter}`)
  await see('The server does not take this code (HTTP 400, invalid_grant')
  const first = await signIn(dialogue)
  await answer(`Statuses will go to @other@${new URL(mastodon.url).host}. ${questions.account}`, left + enter)
  await see('force_login=true')
  fake('verify', { ...other, acct: 'levity' })
  const second = await signIn(dialogue)
  await answer('Statuses will go to @levity@', enter)
  await see('Bots must be marked as such.')
  await see('tick "This is an automated account"')
  await answer(questions.start, down + enter)
  await answer('How many?', `${'\x7f'}x${enter}`)
  await see('Expected now, last:N')
  await answer('', `${'\x7f'}2${enter}`)
  await answer('Which images of reblogs count?', enter)
  await answer('Shall tags do something?', `wip=publish${enter}`)
  await see('Expected cw:TEXT, skip')
  await answer('', `${'\x7f'.repeat(7)}skip; "a; #b"=cw:It's${enter}`)
  await answer('Who may see the statuses?', down + enter)
  await answer('What to do where an image has no alt text?', down + down + enter)
  await see('The settings are in ')
  await see('▪ Dark hills at night.')
  await see('The first run posts what LEVITY_START=last:2 asks for')
  await see('Next: npm run plan (what the next run would do), then npm run once (that run). npm run doctor')
  expect(await dialogue.ended).toBe(0)

  const { MASTODON_ACCESS_TOKEN: token = '', ...rest } = await settings()
  expect(rest).toEqual({
    TUMBLR_BLOG: 'hillside',
    TUMBLR_CONSUMER_KEY: tumblr.keys.consumerKey,
    TUMBLR_API_URL: tumblr.url,
    MASTODON_URL: mastodon.url,
    LEVITY_START: 'last:2',
    LEVITY_TAG_RULES: `wip=skip; "a; #b"=cw:It's`,
    LEVITY_VISIBILITY: 'unlisted',
    LEVITY_ALT_TEXT: 'required',
  })
  expect((await stat(join(folder, '.env'))).mode & 0o777).toBe(0o600)
  expect(await readdir(join(folder, '.levity'))).toEqual([])
  expect([calls(from, 'register'), mastodon.statuses.length]).toEqual([1, 0])
  for (const secret of [tumblr.keys.consumerKey, token, first, second])
    expect(dialogue.shown().includes(secret), secret).toBe(false)
})

test('left in the middle and taken up again: nothing is asked twice, and no second app registered', async () => {
  const from = sandbox.switchboard.calls.length
  const one = start()
  await one.answer(questions.blog, `hillside${enter}`)
  await one.answer(questions.key, key())
  await one.answer(questions.server, sandbox.mastodon.url + enter)
  await one.answer(questions.code, ctrlC)
  await one.see('You left setup. Your checked answers are saved: npm run setup goes on from here.')
  expect(await one.ended).toBe(130)
  expect((await stat(join(folder, '.levity/setup-here.json'))).mode & 0o777).toBe(0o600)
  expect(await readdir(folder)).toEqual(['.levity'])

  const two = start()
  await two.answer(`An earlier setup was not finished: hillside → ${sandbox.mastodon.url}`, enter)
  await signIn(two)
  await two.answer(questions.account, ctrlC)
  expect(await two.ended).toBe(130)

  const three = start()
  await three.answer('An earlier setup was not finished', enter)
  await three.answer(questions.account, enter)
  await choose(three)
  expect(await three.ended).toBe(0)
  expect(two.shown() + three.shown()).not.toContain(questions.blog)
  expect(three.shown()).not.toContain(questions.code)
  expect([calls(from, 'register'), calls(from, 'token')]).toEqual([1, 1])
  expect(await settings()).toMatchObject({ TUMBLR_BLOG: 'hillside', MASTODON_URL: sandbox.mastodon.url })
})

test('begun anew, it asks for all of it, and keeps the app', async () => {
  const from = sandbox.switchboard.calls.length
  const one = start()
  await one.answer(questions.blog, `hillside${enter}`)
  await one.answer(questions.key, key())
  await one.answer(questions.server, sandbox.mastodon.url + enter)
  await one.answer(questions.code, ctrlD)
  expect(await one.ended).toBe(130)
  const two = start()
  await two.answer('An earlier setup was not finished', down + enter)
  await two.answer(questions.blog, `hillside${enter}`)
  await two.answer(questions.key, key())
  await two.answer(questions.server, sandbox.mastodon.url + enter)
  await two.see(questions.code)
  two.hangUp()
  expect(await two.ended).toBe(130)
  expect(calls(from, 'register')).toBe(1)
})

test('a hidden blog is explained, and three more values asked for, until they open it', async () => {
  const { consumerSecret, token, tokenSecret } = sandbox.tumblr.keys
  const dialogue = start(['--server', sandbox.mastodon.url])
  const { answer, see } = dialogue
  await answer(questions.blog, `secretive${enter}`)
  await answer(questions.key, key())
  await see('secretive is hidden from people without an account')
  await see('https://api.tumblr.com/console')
  await answer('OAuth consumer secret', consumerSecret + enter)
  await answer('Token', `not-the-token${enter}`)
  await answer('Token secret', tokenSecret + enter)
  await see('Tumblr does not know this key (401), or the three other values are not of the same application')
  await answer(questions.key, key())
  await see('secretive is hidden from people without an account')
  await answer('OAuth consumer secret', consumerSecret + enter)
  await answer('Token', token + enter)
  await answer('Token secret', tokenSecret + enter)
  await see('Tumblr shows the blog secretive: 0 posts.')
  await signIn(dialogue)
  await answer(questions.account, enter)
  await choose(dialogue)
  await see('None of the newest posts would be reposted')
  expect(await dialogue.ended).toBe(0)
  expect(await settings()).toMatchObject({
    TUMBLR_CONSUMER_SECRET: consumerSecret,
    TUMBLR_TOKEN: token,
    TUMBLR_TOKEN_SECRET: tokenSecret,
  })
})

test('where the blog is said not to be there, the three values may be given all the same', async () => {
  const { consumerSecret, token, tokenSecret } = sandbox.tumblr.keys
  const missing = { status: 404, body: '{"meta":{"status":404,"msg":"Not Found"}}' }
  sandbox.switchboard.play({ service: 'tumblr', name: 'posts', when: 'before', play: missing })
  const dialogue = start()
  await dialogue.answer(questions.blog, `hillside${enter}`)
  await dialogue.answer(questions.key, key())
  await dialogue.answer('What now?', down + enter)
  await dialogue.answer('OAuth consumer secret', consumerSecret + enter)
  await dialogue.answer('Token', token + enter)
  await dialogue.answer('Token secret', tokenSecret + enter)
  await dialogue.see('Tumblr shows the blog hillside')
  await dialogue.answer(questions.server, ctrlC)
  expect(await dialogue.ended).toBe(130)
})

test('the fifth mistake about one thing is the last', async () => {
  const dialogue = start()
  await dialogue.answer(questions.blog, `hillside${enter}`)
  for (let time = 1; time <= 5; time++) await dialogue.answer(questions.key, `wrong${time}${enter}`)
  await dialogue.see('That was the fifth try. Run npm run setup again')
  expect(await dialogue.ended).toBe(1)
})

test('where there is a route already, it is looked through, or another one added', async () => {
  const env = `# My own.
TUMBLR_BLOG=hillside
TUMBLR_CONSUMER_KEY=${sandbox.tumblr.keys.consumerKey} # the key
MASTODON_URL=${sandbox.mastodon.url}
MASTODON_ACCESS_TOKEN=${sandbox.mastodon.accessToken}
LEVITY_DELAY=0
TUMBLR_API_URL=${sandbox.tumblr.url}
`
  await writeFile(join(folder, '.env'), env, { mode: 0o644 })
  const look = start()
  await look.answer('There are settings already.', enter)
  await look.answer(questions.account, enter)
  await choose(look)
  expect(await look.ended).toBe(0)
  expect(await readFile(join(folder, '.env'), 'utf8')).toBe(env)
  expect((await stat(join(folder, '.env'))).mode & 0o777).toBe(0o600)

  sandbox.tumblr.addBlog({ name: 'artful' })
  const add = start()
  await add.answer('There are settings already.', down + enter)
  await add.answer('What is the name of the new route?', `main${enter}`)
  await add.see('There is a route of that name already.')
  await add.answer('', `${'\x7f'.repeat(4)}aws${enter}`)
  await add.see('none of them tumblr, mastodon, levity, aws')
  await add.answer('', `${'\x7f'.repeat(3)}art${enter}`)
  await add.answer(questions.blog, `artful${enter}`)
  await add.answer(questions.server, sandbox.mastodon.url + enter)
  await signIn(add)
  await add.answer(questions.account, enter)
  await choose(add)
  expect(await add.ended).toBe(0)
  const text = await readFile(join(folder, '.env'), 'utf8')
  const added = text.replace(/(ART_MASTODON_ACCESS_TOKEN=).*/, '$1…')
  expect(added).toBe(`# My own.
MAIN_TUMBLR_BLOG=hillside
TUMBLR_CONSUMER_KEY=${sandbox.tumblr.keys.consumerKey} # the key
MASTODON_URL=${sandbox.mastodon.url}
MAIN_MASTODON_ACCESS_TOKEN=${sandbox.mastodon.accessToken}
LEVITY_DELAY=0
TUMBLR_API_URL=${sandbox.tumblr.url}

# The route art.
LEVITY_ROUTES=main,art
ART_TUMBLR_BLOG=artful
ART_MASTODON_ACCESS_TOKEN=…
`)
})

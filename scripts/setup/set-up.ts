/** Setup from beginning to end: the blog, the server, the account, the choices; then the file of settings and a first plan. */
import { resolve } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { text as textOf } from 'node:stream/consumers'
import { redact } from '../../src/core/config/secrets.ts'
import { isSecret } from '../../src/core/config/settings.ts'
import type { Env } from '../../src/core/config/variables.ts'
import { userVariables } from '../../src/core/failure/tumblr.ts'
import { describeCommand } from '../terminal/arguments.ts'
import type { Surroundings } from '../terminal/command.ts'
import { Refusal } from '../terminal/refusal.ts'
import { createAnswers, type SetupAnswers } from './answers.ts'
import { settleBlog } from './blog.ts'
import { choiceNames, settleChoices } from './choices.ts'
import { chooseRoute } from './choose-route.ts'
import { describeStart, showFirstPlan } from './first-plan.ts'
import { command, readSetupOptions, type SetupOptions } from './options.ts'
import { createPlainPrompts, Pause, type Prompts } from './prompts.ts'
import { readSaved, type SavedSetup } from './saved-setup.ts'
import { settleServer } from './server.ts'
import { readSettingsFile, writeSettings } from './settings-file.ts'
import { settleAccount } from './sign-in.ts'
import { createTerminalPrompts } from './terminal-prompts.ts'

type SetupFiles = { readonly settings: string; readonly saved: string }

const tumblrNames = ['TUMBLR_BLOG', 'TUMBLR_CONSUMER_KEY', ...userVariables, 'TUMBLR_API_URL']
const mastodonNames = ['MASTODON_URL', 'MASTODON_ACCESS_TOKEN']

/** Gives the exit code. 0: done. 1: something is wrong. 3: the person must sign in. 130: the person left. */
export async function setUp(surroundings: Surroundings): Promise<number> {
  const { args, errors, output } = surroundings
  const secrets = secretsIn(surroundings.env)
  try {
    const options = readSetupOptions(args)
    if (options === undefined) output.write(`${describeCommand(command)}\n`)
    else await carryOut(options, surroundings)
    return 0
  } catch (error) {
    const known = error instanceof Refusal ? error.message : `This should not happen: ${error}`
    errors.write(`${redact(known, secrets)}\n`)
    return error instanceof Pause ? error.code : 1
  }
}

const secretsIn = (env: Env): readonly string[] =>
  Object.entries(env).flatMap(([name, value]) => (isSecret(name) && value ? [value] : []))

async function carryOut(
  options: SetupOptions,
  { env, folder, input, output, errors, terminal }: Surroundings,
): Promise<void> {
  const code = options.codeOnStdin && !terminal ? await readCode(input) : undefined
  const line =
    (to: Writable) =>
    (text: string): void =>
      void to.write(`${text}\n`)
  const prompts = terminal
    ? createTerminalPrompts(input, output)
    : createPlainPrompts(line(output), line(errors))
  const { stage } = options
  const files: SetupFiles = {
    settings: resolve(folder, stage === undefined ? '.env' : `.env.${stage}`),
    saved: resolve(folder, '.levity', `setup-${stage ?? 'here'}.json`),
  }
  if (prompts.asks)
    prompts.say(
      'There are four steps: the blog, the server, the account, and your choices. Ctrl-C leaves; your checked answers are saved.',
    )
  const whole = await readSettingsFile(files.settings)
  const saved = await resume(prompts, options, await readSaved(files.saved))
  const { route, file } = await chooseRoute(prompts, options, whole, saved)
  const answers = createAnswers({ options, environment: env, file, route, saved, path: files.saved })
  await askAll(prompts, answers, {
    code,
    goOn: `npm run setup -- ${stage === undefined ? '' : `--stage ${stage} `}--code -`,
  })
  const written = await writeSettings(files.settings, stage, route, valuesOf(answers))
  await answers.forget()
  prompts.say(`The settings are in ${files.settings}, which only you can read.`)
  await showFirstPlan(prompts, written, route)
  prompts.say(`${describeStart(written, route)}\n${whatNext(stage)}`)
}

async function readCode(input: Readable): Promise<string> {
  const code = (await textOf(input)).trim()
  if (code === '')
    throw new Refusal(
      'Expected the code of the sign-in as input but received nothing: `echo CODE | npm run setup -- --code -`',
    )
  return code
}

/** What an earlier setup of the same route saved. Its app is used again even if the person starts over. */
async function resume(prompts: Prompts, options: SetupOptions, earlier: SavedSetup): Promise<SavedSetup> {
  const anew: SavedSetup = { version: 1, values: {}, ...(earlier.app && { app: earlier.app }) }
  if (Object.keys(earlier.values).length === 0) return anew
  const other = options.route !== undefined && options.route !== (earlier.route ?? 'main')
  if (options.anew || other) return anew
  const { TUMBLR_BLOG: blog, MASTODON_URL: server } = earlier.values
  const what = [blog, server].filter((one) => one !== undefined).join(' → ') || 'no answers yet'
  if (!prompts.asks) prompts.say(`Going on with the saved answers: ${what}.`)
  const answer = await prompts.pick({
    message: `An earlier setup was not finished: ${what}`,
    options: [
      { value: 'on', label: 'Go on with it' },
      { value: 'anew', label: 'Start over' },
    ],
    initial: 'on',
  })
  return answer === 'on' ? earlier : anew
}

/** What came from the command line is saved as soon as it is checked, so that it need not be given again. */
async function askAll(
  prompts: Prompts,
  answers: SetupAnswers,
  signIn: Parameters<typeof settleAccount>[3],
): Promise<void> {
  await settleBlog(prompts, answers)
  await saveGiven(answers, tumblrNames)
  const server = await settleServer(prompts, answers)
  await saveGiven(answers, ['MASTODON_URL', ...choiceNames])
  await settleAccount(prompts, answers, server, signIn)
  await settleChoices(prompts, answers)
}

async function saveGiven(answers: SetupAnswers, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const given = answers.given(name)
    if (given?.from === 'command') await answers.keep(name, given.value)
  }
}

const valuesOf = (answers: SetupAnswers): ReadonlyMap<string, string | undefined> =>
  new Map(
    [...tumblrNames, ...mastodonNames, ...choiceNames].map((name) => [
      name,
      answers.given(name)?.value || undefined,
    ]),
  )

const whatNext = (stage: string | undefined): string =>
  stage === undefined
    ? 'Next: npm run plan (what the next run would do), then npm run once (that run). npm run doctor checks that all is well.'
    : `Next: npm run deploy -- --stage ${stage}, then npm run doctor -- --stage ${stage} (which checks that all is well).`

/** The story of a setup: a blog, a server, an account, what is wanted; written down, and a first look at what comes of it. */
import { resolve } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { text as textOf } from 'node:stream/consumers'
import { redact } from '../../src/core/config/secrets.ts'
import { isSecret } from '../../src/core/config/settings.ts'
import type { Env } from '../../src/core/config/variables.ts'
import { describeCommand } from '../terminal/arguments.ts'
import { Refusal } from '../terminal/refusal.ts'
import { type Answers, createAnswers } from './answers.ts'
import { settleBlog } from './blog.ts'
import { choiceNames, settleChoices } from './choices.ts'
import { chooseRoute } from './choose-route.ts'
import { createPlainDesk, type Desk, Pause } from './desk.ts'
import { describeStart, showFirstPlan } from './first-plan.ts'
import { userKeys } from './look-at-blog.ts'
import { command, type Order, readOrder } from './order.ts'
import { type Progress, readProgress } from './progress.ts'
import { settleServer } from './server.ts'
import { readSettingsFile, writeSettings } from './settings-file.ts'
import { settleAccount } from './sign-in.ts'
import { createTerminalDesk } from './terminal.ts'

export type Surroundings = {
  readonly args: readonly string[]
  readonly env: Env
  /** Where the settings and `.levity` are. */
  readonly folder: string
  readonly input: Readable
  readonly output: Writable
  readonly errors: Writable
  /** Somebody sits there who can be asked. */
  readonly terminal: boolean
}

type Place = { readonly settings: string; readonly progress: string }

const tumblrNames = ['TUMBLR_BLOG', 'TUMBLR_CONSUMER_KEY', ...userKeys, 'TUMBLR_API_URL']
const mastodonNames = ['MASTODON_URL', 'MASTODON_ACCESS_TOKEN']

/** Gives the exit code: 0 done, 1 something is wrong, 3 the sign-in is open, 130 left. */
export async function setUp(surroundings: Surroundings): Promise<number> {
  const { args, errors, output } = surroundings
  const secrets = secretsIn(surroundings.env)
  try {
    const order = readOrder(args)
    if (order === undefined) output.write(`${describeCommand(command)}\n`)
    else await carryOut(order, surroundings)
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
  order: Order,
  { env, folder, input, output, errors, terminal }: Surroundings,
): Promise<void> {
  const code = order.codeOnStdin && !terminal ? await readCode(input) : undefined
  const line =
    (to: Writable) =>
    (text: string): void =>
      void to.write(`${text}\n`)
  const desk = terminal ? createTerminalDesk(input, output) : createPlainDesk(line(output), line(errors))
  const { stage } = order
  const place: Place = {
    settings: resolve(folder, stage === undefined ? '.env' : `.env.${stage}`),
    progress: resolve(folder, '.levity', `setup-${stage ?? 'here'}.json`),
  }
  if (desk.asks)
    desk.say(
      'Four steps: the blog, the server, the account, what you want. Ctrl-C leaves; what was checked is kept.',
    )
  const whole = await readSettingsFile(place.settings)
  const progress = await takeUp(desk, order, await readProgress(place.progress))
  const { route, file } = await chooseRoute(desk, order, whole, progress)
  const answers = createAnswers({ order, environment: env, file, route, progress, path: place.progress })
  await askAll(desk, answers, {
    code,
    goOn: `npm run setup -- ${stage === undefined ? '' : `--stage ${stage} `}--code -`,
  })
  const written = await writeSettings(place.settings, stage, route, valuesOf(answers))
  await answers.forget()
  desk.say(`The settings are in ${place.settings}, which nobody but you can read.`)
  await showFirstPlan(desk, written, route)
  desk.say(`${describeStart(written, route)}\n${whatNext(stage)}`)
}

async function readCode(input: Readable): Promise<string> {
  const code = (await textOf(input)).trim()
  if (code === '') throw new Refusal('Expected the code of the sign-in on stdin but received nothing')
  return code
}

/** What an earlier setup had kept, as far as it is about the same route; the app is kept whatever is begun anew. */
async function takeUp(desk: Desk, order: Order, kept: Progress): Promise<Progress> {
  const anew: Progress = { version: 1, values: {}, ...(kept.app && { app: kept.app }) }
  if (Object.keys(kept.values).length === 0) return anew
  const other = order.route !== undefined && order.route !== (kept.route ?? 'main')
  if (order.anew || other) return anew
  const { TUMBLR_BLOG: blog, MASTODON_URL: server } = kept.values
  const what = [blog, server].filter((one) => one !== undefined).join(' → ') || 'what was begun'
  if (!desk.asks) desk.say(`Going on with what was kept: ${what}.`)
  const answer = await desk.pick({
    message: `A setup was left before it was done: ${what}`,
    options: [
      { value: 'on', label: 'Go on with it' },
      { value: 'anew', label: 'Begin anew' },
    ],
    usual: 'on',
  })
  return answer === 'on' ? kept : anew
}

/** What was ordered is kept as soon as it proved right, so that it need not be ordered again. */
async function askAll(
  desk: Desk,
  answers: Answers,
  signIn: Parameters<typeof settleAccount>[3],
): Promise<void> {
  await settleBlog(desk, answers)
  await keepOrdered(answers, tumblrNames)
  const server = await settleServer(desk, answers)
  await keepOrdered(answers, ['MASTODON_URL', ...choiceNames])
  await settleAccount(desk, answers, server, signIn)
  await settleChoices(desk, answers)
}

async function keepOrdered(answers: Answers, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const given = answers.given(name)
    if (given?.from === 'order') await answers.keep(name, given.value)
  }
}

const valuesOf = (answers: Answers): ReadonlyMap<string, string | undefined> =>
  new Map(
    [...tumblrNames, ...mastodonNames, ...choiceNames].map((name) => [
      name,
      answers.given(name)?.value || undefined,
    ]),
  )

const whatNext = (stage: string | undefined): string =>
  stage === undefined
    ? 'Next: npm run plan (what the next run would do), then npm run once (that run). npm run doctor looks whether all is well.'
    : `Next: npm run deploy -- --stage ${stage}, then npm run doctor -- --stage ${stage} (whether all is well).`

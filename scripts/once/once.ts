/**
 * `npm run once`: one run on this machine, with the accounts of `.env` and the ledger `.levity/ledger.db`. Both stand in the
 * folder it is started in.
 */
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { type Config, parseConfig } from '../../src/core/config/config.ts'
import { secretsOf } from '../../src/core/config/route.ts'
import { redact } from '../../src/core/config/secrets.ts'
import { stageCommand } from '../../src/core/doctor/commands.ts'
import { parseEvent } from '../../src/core/event/event.ts'
import type { Report, RunEvent } from '../../src/core/report/report.ts'
import { describeEvent } from '../../src/core/report/sentences.ts'
import { runAll, whyFailed } from '../../src/repost.ts'
import { type Deployed, readAllDeployed } from '../cloud/deployed.ts'
import { drawChecks } from '../doctor/draw.ts'
import { findLedgerHere } from '../ledger/file.ts'
import type { CommandLine, Given } from '../terminal/arguments.ts'
import type { Surroundings } from '../terminal/command.ts'
import { readEnvText } from '../terminal/file.ts'
import { Refusal } from '../terminal/refusal.ts'
import {
  createScreen,
  describePlan,
  describeRoute,
  type TerminalOutput,
  widthOfTerminal,
} from '../terminal/screen.ts'

export const command = {
  name: 'once',
  says: 'One run on this machine, with the accounts of .env and the ledger .levity/ledger.db.',
  positionals: { form: '[EVENT]', words: 'one event, in quotes,', most: 1 },
  options: { json: { says: 'prints the report as JSON' } },
  notes: ['EVENT is JSON in quotes, such as \'{"mode":"plan"}\' or \'{"post":"123"}\'.'],
  exits: {
    0: 'done',
    1: 'the settings are wrong, or a route failed',
    2: 'a ledger of Levity 0.1.0 could not be taken over',
  },
} as const satisfies CommandLine

type Settings = { readonly env: Readonly<Record<string, string | undefined>>; readonly config: Config }
type Order = {
  readonly event: unknown
  readonly json: boolean
  /** Whether somebody sees what is printed. */
  readonly watched: boolean
  /** A plan or a doctor: it makes no ledger and changes none. */
  readonly readOnly: boolean
}

/** `.env` alone counts: a variable of the shell would make a run by hand differ from the one that cron starts. */
async function readSettings(folder: string): Promise<Settings> {
  const path = resolve(folder, '.env')
  const text = await readEnvText(path)
  if (text === undefined)
    throw new Refusal(
      `Expected the settings in ${path} but received no such file: \`npm run setup\` makes it, or copy .env.example to .env and fill it in`,
    )
  const env = parseEnv(text)
  return { env, config: parseConfig(env) }
}

/** Where nobody watches and no event is given, the schedule has started it: a route that stands still rests. */
function readOrder(
  { values: { json }, positionals: [text] }: Given<typeof command>,
  watched: boolean,
  { routes }: Config,
): Order {
  if (text === undefined && !watched)
    return {
      event: { source: 'levity.once', 'detail-type': 'Scheduled Event' },
      json,
      watched,
      readOnly: false,
    }
  const event = parseJson(text ?? '{}')
  const { mode } = parseEvent(
    event,
    routes.map(({ name }) => name),
  )
  return { event, json, watched: true, readOnly: mode !== 'run' }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Refusal(`Expected JSON such as '{"post":"123"}' for the event but received ${text}`)
  }
}

/** A stage keeps its ledger on AWS; what is posted here would not be in it, and would come twice. */
function refuseDeployed({ routes }: Config, deployed: readonly Deployed[]): void {
  for (const { name, tumblr, mastodon } of routes)
    for (const { stage, routes: served } of deployed)
      if (served.some(({ blog, server }) => blog === tumblr.blog && server === mastodon.url))
        throw new Refusal(
          `Expected a route that is not deployed but ${name} (${tumblr.blog} to ${mastodon.url}) is what the stage ${stage} serves on AWS, with a ledger of its own: both would post everything. \`${stageCommand('invoke', stage)}\` runs it there, \`${stageCommand('pause', stage)}\` stops its schedule, and after \`${stageCommand('destroy', stage)}\` it can run here`,
        )
}

/** Says what was done: all of it where somebody watches, else only what a person must know, where cron mails it. */
function tellReport(
  report: Report,
  { json, watched }: Order,
  { routes }: Config,
  print: (text: string) => void,
): void {
  if (json) print(JSON.stringify(report, undefined, 2))
  if (json || !watched) return
  for (const route of report.routes) {
    for (const post of route.plan ?? []) print(describePlan(post))
    if (route.checks) print(drawChecks(route.route, route.checks, widthOfTerminal()))
    print(describeRoute(route))
  }
  const idle = report.routes.every(
    ({ outcome, posted, skipped, waiting, checks, plan }) =>
      (checks ?? plan) === undefined && outcome === 'done' && posted.length + skipped.length + waiting === 0,
  )
  if (idle && routes.some(({ start }) => start.from === 'now'))
    print('The first run notes where the blog stands; posts that come after it are reposted (LEVITY_START).')
}

export async function once(given: Given<typeof command>, around: Surroundings): Promise<void> {
  const { folder, errors } = around
  const output: TerminalOutput = around.output
  const { env, config } = await readSettings(folder)
  const order = readOrder(given, output.isTTY === true, config)
  refuseDeployed(config, await readAllDeployed())
  const secrets = secretsOf(config.routes)
  const screen = createScreen(output)
  const tell = (event: RunEvent): void => {
    if (event.event === 'parked' && !order.watched) errors.write(`${redact(describeEvent(event), secrets)}\n`)
    // Why a route failed is said once, at the end; until when one waits, here.
    else if (order.watched && !order.json && !(event.event === 'stopped' && event.retryAt === undefined))
      screen.tell(event)
  }
  const openLedgers = await findLedgerHere(order, around)
  const timeLeft = (): number => Number.POSITIVE_INFINITY
  const report = await runAll(order.event, { env, timeLeft, tell, openLedgers })
  screen.clear()
  tellReport(report, order, config, (text) => screen.print(redact(text, secrets)))
  const why = whyFailed(report)
  if (why !== undefined) throw new Refusal(redact(why, secrets))
}

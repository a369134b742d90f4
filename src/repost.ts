/** Lambda's door: event and environment in, report out. */
import { createHash, randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import type { Context } from 'aws-lambda'
import { parseRunConfig, type RunConfig } from './core/config/config.ts'
import { type Parameters, wantedParameters } from './core/config/parameters.ts'
import type { RouteConfig } from './core/config/route.ts'
import { secretsOf } from './core/config/route.ts'
import { redacting, withoutSecrets } from './core/config/secrets.ts'
import { type Ask, asksForDoctor, parseEvent } from './core/event/event.ts'
import { lineOf, lineOfReport } from './core/report/log-line.ts'
import { measure } from './core/report/metrics.ts'
import type { Report, RunEvent } from './core/report/report.ts'
import { sendEvents } from './io/aws/invoke.ts'
import { createLog } from './io/aws/log.ts'
import { emitMetrics } from './io/aws/metrics.ts'
import { createParameterStore } from './io/aws/parameter-store.ts'
import { createClock, type ListeningClock } from './io/clock.ts'
import { createImages } from './io/image/images.ts'
import { createImageSource } from './io/image/source.ts'
import { openInstruments } from './io/instruments.ts'
import { openDynamoDb } from './io/ledger/dynamodb.ts'
import type { LedgerHome } from './io/ledger/ledger.ts'
import { createMastodon } from './io/mastodon/create.ts'
import { createTumblr } from './io/tumblr/tumblr.ts'
import type { Asking } from './stories/doctor/diagnose.ts'
import { carryOut, namesOf, oneAtATime } from './stories/run/invocation.ts'
import type { KeptImage, World } from './world.ts'

/** Written into the bundle by `scripts/build.ts`; run from source, it stands in package.json. */
declare const LEVITY_VERSION: string | undefined
export const version: string =
  typeof LEVITY_VERSION === 'string'
    ? LEVITY_VERSION
    : createRequire(import.meta.url)('../package.json').version

export type Surroundings = {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Ms until the run must have ended; Infinity where nothing ends it. */
  readonly timeLeft: () => number
  readonly tell: (event: RunEvent) => void
  /** What Parameter Store has for the variables that name it. */
  readonly parameters?: Parameters | undefined
  /** Where the ledger is kept; in DynamoDB unless said. It is closed at the end. */
  readonly openLedgers?: (() => LedgerHome) | undefined
  /** Told each image of a plan, with its bytes before and after. */
  readonly keep?: (image: KeptImage) => void
}
type LambdaContext = Pick<Context, 'getRemainingTimeInMillis'> & Partial<Pick<Context, 'awsRequestId'>>

/** One image and one status, each within its deadline: with less, no run would ever get to post. */
const leastTimeMs = 120_000

/** For the life of this process: a parameter is read once, and again when something is wrong. */
const parameters = createParameterStore()

/** Throws where the report says that a route failed, with every reason; the report is logged before. No secret is in either. */
export async function handler(event: unknown, context?: LambdaContext): Promise<Report> {
  if (asksForDoctor(event)) return serveDoctor(event, context)
  let well = false
  try {
    const config = parseRunConfig(process.env, await parameters.read(wantedParameters(process.env)))
    const report = await serve(event, config, context)
    well = report.routes.every(({ outcome }) => outcome !== 'stopped')
    return report
  } finally {
    if (!well) parameters.forget()
  }
}

async function serve(event: unknown, config: RunConfig, context?: LambdaContext): Promise<Report> {
  const secrets = secretsOf(config.routes)
  const { functionName, service } = readNames()
  const log = createLog({ secrets, service, requestId: context?.awsRequestId })
  const timeLeft = (): number => context?.getRemainingTimeInMillis() ?? Number.POSITIVE_INFINITY
  try {
    expectTime(timeLeft())
    const ask = parseAsk(event, config)
    const events: RunEvent[] = []
    const tell = (one: RunEvent): void => {
      events.push(one)
      log.write(lineOf(one))
    }
    const report = await runRoutes(ask, config, { timeLeft, tell }, functionName)
    log.write(lineOfReport(report))
    if (ask.mode === 'run') emitMetrics(measure(report, events), service)
    const why = whyFailed(report)
    if (why !== undefined) throw new Error(why)
    return JSON.parse(JSON.stringify(report, redacting(secrets)))
  } catch (error) {
    throw withoutSecrets(error, secrets)
  }
}

/** It speaks where the settings are wrong, too; crosses are no failure. */
async function serveDoctor(event: unknown, context?: LambdaContext): Promise<Report> {
  const { functionName, service } = readNames()
  parameters.forget()
  const read = await parameters
    .read(wantedParameters(process.env))
    .catch((error: Error): Parameters => ({ unread: error.message }))
  const stage = /^levity-(.+)$/.exec(functionName ?? '')?.[1]
  const report = await diagnoseRoutes(event, { env: process.env, parameters: read, stage })
  createLog({ secrets: [], service, requestId: context?.awsRequestId }).write(lineOfReport(report))
  return report
}

/** What Lambda calls this function, and what its log lines and metrics call it. */
function readNames(): { readonly functionName: string | undefined; readonly service: string } {
  const { AWS_LAMBDA_FUNCTION_NAME: functionName, POWERTOOLS_SERVICE_NAME: service } = process.env
  return { functionName, service: service || functionName || 'levity' }
}

function expectTime(timeLeft: number): void {
  if (timeLeft >= leastTimeMs) return
  throw new Error(
    `Expected at least ${leastTimeMs / 1000} s for a run but received ${Math.round(timeLeft / 1000)} s: raise the function's timeout`,
  )
}

/** A whole invocation in this process. Throws ConfigError and EventError before anything happened; a failed route is in the report. */
export async function runAll(
  event: unknown,
  { env, parameters: read, ...rest }: Surroundings,
): Promise<Report> {
  if (asksForDoctor(event)) return diagnoseRoutes(event, { env, parameters: read }, rest)
  const config = parseRunConfig(env, read)
  return runRoutes(parseAsk(event, config), config, rest)
}

/** Throws EventError alone; whatever else is wrong is a cross. `callMs`: how long one call may take. */
export async function diagnoseRoutes(
  event: unknown,
  asking: Asking,
  {
    openLedgers = openDynamoDb,
    callMs,
  }: Pick<Surroundings, 'openLedgers'> & { readonly callMs?: number } = {},
): Promise<Report> {
  const { diagnose } = await import('./stories/doctor/diagnose.ts')
  const instruments = openInstruments(version, openLedgers(), callMs)
  try {
    return await diagnose(event, asking, { levity: version, node: process.versions.node }, instruments)
  } finally {
    instruments.close()
  }
}

const parseAsk = (event: unknown, config: RunConfig): Ask => parseEvent(event, namesOf(config))

/** Every reason of what failed; undefined where nothing did. */
export function whyFailed({ routes, unsent = [] }: Report): string | undefined {
  const reasons = [
    ...unsent.map(({ route, reason }) => `${route}: ${reason}`),
    ...routes
      .filter((route) => route.failed)
      .map((route) => `${route.route}: ${route.why ?? 'no reason given'}`),
  ]
  return reasons.length === 0 ? undefined : reasons.join('\n')
}

/** `functionName`: this very function, where it can be given events of its own. */
async function runRoutes(
  ask: Ask,
  config: RunConfig,
  { timeLeft, tell, keep, openLedgers = openDynamoDb }: Omit<Surroundings, 'env' | 'parameters'>,
  functionName?: string,
): Promise<Report> {
  const started = performance.now()
  const end = new AbortController()
  const ledgers = openLedgers()
  const images = oneAtATime(createImages())
  const worldOf = (route: RouteConfig): World => {
    const clock = createClock()
    return {
      ...createEdges(route, clock, end.signal),
      config: route,
      images,
      ledger: ledgers.open(config.table, route.name, clock.listenTo('DynamoDB')),
      clock,
      owner: randomUUID(),
      timeLeft,
      digest: (text) => createHash('sha256').update(text).digest('hex').slice(0, 16),
      tell,
      keep,
    }
  }
  try {
    const outcome = await carryOut({
      ask,
      config,
      worldOf,
      send: functionName === undefined ? undefined : (events) => sendEvents(events, functionName),
    })
    return { version, ms: Math.round(performance.now() - started), ...outcome }
  } finally {
    // E3: a frozen Lambda thaws, and must not find a call that goes on.
    end.abort()
    ledgers.close()
  }
}

function createEdges(
  { tumblr, mastodon }: RouteConfig,
  clock: ListeningClock,
  signal: AbortSignal,
): Pick<World, 'tumblr' | 'mastodon' | 'source'> {
  return {
    tumblr: createTumblr({ ...tumblr, signal, ...clock.listenTo('Tumblr') }),
    mastodon: createMastodon({ ...mastodon, version, signal, ...clock.listenTo('Mastodon') }),
    source: createImageSource({ apiUrl: tumblr.apiUrl, signal }),
  }
}

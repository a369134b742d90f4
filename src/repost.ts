/** Lambda's door: event and environment in, report out. */
import { createHash, randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import type { Context } from 'aws-lambda'
import { type Config, parseConfig, type RouteConfig } from './core/config.ts'
import { type Ask, parseEvent } from './core/event.ts'
import type { Report, RouteReport, RunEvent } from './core/report.ts'
import { redact, secretsOf } from './core/secrets.ts'
import { createImageSource } from './io/image-source.ts'
import { createImages, type Images } from './io/images.ts'
import { createLedger } from './io/ledger.ts'
import { createLedgerClient } from './io/ledger-client.ts'
import { createLog } from './io/log.ts'
import { createMastodon } from './io/mastodon.ts'
import { createTumblr } from './io/tumblr.ts'
import { runRoute } from './run.ts'
import type { World } from './world.ts'

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
}

/** One image and one status, each within its deadline: with less, no run would ever get to post. */
const leastTimeMs = 120_000

/** Throws where the report says that a route failed, with every reason; the report is logged before. */
export async function handler(
  event: unknown,
  context?: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<Report> {
  const config = parseConfig(process.env)
  const timeLeft = context?.getRemainingTimeInMillis() ?? Number.POSITIVE_INFINITY
  if (timeLeft < leastTimeMs)
    throw new Error(
      `Expected at least ${leastTimeMs / 1000} s for a run but received ${Math.round(timeLeft / 1000)} s: raise the function's timeout`,
    )
  const secrets = secretsOf(config.routes)
  const log = createLog(secrets)
  const report = await runRoutes(event, config, {
    timeLeft: () => context?.getRemainingTimeInMillis() ?? Number.POSITIVE_INFINITY,
    tell: (told) => log.write(told),
  })
  log.write({ event: 'report', ...report })
  const why = whyFailed(report)
  if (why !== undefined) throw new Error(redact(why, secrets))
  return report
}

/** A whole invocation in this process. Throws ConfigError and EventError before anything happened; a failed route is in the report. */
export function runAll(event: unknown, { env, ...rest }: Surroundings): Promise<Report> {
  // async, so that a mistake in the configuration is a rejection like any other
  return Promise.resolve().then(() => runRoutes(event, parseConfig(env), rest))
}

/** Every reason of the routes that failed; undefined where none did. */
export function whyFailed(report: Report): string | undefined {
  const reasons = report.routes
    .filter((route) => route.failed)
    .map((route) => `${route.route}: ${route.why ?? 'no reason given'}`)
  return reasons.length === 0 ? undefined : reasons.join('\n')
}

async function runRoutes(
  event: unknown,
  config: Config,
  { timeLeft, tell }: Omit<Surroundings, 'env'>,
): Promise<Report> {
  const started = performance.now()
  const ask = parseEvent(
    event,
    config.routes.map((route) => route.name),
  )
  const chosen = config.routes.filter((route) => ask.route === undefined || route.name === ask.route)
  const end = new AbortController()
  const client = createLedgerClient()
  const images = oneAtATime(createImages())
  try {
    const routes = await Promise.all(
      chosen.map((route) =>
        runSafely(ask, {
          ...createEdges(route, end.signal),
          config: route,
          images,
          ledger: createLedger({ table: config.table, route: route.name, client }),
          clock: { now: () => Date.now(), monotonic: () => performance.now() },
          owner: randomUUID(),
          timeLeft,
          digest: (text) => createHash('sha256').update(text).digest('hex').slice(0, 16),
          tell,
        }),
      ),
    )
    return { version, ms: Math.round(performance.now() - started), routes }
  } finally {
    // E3: a frozen Lambda thaws, and must not find a call that goes on.
    end.abort()
    client.destroy()
  }
}

function createEdges(
  { tumblr, mastodon }: RouteConfig,
  signal: AbortSignal,
): Pick<World, 'tumblr' | 'mastodon' | 'source'> {
  return {
    tumblr: createTumblr({ ...tumblr, signal }),
    mastodon: createMastodon({ ...mastodon, version, signal }),
    source: createImageSource({ apiUrl: tumblr.apiUrl, signal }),
  }
}

/** A route that breaks in a way nobody foresaw must not take the others with it. */
async function runSafely(ask: Ask, world: World): Promise<RouteReport> {
  try {
    return await runRoute(ask, world)
  } catch (error) {
    const nothing = { posted: [], skipped: [], retrying: [], parked: [], edited: [], deleted: [], waiting: 0 }
    const why = redact(error instanceof Error ? error.message : String(error), secretsOf([world.config]))
    return { route: world.config.name, outcome: 'stopped', ...nothing, why, failed: true }
  }
}

/** Over all routes: two large photographs at once do not fit into the memory of a small function. */
export function oneAtATime(images: Images): Images {
  let turn: Promise<unknown> = Promise.resolve()
  return {
    fitImage(...args) {
      const fitted = turn.then(() => images.fitImage(...args))
      turn = fitted.catch(() => undefined)
      return fitted
    },
  }
}

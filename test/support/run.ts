/** Drives whole runs, in this process, over the sandbox: real HTTP, real pictures, and a clock that can be moved. */
import { onTestFinished, vi } from 'vitest'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../scripts/sandbox/sandbox.ts'
import type { Call, SandboxService } from '../../scripts/sandbox/switchboard.ts'
import type { PostDraft } from '../../scripts/sandbox/tumblr/post.ts'
import type { Report, RouteReport, RunEvent } from '../../src/core/report/report.ts'
import { runAll, type Surroundings } from '../../src/repost.ts'

export const blog = 'hillside'
export const minute = 60_000
export const day = 24 * 60 * minute

/** What EventBridge sends. */
export const schedule = { source: 'aws.scheduler', 'detail-type': 'Scheduled Event' }

/** A picture that costs nothing to draw. */
export const picture = { width: 60, height: 40, altText: 'Hills.' }

export type Ran = {
  readonly report: Report
  /** Of the first route. */
  readonly route: RouteReport
  readonly told: readonly RunEvent[]
  /** The calls of this run alone. */
  readonly calls: readonly Call[]
  /** Names of the calls, of one service where said. */
  called(service?: SandboxService): readonly string[]
}

type RunOptions = Pick<Surroundings, 'timeLeft' | 'openLedgers'>

export interface Driver {
  readonly sandbox: Sandbox
  /** Variables of every run from now on. */
  readonly env: Record<string, string>
  run(event?: unknown, options?: Partial<RunOptions>): Promise<Ran>
  /** Runs with waits of an hour between, until nothing is left to do; fails after `most`. */
  runUntilDone(most?: number): Promise<readonly Ran[]>
  /** Moves the clock of everything in this process, the sandbox's too, in ms. */
  later(ms: number): void
  /** Sets Levity's clock ahead (negative: back) in ms; the sandbox keeps its time. */
  setAhead(ms: number): void
  /** A post with one small picture unless said; its id. */
  publish(draft?: PostDraft): string
  /** Texts of what stands on Mastodon now, oldest first. */
  texts(): readonly string[]
}

const realNow = Date.now.bind(Date)
let shift = 0

/** A sandbox for one test, its blog empty unless said. `bearings: false` leaves the first run to the test. */
export async function startDriver(
  options: SandboxOptions & {
    readonly env?: Readonly<Record<string, string>>
    readonly bearings?: false
  } = {},
): Promise<Driver> {
  vi.spyOn(Date, 'now').mockImplementation(() => realNow() + shift)
  const { env: wanted, bearings, ...rest } = options
  const sandbox = await startSandbox({ content: 'empty', ...rest })
  sandbox.trust()
  onTestFinished(async () => {
    await sandbox.close()
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
    shift = 0
  })
  for (const [name, value] of Object.entries(sandbox.env))
    if (name.startsWith('AWS_')) vi.stubEnv(name, value)
  const env: Record<string, string> = { ...sandbox.env, LEVITY_DELAY: '0', ...wanted }
  delete env['SANDBOX_SKEW_MS']
  let published = 0
  const driver: Driver = {
    sandbox,
    env,
    run: (event = schedule, options = {}) =>
      runOnce(sandbox, event, { env, timeLeft: () => Number.POSITIVE_INFINITY, ...options }),
    async runUntilDone(most = 20) {
      const runs: Ran[] = []
      while (runs.length < most) {
        const ran = await driver.run()
        runs.push(ran)
        if (ran.route.outcome === 'done') return runs
        if (ran.route.outcome !== 'more') driver.later(61 * minute)
      }
      throw new Error(`Expected an end but received ${JSON.stringify(runs.at(-1)?.route)}`)
    },
    later: (ms) => {
      shift += ms
    },
    setAhead: (ms) => {
      shift += ms
      sandbox.switchboard.advance(-ms)
    },
    publish: (draft = {}) =>
      sandbox.tumblr.publish(blog, { text: `Post ${++published}`, images: [picture], ...draft }).id,
    texts: () => sandbox.mastodon.statuses.filter(({ deleted }) => !deleted).map(({ text }) => text),
  }
  if (bearings !== false) await driver.run()
  return driver
}

async function runOnce(
  { switchboard }: Sandbox,
  event: unknown,
  { env, ...options }: RunOptions & { readonly env: Readonly<Record<string, string>> },
): Promise<Ran> {
  const told: RunEvent[] = []
  const before = switchboard.calls.length
  const report = await runAll(event, { env: { ...env }, ...options, tell: (one) => told.push(one) })
  const calls = switchboard.calls.slice(before)
  const [route] = report.routes
  if (!route) throw new Error('Expected a report of a route but received none')
  return {
    report,
    route,
    told,
    calls,
    called: (service) =>
      calls.filter((call) => service === undefined || call.service === service).map(({ name }) => name),
  }
}

export const count = (names: readonly string[], name: string): number =>
  names.filter((one) => one === name).length

/** The first lines of the texts: what tells the sandbox's posts apart. */
export const firstLines = (texts: readonly string[]): readonly string[] =>
  texts.map((text) => text.split('\n')[0] ?? '')

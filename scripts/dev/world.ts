/** The whole world of Levity on this machine, and everything that can be done to it. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { parseConfig } from '../../src/core/config.ts'
import { createLedger, type Ledger } from '../../src/io/ledger.ts'
import { type Sandbox, startSandbox } from '../sandbox/index.ts'
import type { LambdaSandbox } from '../sandbox/lambda.ts'
import type { FailureRecord } from '../sandbox/lambda-queue.ts'
import type { Software } from '../sandbox/mastodon.ts'
import type { Code, CodeOptions } from './code.ts'
import { createFaults, type Faults } from './faults.ts'
import { type DevFunction, functionName, startFunction, variablesOf } from './function.ts'
import { createRuns, type Run, type Runs } from './runs.ts'
import { type Schedule, startSchedule } from './schedule.ts'

export type WorldOptions = {
  /** Ms between two runs; 0 for none. */
  readonly everyMs: number
  /** The ledger's folder; in memory where absent. */
  readonly ledger?: string | undefined
  readonly server?: Software | undefined
  /** The blog begins without posts. */
  readonly empty?: boolean | undefined
  /** `LEVITY_…` variables of the function. */
  readonly settings?: Readonly<Record<string, string>> | undefined
  /** Ms before a second and a third try at an event that failed. */
  readonly retryDelaysMs?: readonly number[] | undefined
  readonly code?: Pick<CodeOptions, 'watched' | 'build'> | undefined
  /** Hears of every run that has ended. */
  readonly onRun?: (run: Run) => void
  /** Hears of every build after the first. */
  readonly onBuild?: (trouble: string | undefined) => void
}

export interface World {
  readonly sandbox: Sandbox
  readonly lambda: LambdaSandbox
  readonly code: Code
  readonly ledger: Ledger
  readonly faults: Faults
  readonly runs: Runs
  readonly schedule: Schedule
  /** What the failure destination was given, newest first. */
  readonly failures: readonly FailureRecord[]
  readonly keptIn: string | undefined
  readonly retryDelaysMs: readonly number[]
  /** Ms since 1970. */
  now(): number
  /** Lets time pass for all, in ms: for the blog, the server, and every run that begins from now on. */
  letPass(ms: number): Promise<void>
  /** Sends the function an event that nobody waits for. */
  send(event: unknown): Promise<void>
  /** Says that something was changed by hand. */
  touch(): void
  /** Another text whenever something has changed that a page may show. */
  version(): string
  close(): Promise<void>
}

/** A minute and two on AWS, too long to watch. */
const usualRetryDelaysMs = [5000, 10_000] as const

/** Throws ConfigError where a setting is wrong, and what the code's first build throws. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const opened: (() => Promise<void> | void)[] = []
  const close = async (): Promise<void> => {
    for (const shut of opened.splice(0).reverse()) await shut()
  }
  try {
    const sandbox = await openSandbox(options)
    opened.push(() => sandbox.close())
    const runs = createRuns(() => sandbox.switchboard.clock.now())
    const news = { changes: 0, failures: [] as FailureRecord[] }
    const made = await openFunction(options, sandbox, runs, news)
    opened.push(() => made.close())
    const client = clientOf(sandbox)
    opened.push(() => client.destroy())
    const schedule = startSchedule(options.everyMs, () => void made.lambda.tick())
    opened.push(() => schedule.close())
    return {
      ...{ sandbox, runs, schedule, lambda: made.lambda, code: made.code, failures: news.failures },
      ledger: createLedger({ table: sandbox.ledger.tableName, route: 'main', client }),
      faults: createFaults(sandbox.switchboard),
      keptIn: options.ledger,
      retryDelaysMs: options.retryDelaysMs ?? usualRetryDelaysMs,
      now: () => sandbox.switchboard.clock.now(),
      async letPass(ms) {
        sandbox.switchboard.advance(ms)
        await made.lambda.reload({ env: variablesOf(sandbox, options.settings ?? {}) })
      },
      send: (event) => send(made.lambda, event),
      touch: () => {
        news.changes++
      },
      version: () => `${news.changes}-${countChanges(sandbox)}`,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

const openSandbox = ({ empty, ledger, server }: WorldOptions): Promise<Sandbox> =>
  startSandbox({
    content: empty ? 'empty' : 'pretty',
    ...(ledger !== undefined && { ledger: { path: ledger } }),
    ...(server !== undefined && { mastodon: { software: server } }),
  })

async function openFunction(
  {
    settings = {},
    code,
    retryDelaysMs = usualRetryDelaysMs,
    onRun = () => {},
    onBuild = () => {},
  }: WorldOptions,
  sandbox: Sandbox,
  runs: Runs,
  news: { changes: number; readonly failures: FailureRecord[] },
): Promise<DevFunction> {
  const env = variablesOf(sandbox, settings)
  parseConfig(env)
  const made = await startFunction(env, {
    ...code,
    retryDelaysMs,
    tell: (trouble) => {
      news.changes++
      onBuild(trouble)
    },
    destination: (record) => {
      news.changes++
      news.failures.unshift(record)
    },
    onInvocation: (invocation) => {
      news.changes++
      const run = runs.note(invocation)
      if (invocation.ending) onRun(run)
    },
  })
  sandbox.switchboard.onKill = () => void made.lambda.kill()
  return made
}

const clientOf = ({ ledger, env }: Sandbox): DynamoDBClient =>
  new DynamoDBClient({
    endpoint: ledger.url,
    region: env['AWS_REGION'] ?? '',
    credentials: {
      accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  })

async function send({ url }: LambdaSandbox, event: unknown): Promise<void> {
  const answer = await fetch(`${url}/2015-03-31/functions/${functionName}/invocations`, {
    method: 'POST',
    headers: { 'x-amz-invocation-type': 'Event' },
    body: JSON.stringify(event),
  })
  if (!answer.ok) throw new Error(`Expected Lambda to take the event but received ${await answer.text()}`)
}

/** Calls that began, and calls that were answered, but for those that only read the ledger: a page makes such calls itself. */
const countChanges = ({ switchboard }: Sandbox): number =>
  switchboard.calls
    .filter(({ service, name }) => service !== 'dynamodb' || name === 'PutItem')
    .reduce((count, { status }) => count + (status === undefined ? 1 : 2), 0)

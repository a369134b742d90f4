/** The whole world of Levity on this machine, and everything that can be done to it. */
import { parseConfig } from '../../src/core/config/config.ts'
import type { Ledger } from '../../src/io/ledger/ledger.ts'
import type { LambdaSandbox } from '../sandbox/lambda/lambda.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import type { Code, CodeOptions } from './code.ts'
import { createFaults, type Faults } from './faults.ts'
import { type DevFunction, sendEvent, startFunction, variablesOf } from './function.ts'
import { createHistory, type History } from './history.ts'
import type { Run } from './runs.ts'
import { countChanges, openLedger, openSandbox, type SandboxWishes } from './sandbox.ts'
import { type Schedule, startSchedule } from './schedule.ts'
import { type DevSettings, firstSettings } from './settings.ts'

export type WorldOptions = SandboxWishes & {
  /** Ms between two runs; 0 for none. */
  readonly everyMs: number
  readonly settings?: DevSettings | undefined
  /** Ms before the second and the third try of a failed event. */
  readonly retryDelaysMs?: readonly number[] | undefined
  readonly code?: Pick<CodeOptions, 'watched' | 'build'> | undefined
  /** Called when a run has ended. */
  readonly onRun?: (run: Run) => void
  /** Called after every build but the first. */
  readonly onBuild?: (trouble: string | undefined) => void
}

export interface DevWorld extends Pick<History, 'runs' | 'failures' | 'touch'> {
  readonly sandbox: Sandbox
  readonly lambda: LambdaSandbox
  readonly code: Code
  readonly ledger: Ledger
  readonly faults: Faults
  readonly schedule: Schedule
  readonly settings: DevSettings
  readonly keptIn: string | undefined
  readonly retryDelaysMs: readonly number[]
  /** Ms since 1970. */
  now(): number
  /** Moves the clock forward by so many ms: for the blog, the server, and every run that begins from now on. */
  letPass(ms: number): Promise<void>
  /** Sets the settings of every run that begins from now on. Throws ConfigError, and changes nothing, where one is wrong. */
  configure(settings: DevSettings): Promise<void>
  /** Sends the function an event, and does not wait for the run. */
  send(event: unknown): Promise<void>
  /** A text that differs whenever something has changed that a page may show. */
  version(): string
  close(): Promise<void>
}

/** On AWS it is one minute and two, which is too long to watch. */
const usualRetryDelaysMs = [5000, 10_000] as const

/** Throws ConfigError where a setting is wrong, and the error of the first build where that fails. */
export async function startWorld(options: WorldOptions): Promise<DevWorld> {
  const opened: (() => Promise<void> | void)[] = []
  const close = async (): Promise<void> => {
    for (const shut of opened.splice(0).reverse()) await shut()
  }
  try {
    const sandbox = await openSandbox(options)
    opened.push(() => sandbox.close())
    const history = createHistory(sandbox.switchboard.clock)
    const made = await openFunction(options, sandbox, history)
    opened.push(() => made.close())
    const ledger = openLedger(sandbox)
    opened.push(ledger.close)
    const schedule = startSchedule(options.everyMs, () => void made.lambda.tick())
    opened.push(() => schedule.close())
    const { runs, failures, touch } = history
    const changeable = settle(options, sandbox, made.lambda)
    return {
      ...{ sandbox, lambda: made.lambda, code: made.code, schedule, runs, failures, touch },
      ledger: ledger.main,
      faults: createFaults(sandbox.switchboard),
      keptIn: options.ledger,
      retryDelaysMs: options.retryDelaysMs ?? usualRetryDelaysMs,
      now: () => sandbox.switchboard.clock.now(),
      version: () => `${history.changes}-${countChanges(sandbox)}`,
      send: (event) => sendEvent(made.lambda, event),
      configure: changeable.configure,
      letPass: changeable.letPass,
      get settings() {
        return changeable.current()
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function openFunction(options: WorldOptions, sandbox: Sandbox, history: History): Promise<DevFunction> {
  const { settings = firstSettings, code, onRun = () => {}, onBuild = () => {} } = options
  const env = variablesOf(sandbox, settings)
  parseConfig(env)
  const made = await startFunction(env, {
    ...code,
    retryDelaysMs: options.retryDelaysMs ?? usualRetryDelaysMs,
    destination: history.fail,
    tell: (trouble) => {
      history.touch()
      onBuild(trouble)
    },
    onInvocation: (invocation) => {
      history.touch()
      const run = history.runs.note(invocation)
      if (invocation.ending) onRun(run)
    },
  })
  sandbox.switchboard.onKill = () => void made.lambda.kill()
  return made
}

/** The settings and the clock, which the function gets as variables. */
function settle(
  options: WorldOptions,
  sandbox: Sandbox,
  lambda: LambdaSandbox,
): { current(): DevSettings } & Pick<DevWorld, 'configure' | 'letPass'> {
  let { settings = firstSettings } = options
  return {
    current: () => settings,
    async configure(changed) {
      const env = variablesOf(sandbox, changed)
      parseConfig(env)
      settings = changed
      await lambda.reload({ env })
    },
    async letPass(ms) {
      sandbox.switchboard.advance(ms)
      await lambda.reload({ env: variablesOf(sandbox, settings) })
    },
  }
}

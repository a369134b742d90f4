/** One execution environment, cold at first, warm afterwards. */
import { createInbox } from './inbox.ts'
import { startLine } from './log.ts'
import { type Happening, judge } from './outcome.ts'
import { type FunctionProcess, startProcess } from './process.ts'
import { conclude, type Ending, runOnce, type Work } from './run.ts'
import { type RuntimeApi, startRuntimeApi } from './runtime-api.ts'
import type { FunctionSettings } from './settings.ts'

export interface Environment {
  /** Whether it can take another event. */
  readonly alive: boolean
  /** One at a time. It never rejects: whatever happens to the process is an ending. */
  run(work: Work): Promise<Ending>
  /** As if the machine had taken the process away. */
  kill(): void
  /** Everything the process wrote so far. */
  output(): string
  /** Ends a run that goes on, too. */
  close(): Promise<void>
}

/** Throws where this machine cannot start a process at all. */
export async function startEnvironment(settings: FunctionSettings): Promise<Environment> {
  const inbox = createInbox<Happening>()
  const api = await startRuntimeApi(inbox.put)
  const startedAt = performance.now()
  const child = await startOrClose(settings, api)
  void child.exited.then((how) => inbox.put({ kind: 'exit', how }))
  let fresh = true
  let usable = true
  let running: Promise<unknown> = Promise.resolve()
  return {
    get alive() {
      return usable && child.running
    },
    async run(work) {
      const run = runOnce(work, fresh, { settings, child, api, inbox, startedAt })
      fresh = false
      running = run
      const { ending, reusable } = await run
      usable = reusable
      return ending
    },
    kill: child.kill,
    output: child.output,
    async close() {
      usable = false
      child.kill()
      await running
      await child.remove()
      await api.close()
    },
  }
}

async function startOrClose(settings: FunctionSettings, api: RuntimeApi): Promise<FunctionProcess> {
  try {
    return startProcess(settings, api.address)
  } catch (error) {
    await api.close()
    throw error
  }
}

/** The ending where `startEnvironment` threw. It leaves out the error's message, which may quote a variable. */
export function failedStart(work: Work, settings: FunctionSettings, error: unknown): Ending {
  const how = `Runtime did not start: ${error instanceof Error && 'code' in error ? error.code : error}`
  return conclude(work, settings, {
    judged: judge({ kind: 'exit', how }, work.requestId, settings.timeoutMs),
    cold: true,
    log: startLine(settings.logFormat, work.requestId),
    measures: { durationMs: 0, initMs: undefined, maxMemoryMb: undefined },
  })
}

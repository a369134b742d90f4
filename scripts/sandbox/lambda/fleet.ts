/** All execution environments of a function: a warm one is taken before a cold one is started, each for one event at a time. */
import { type Environment, failedStart, startEnvironment } from './environment.ts'
import type { Ending, Work } from './run.ts'
import type { FunctionSettings } from './settings.ts'

export interface Fleet {
  readonly settings: FunctionSettings
  /** Whether another event would be taken now. */
  readonly free: boolean
  /** Must not be called while `free` is false. */
  run(work: Work): Promise<Ending>
  /** Closes all environments: idle ones at once, the others when their run has ended. */
  reload(changes: Partial<FunctionSettings>): Promise<void>
  /** Kills the processes that run something; returns how many. */
  kill(): number
  close(): Promise<void>
}

/** `concurrency`: how many run at once. */
export function createFleet(first: FunctionSettings, concurrency: number): Fleet {
  let settings = first
  let closed = false
  const warm = new Set<Environment>()
  const busy = new Set<Environment>()
  const runs = new Set<Promise<Ending>>()
  const closing = new Set<Promise<void>>()

  const retire = (environment: Environment): void => {
    warm.delete(environment)
    const gone = environment.close().finally(() => closing.delete(gone))
    closing.add(gone)
  }
  const take = async (): Promise<Environment> => {
    // The one that ran last comes first, as on Lambda. Those that died in the meantime are removed.
    for (const environment of [...warm].reverse()) {
      warm.delete(environment)
      if (environment.alive) return environment
      retire(environment)
    }
    return startEnvironment(settings)
  }
  const runIn = async (work: Work): Promise<Ending> => {
    const of = settings
    let environment: Environment
    try {
      environment = await take()
    } catch (error) {
      return failedStart(work, of, error)
    }
    busy.add(environment)
    if (closed) environment.kill()
    const ending = await environment.run(work)
    busy.delete(environment)
    if (environment.alive && of === settings && !closed) warm.add(environment)
    else retire(environment)
    return ending
  }
  const killBusy = (): number => {
    for (const environment of busy) environment.kill()
    return busy.size
  }
  return {
    get settings() {
      return settings
    },
    get free() {
      return !closed && runs.size < concurrency
    },
    async run(work) {
      const run = runIn(work)
      runs.add(run)
      return run.finally(() => runs.delete(run))
    },
    async reload(changes) {
      settings = { ...settings, ...changes }
      for (const environment of warm) retire(environment)
      await Promise.all(closing)
    },
    kill: killBusy,
    async close() {
      closed = true
      for (const environment of warm) retire(environment)
      killBusy()
      await Promise.all(runs)
      await Promise.all(closing)
    },
  }
}

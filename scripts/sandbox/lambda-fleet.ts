/** All execution environments of a function: a warm one is taken before a cold one is started, each for one event at a time. */
import {
  type Ending,
  type Environment,
  failedStart,
  startEnvironment,
  type Work,
} from './lambda-environment.ts'
import type { FunctionSettings } from './lambda-settings.ts'

export interface Fleet {
  readonly settings: FunctionSettings
  /** Whether another event would be taken now. */
  readonly free: boolean
  /** Throws where none is free. */
  run(work: Work): Promise<Ending>
  /** What waits warm is retired, and so is what runs, once it has ended. */
  reload(changes: Partial<FunctionSettings>): Promise<void>
  /** Kills the processes that run something; returns how many. */
  kill(): number
  close(): Promise<void>
}

/** `concurrency`: how many run at once. */
export function createFleet(first: FunctionSettings, concurrency: number): Fleet {
  let settings = first
  let taken = 0
  let closed = false
  const warm = new Set<Environment>()
  const busy = new Set<Environment>()
  const closing = new Set<Promise<void>>()

  const retire = (environment: Environment): void => {
    const gone = environment.close().finally(() => closing.delete(gone))
    closing.add(gone)
  }
  const takeWarm = (): Environment | undefined => {
    // The one that ran last, as Lambda does; those that died while they waited are cleared away.
    for (const environment of [...warm].reverse()) {
      warm.delete(environment)
      if (environment.alive) return environment
      retire(environment)
    }
    return undefined
  }
  const runIn = async (environment: Environment, of: FunctionSettings, work: Work): Promise<Ending> => {
    busy.add(environment)
    try {
      return await environment.run(work)
    } finally {
      busy.delete(environment)
      if (environment.alive && of === settings && !closed) warm.add(environment)
      else retire(environment)
    }
  }
  return {
    get settings() {
      return settings
    },
    get free() {
      return !closed && taken < concurrency
    },
    async run(work) {
      if (closed || taken >= concurrency)
        throw new Error(`Expected a free environment for ${work.requestId} but received ${taken} busy ones`)
      taken += 1
      const of = settings
      try {
        return await runIn(takeWarm() ?? (await startEnvironment(of)), of, work)
      } catch (error) {
        return failedStart(work, of, error)
      } finally {
        taken -= 1
      }
    },
    async reload(changes) {
      settings = { ...settings, ...changes }
      for (const environment of warm) retire(environment)
      warm.clear()
      await Promise.all(closing)
    },
    kill() {
      for (const environment of busy) environment.kill()
      return busy.size
    },
    async close() {
      closed = true
      for (const environment of [...warm, ...busy]) retire(environment)
      warm.clear()
      await Promise.all(closing)
    },
  }
}

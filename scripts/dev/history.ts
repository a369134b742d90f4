/** What has happened since the start, in the sandbox's time. */
import type { FailureRecord } from '../sandbox/lambda/queue.ts'
import type { Clock } from '../sandbox/switchboard.ts'
import { createRuns, type Runs } from './runs.ts'

/** `at`: ms since 1970, by the sandbox's clock. */
export type Failure = { readonly at: number; readonly record: FailureRecord }

export interface History {
  readonly runs: Runs
  /** Events that Lambda gave up, newest first. */
  readonly failures: readonly Failure[]
  /** How many changes were noted. */
  readonly changes: number
  /** Notes a change. */
  touch(): void
  fail(record: FailureRecord): void
}

const keep = 100

export function createHistory(clock: Clock): History {
  const runs = createRuns(() => clock.now())
  const failures: Failure[] = []
  let changes = 0
  return {
    runs,
    failures,
    get changes() {
      return changes
    },
    touch: () => {
      changes++
    },
    fail(record) {
      changes++
      failures.unshift({ at: clock.now(), record })
      failures.splice(keep)
    },
  }
}

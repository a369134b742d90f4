/** Events that nobody waits for: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
import type { Ending, Work } from './run.ts'

/** What a destination gets: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
export type FailureRecord = {
  readonly version: '1.0'
  readonly timestamp: string
  readonly requestContext: {
    readonly requestId: string
    readonly functionArn: string
    readonly condition: 'RetriesExhausted' | 'EventAgeExceeded'
    readonly approximateInvokeCount: number
  }
  readonly requestPayload: unknown
  /** Absent, like the payload, where the event became too old before its first run. */
  readonly responseContext?: {
    readonly statusCode: 200
    readonly executedVersion: '$LATEST'
    readonly functionError: 'Unhandled'
  }
  readonly responsePayload?: unknown
}

export type QueueOptions = {
  /** Ms before the second attempt, the third, and so on. There are as many retries as numbers. */
  readonly retryDelaysMs: readonly number[]
  readonly maximumEventAgeMs: number
  readonly destination: (record: FailureRecord) => void
  /** Whether an event would be taken now. */
  readonly free: () => boolean
  readonly run: (work: Work, attempt: number) => Promise<Ending>
}

export interface EventQueue {
  push(work: Work): void
  /** Runs as many as there is room for. To be called whenever room may have become free. */
  pump(): void
  /** Until no event waits, runs or is to be tried again. */
  empty(): Promise<void>
  /** Drops what waits. */
  close(): void
}

type Queued = {
  readonly work: Work
  readonly since: number
  readonly attempt: number
  readonly last?: Ending
}

export function createQueue(options: QueueOptions): EventQueue {
  const { retryDelaysMs, maximumEventAgeMs, free, run } = options
  const waiting: Queued[] = []
  const timers = new Set<NodeJS.Timeout>()
  let size = 0
  let closed = false

  const emptied: (() => void)[] = []

  const leave = (): void => {
    size -= 1
    if (size === 0) for (const tell of emptied.splice(0)) tell()
  }
  const giveUp = (queued: Queued, condition: FailureRecord['requestContext']['condition']): void => {
    options.destination(recordOf(queued, condition))
    leave()
  }
  const put = (queued: Queued, delayMs: number): void => {
    if (closed) return
    const timer = setTimeout(() => {
      timers.delete(timer)
      waiting.push(queued)
      pump()
    }, delayMs)
    timers.add(timer)
  }
  const attempt = async (queued: Queued): Promise<void> => {
    const last = await run(queued.work, queued.attempt)
    const tried = { ...queued, last }
    const delayMs = retryDelaysMs[queued.attempt - 1]
    if (last.outcome === 'response') leave()
    else if (delayMs === undefined) giveUp(tried, 'RetriesExhausted')
    // A retry that would be too late is given up at once.
    else if (Date.now() + delayMs - queued.since > maximumEventAgeMs) giveUp(tried, 'EventAgeExceeded')
    else put({ ...tried, attempt: queued.attempt + 1 }, delayMs)
    pump()
  }
  const pump = (): void => {
    while (free()) {
      const queued = waiting.shift()
      if (!queued) return
      if (Date.now() - queued.since > maximumEventAgeMs) giveUp(queued, 'EventAgeExceeded')
      else void attempt(queued)
    }
  }
  return {
    push(work) {
      size += 1
      put({ work, since: Date.now(), attempt: 1 }, 0)
    },
    pump,
    empty: () => (size === 0 ? Promise.resolve() : new Promise((done) => emptied.push(done))),
    close() {
      closed = true
      for (const timer of timers) clearTimeout(timer)
      waiting.length = 0
      for (const tell of emptied.splice(0)) tell()
    },
  }
}

function recordOf(
  { work, attempt, last }: Queued,
  condition: FailureRecord['requestContext']['condition'],
): FailureRecord {
  return {
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId: work.requestId,
      functionArn: `${work.functionArn}:$LATEST`,
      condition,
      approximateInvokeCount: last ? attempt : 0,
    },
    requestPayload: JSON.parse(work.payload),
    ...(last && {
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' } as const,
      responsePayload: last.answer,
    }),
  }
}

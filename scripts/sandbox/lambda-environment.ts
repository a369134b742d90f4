/** One execution environment, cold then warm: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
import { randomBytes } from 'node:crypto'
import { billedMs, endLines, startLine } from './lambda-log.ts'
import { type Happening, type Judged, judge, type Outcome } from './lambda-outcome.ts'
import { type FunctionProcess, startProcess } from './lambda-process.ts'
import { type RuntimeApi, startRuntimeApi } from './lambda-runtime-api.ts'
import { type FunctionSettings, skewOf } from './lambda-settings.ts'

export type Work = {
  readonly requestId: string
  /** JSON, passed on to the byte. */
  readonly payload: string
  readonly functionArn: string
  /** JSON, as the caller sent it. */
  readonly clientContext?: string | undefined
}

export type Ending = {
  readonly outcome: Outcome
  /** JSON: the function's answer, or the error as its runtime or Lambda words it. */
  readonly body: string
  /** The same, read. */
  readonly answer: unknown
  readonly cold: boolean
  readonly durationMs: number
  readonly billedMs: number
  /** Of a cold start. */
  readonly initMs: number | undefined
  /** Undefined where the platform does not say: there the limit is not kept either. */
  readonly maxMemoryMb: number | undefined
  /** The function's own lines between Lambda's. */
  readonly log: string
}

export interface Environment {
  /** Whether it can take another event. */
  readonly alive: boolean
  /** One at a time; whatever happens to the process is an ending. */
  run(work: Work): Promise<Ending>
  /** As if the machine had taken the process away. */
  kill(): void
  /** Everything the process wrote so far. */
  output(): string
  close(): Promise<void>
}

type Parts = {
  readonly settings: FunctionSettings
  readonly child: FunctionProcess
  readonly api: RuntimeApi
  /** The next thing that happens; a timeout if nothing does in so many ms. */
  readonly next: (ms: number) => Promise<Happening>
  readonly put: (happened: Happening) => void
  readonly startedAt: number
}

/** An initialisation of up to this long takes nothing from the function's time. */
const freeInitMs = 10_000
const weighEveryMs = 50

export async function startEnvironment(settings: FunctionSettings): Promise<Environment> {
  const { next, put } = createInbox()
  const api = await startRuntimeApi(put)
  const child = startProcess(settings, api.address)
  void child.exited.then((how) => put({ kind: 'exit', how }))
  const parts = { settings, child, api, next, put, startedAt: performance.now() }
  let fresh = true
  let usable = true
  let running: Promise<unknown> = Promise.resolve()
  return {
    get alive() {
      return usable && child.running
    },
    async run(work) {
      const cold = fresh
      fresh = false
      const run = runOnce(work, cold, parts)
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

/** The ending where this machine could not even start a process. */
export function failedStart({ requestId }: Work, settings: FunctionSettings, error: unknown): Ending {
  const how = `Runtime did not start: ${error instanceof Error ? error.message : error}`
  const { outcome, body, note } = judge({ kind: 'exit', how }, requestId, settings.timeoutMs)
  const nothing = { durationMs: 0, billedMs: 0, initMs: undefined, maxMemoryMb: undefined }
  return {
    outcome,
    body,
    answer: readAnswer(body),
    cold: true,
    log: `${startLine(requestId)}${note}`,
    ...nothing,
  }
}

async function runOnce(
  work: Work,
  cold: boolean,
  parts: Parts,
): Promise<{ readonly ending: Ending; readonly reusable: boolean }> {
  const { child, settings } = parts
  const scales = startScales(parts)
  child.thaw()
  const init = cold ? await initialise(work, parts) : undefined
  const began = performance.now()
  const ran = init?.failed
    ? { judged: init.failed, reusable: false }
    : await invoke(work, Math.max(0, (init?.ms ?? 0) - freeInitMs), parts)
  const { maxMemoryMb, tooMuch } = scales.stop()
  const durationMs = performance.now() - began
  const judged = tooMuch ? judge({ kind: 'memory' }, work.requestId, settings.timeoutMs) : ran.judged
  const reusable = ran.reusable && !tooMuch
  if (reusable) child.freeze()
  else {
    child.kill()
    await child.exited
  }
  const measures = { durationMs, initMs: init?.ms, maxMemoryMb }
  const { requestId } = work
  const last = endLines({ requestId, memoryMb: settings.memoryMb, ...measures }, judged.trouble)
  const log = `${init?.log ?? ''}${startLine(requestId)}${child.takeLog()}${judged.note}${last}`
  const { outcome, body } = judged
  const answer = readAnswer(body)
  return { ending: { outcome, body, answer, cold, billedMs: billedMs(measures), log, ...measures }, reusable }
}

/** Whatever a function made of its answer, if it made it by other means than its runtime. */
function readAnswer(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}

async function initialise(
  { requestId }: Work,
  { settings: { timeoutMs }, child, next, startedAt }: Parts,
): Promise<{ readonly ms: number; readonly log: string; readonly failed?: Judged }> {
  const happened = await next(freeInitMs + timeoutMs)
  const ms = performance.now() - startedAt
  if (happened.kind === 'next') return { ms, log: child.takeLog() }
  return { ms, log: '', failed: judge(happened, requestId, timeoutMs) }
}

/** https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-traceids */
const traceTime = (): string => Math.floor(Date.now() / 1000).toString(16)

async function invoke(
  work: Work,
  lateMs: number,
  { settings, api, next }: Parts,
): Promise<{ readonly judged: Judged; readonly reusable: boolean }> {
  const { timeoutMs } = settings
  const end = performance.now() + timeoutMs - lateMs
  api.give(work.payload, {
    'lambda-runtime-aws-request-id': work.requestId,
    'lambda-runtime-deadline-ms': String(Math.round(Date.now() + skewOf(settings) + timeoutMs - lateMs)),
    'lambda-runtime-invoked-function-arn': work.functionArn,
    'lambda-runtime-trace-id': `Root=1-${traceTime()}-${randomBytes(12).toString('hex')};Sampled=0`,
    ...(work.clientContext !== undefined && { 'lambda-runtime-client-context': work.clientContext }),
  })
  const happened = await next(end - performance.now())
  const judged = judge(happened, work.requestId, timeoutMs)
  if (happened.kind !== 'response' && happened.kind !== 'error') return { judged, reusable: false }
  // What it still does before it asks for the next event is part of this invocation.
  const after = await next(end - performance.now())
  return { judged, reusable: after.kind === 'next' }
}

/** Weighs the process until it is stopped; one that is too heavy is told of, and killed by the caller. */
function startScales({ child, settings: { memoryMb }, put }: Parts): {
  stop(): { readonly maxMemoryMb: number | undefined; readonly tooMuch: boolean }
} {
  let peakMb: number | undefined
  const weigh = (): boolean => {
    peakMb = child.peakMemoryMb() ?? peakMb
    return peakMb !== undefined && peakMb > memoryMb
  }
  const timer = setInterval(() => {
    if (weigh()) put({ kind: 'memory' })
  }, weighEveryMs)
  return {
    stop() {
      clearInterval(timer)
      const tooMuch = weigh()
      return { maxMemoryMb: peakMb && Math.min(peakMb, memoryMb), tooMuch }
    },
  }
}

function createInbox(): Pick<Parts, 'next' | 'put'> {
  const waiting: Happening[] = []
  let wake = (): void => {}
  return {
    put(happened) {
      waiting.push(happened)
      wake()
    },
    async next(ms) {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((done) => {
        timer = setTimeout(done, ms)
        wake = done
      })
      if (waiting.length === 0) await late
      clearTimeout(timer)
      return waiting.shift() ?? { kind: 'timeout' }
    },
  }
}

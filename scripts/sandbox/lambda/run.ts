/** One invocation in one process, within its limits: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
import { randomBytes } from 'node:crypto'
import type { Inbox } from './inbox.ts'
import { billedMs, endLines, type Measures, startLine } from './log.ts'
import { startMemoryMeter } from './memory-meter.ts'
import { type Happening, type Judged, judge, type Outcome } from './outcome.ts'
import type { FunctionProcess } from './process.ts'
import type { RuntimeApi } from './runtime-api.ts'
import { type FunctionSettings, skewOf } from './settings.ts'

export type Work = {
  readonly requestId: string
  /** JSON, passed on byte for byte. */
  readonly payload: string
  readonly functionArn: string
  /** JSON, as the caller sent it. */
  readonly clientContext?: string | undefined
}

export type Ending = Measures & {
  readonly outcome: Outcome
  /** JSON: the function's answer, or the error as its runtime or Lambda words it. */
  readonly body: string
  /** The same, parsed. */
  readonly answer: unknown
  readonly cold: boolean
  readonly billedMs: number
  /** The function's own lines between Lambda's. */
  readonly log: string
}

export type Parts = {
  readonly settings: FunctionSettings
  readonly child: FunctionProcess
  readonly api: RuntimeApi
  readonly inbox: Inbox<Happening>
  /** By `performance.now()`. */
  readonly startedAt: number
}

/** An initialisation of up to this long takes nothing from the function's time. */
const freeInitMs = 10_000

/** `reusable`: the process waits, frozen, for another event; else it is gone. */
export async function runOnce(
  work: Work,
  cold: boolean,
  parts: Parts,
): Promise<{ readonly ending: Ending; readonly reusable: boolean }> {
  const { child, settings } = parts
  const meter = startMemoryMeter(child, settings.memoryMb, () => parts.inbox.put({ kind: 'memory' }))
  child.thaw()
  const init = cold ? await initialise(work, parts) : undefined
  const began = performance.now()
  const ran = init?.failed
    ? { judged: init.failed, reusable: false }
    : await invoke(work, Math.max(0, (init?.ms ?? 0) - freeInitMs), parts)
  const durationMs = performance.now() - began
  const { maxMemoryMb, tooMuch } = meter.stop()
  const reusable = ran.reusable && !tooMuch
  if (reusable) child.freeze()
  else {
    child.kill()
    await child.exited
  }
  const judged = tooMuch ? judge({ kind: 'memory' }, work.requestId, settings.timeoutMs) : ran.judged
  const log = `${init?.log ?? ''}${startLine(settings.logFormat, work.requestId)}${child.takeLog()}`
  const measures = { durationMs, initMs: init?.ms, maxMemoryMb }
  return { ending: conclude(work, settings, { judged, cold, log, measures }), reusable }
}

/** `log`: what was written before Lambda's last lines. */
export function conclude(
  { requestId }: Work,
  { memoryMb, logFormat }: FunctionSettings,
  { judged, cold, log, measures }: { judged: Judged; cold: boolean; log: string; measures: Measures },
): Ending {
  const { outcome, body, trouble } = judged
  return {
    outcome,
    body,
    answer: readAnswer(body),
    cold,
    ...measures,
    billedMs: billedMs(measures),
    log: log + endLines(logFormat, { requestId, memoryMb, trouble, ...measures }),
  }
}

/** The answer may be no JSON where the function did not use its runtime. */
function readAnswer(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}

async function initialise(
  { requestId }: Work,
  { settings: { timeoutMs }, child, inbox, startedAt }: Parts,
): Promise<{ readonly ms: number; readonly log: string; readonly failed?: Judged }> {
  const happened = (await inbox.take(freeInitMs + timeoutMs)) ?? { kind: 'timeout' }
  const ms = performance.now() - startedAt
  if (happened.kind === 'next') return { ms, log: child.takeLog() }
  return { ms, log: '', failed: judge(happened, requestId, timeoutMs) }
}

async function invoke(
  work: Work,
  lateMs: number,
  { settings, api, inbox }: Parts,
): Promise<{ readonly judged: Judged; readonly reusable: boolean }> {
  const { timeoutMs } = settings
  const end = performance.now() + timeoutMs - lateMs
  const left = (): number => end - performance.now()
  api.give(work.payload, headersOf(work, Date.now() + skewOf(settings) + left()))
  const happened = (await inbox.take(left())) ?? { kind: 'timeout' }
  const judged = judge(happened, work.requestId, timeoutMs)
  if (happened.kind !== 'response' && happened.kind !== 'error') return { judged, reusable: false }
  // Until it asks for the next event, all that it does is part of this invocation.
  const after = await inbox.take(left())
  return { judged, reusable: after?.kind === 'next' }
}

/** `deadline`: ms since 1970, by the function's clock. */
function headersOf(work: Work, deadline: number): Readonly<Record<string, string>> {
  const seconds = Math.floor(Date.now() / 1000).toString(16)
  return {
    'lambda-runtime-aws-request-id': work.requestId,
    'lambda-runtime-deadline-ms': String(Math.round(deadline)),
    'lambda-runtime-invoked-function-arn': work.functionArn,
    'lambda-runtime-trace-id': `Root=1-${seconds}-${randomBytes(12).toString('hex')};Sampled=0`,
    ...(work.clientContext !== undefined && { 'lambda-runtime-client-context': work.clientContext }),
  }
}

/** Every invocation since the start, numbered and in the sandbox's time, with its log and its report. */
import * as v from 'valibot'
import { type AnyReport, type AnyRouteReport, readReport } from '../../src/core/report/report.ts'
import { describeChecks } from '../../src/core/report/sentences.ts'
import type { Invocation } from '../sandbox/lambda/invocations.ts'

export type Run = {
  /** From 1. */
  readonly n: number
  /** Ms since 1970, by the sandbox's clock. */
  readonly at: number
  readonly invocation: Invocation
}

export interface Runs {
  /** The latest, newest first. */
  readonly all: readonly Run[]
  find(n: number): Run | undefined
  /** Takes an invocation as it begins, and again as it ends. */
  note(invocation: Invocation): Run
}

const keep = 200

export function createRuns(now: () => number): Runs {
  let count = 0
  let all: readonly Run[] = []
  const isSame = (a: Invocation, b: Invocation): boolean =>
    a.requestId === b.requestId && a.attempt === b.attempt
  return {
    get all() {
      return all
    },
    find: (n) => all.find((run) => run.n === n),
    note(invocation) {
      const known = all.find((run) => isSame(run.invocation, invocation))
      const run = known ? { ...known, invocation } : { n: ++count, at: now(), invocation }
      all = known ? all.map((one) => (one === known ? run : one)) : [run, ...all].slice(0, keep)
      return run
    },
  }
}

/** What a run did to posts, each with a list of its own. */
const deeds = ['posted', 'skipped', 'retrying', 'parked', 'edited', 'deleted'] as const

/** One line of a log. Of a line of JSON it is the message. */
export type LogLine = { readonly level: string | undefined; readonly text: string }

const Line = v.object({ level: v.string(), message: v.string() })
const MetricLine = v.object({ _aws: v.unknown() })

const parseLine = (line: string): unknown => {
  try {
    return line.startsWith('{') ? JSON.parse(line) : undefined
  } catch {
    return undefined
  }
}

/** Metrics are left out: they are for CloudWatch. */
export function readLog(log: string): readonly LogLine[] {
  return log.split('\n').flatMap((line) => {
    const json = parseLine(line)
    if (line === '' || v.is(MetricLine, json)) return []
    const found = v.safeParse(Line, json)
    return [
      found.success
        ? { level: found.output.level, text: found.output.message }
        : { level: undefined, text: line },
    ]
  })
}

/** A run that failed answers with its error alone; its report is the last of its lines that is one. */
export function reportOf({ ending }: Invocation): AnyReport | undefined {
  if (ending === undefined) return undefined
  const lines = ending.log.split('\n').map((line) => readReport(parseLine(line)))
  return readReport(ending.answer) ?? lines.findLast((report) => report !== undefined)
}

/** Whether it posted nothing and nothing was wrong, as most runs. */
export function isIdle(invocation: Invocation): boolean {
  const report = reportOf(invocation)
  if (invocation.ending?.outcome !== 'response' || report === undefined) return false
  return report.routes.every(
    (route) =>
      route.outcome === 'done' &&
      (route.plan ?? route.checks) === undefined &&
      deeds.every((deed) => route[deed].length === 0),
  )
}

const ErrorAnswer = v.object({ errorMessage: v.string() })

/** Its result, in one sentence. */
export function describeRun({ ending, ...rest }: Invocation): string {
  if (ending === undefined) return 'running'
  const error = v.safeParse(ErrorAnswer, ending.answer)
  if (ending.outcome !== 'response')
    return `failed: ${error.success ? error.output.errorMessage : ending.body}`
  const report = reportOf({ ...rest, ending })
  if (report === undefined) return `answered ${ending.body.slice(0, 200)}`
  return report.routes.map(describeRoute).join('; ') || 'nothing to do'
}

function describeRoute(route: AnyRouteReport): string {
  if (route.checks) return describeChecks(route.checks)
  const counts = deeds.flatMap((deed) => (route[deed].length > 0 ? [`${route[deed].length} ${deed}`] : []))
  if (route.plan) counts.push(`${route.plan.length} planned`)
  if (route.waiting > 0) counts.push(`${route.waiting} waiting`)
  const said = counts.join(', ') || 'nothing new'
  return route.outcome === 'done' ? said : `${said}; ${route.outcome}${route.why ? `: ${route.why}` : ''}`
}

/** Who started it. */
export function describeCause({ event, type, attempt }: Invocation): string {
  const scheduled = v.is(v.object({ 'detail-type': v.literal('Scheduled Event') }), event)
  const who = scheduled ? 'the schedule' : `by hand, ${JSON.stringify(event)}`
  return `${who}${type === 'RequestResponse' ? ', waiting for the answer' : ''}${attempt > 1 ? `, try ${attempt}` : ''}`
}

/** The function's log as a person reads it. */
import { styleText } from 'node:util'
import * as v from 'valibot'

const LoggedJson = v.object({
  level: v.optional(v.string(), ''),
  route: v.optional(v.string()),
  message: v.optional(v.unknown()),
  errorMessage: v.optional(v.string()),
  type: v.optional(v.string()),
  /** CloudWatch's embedded metrics, which are for machines. */
  _aws: v.optional(v.unknown()),
  record: v.optional(v.unknown()),
})

/** https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report */
const Report = v.object({
  status: v.optional(v.string(), 'success'),
  metrics: v.object({
    durationMs: v.number(),
    maxMemoryUsedMB: v.optional(v.number()),
    memorySizeMB: v.optional(v.number()),
  }),
})

/** One line; undefined for what only machines need. `time` is in ms since 1970. */
export function describeLogLine(text: string, time?: number): string | undefined {
  const told = tell(text)
  if (told === undefined) return undefined
  const at = time === undefined ? '' : `${new Date(time).toLocaleString('sv-SE')}  `
  return `${styleText('dim', at)}${told}`
}

function tell(text: string): string | undefined {
  const line = v.safeParse(v.pipe(v.string(), v.parseJson(), LoggedJson), text)
  if (!line.success) return text.trim() === '' ? undefined : text.trimEnd()
  const { level, route, message, errorMessage, type, _aws, record } = line.output
  if (_aws !== undefined) return undefined
  if (type?.startsWith('platform.')) return type === 'platform.report' ? tellReport(record) : undefined
  const words = [level.toUpperCase().padEnd(5), route, errorMessage ?? wordsOf(message)]
  return words.filter((word) => word !== undefined && word !== '').join('  ')
}

function tellReport(record: unknown): string | undefined {
  const report = v.safeParse(Report, record)
  if (!report.success) return undefined
  const { status, metrics } = report.output
  const memory =
    metrics.maxMemoryUsedMB === undefined ? '' : `, ${metrics.maxMemoryUsedMB} of ${metrics.memorySizeMB} MB`
  return styleText(
    'dim',
    `${status === 'success' ? 'ended' : `ended with ${status}`} after ${(metrics.durationMs / 1000).toFixed(1)} s${memory}`,
  )
}

/** The runtime writes an error that nobody caught as an object. */
function wordsOf(message: unknown): string {
  if (typeof message === 'string') return message
  const error = v.safeParse(v.object({ errorMessage: v.string() }), message)
  return error.success ? error.output.errorMessage : JSON.stringify(message ?? '')
}

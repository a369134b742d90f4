/** The lines that Lambda itself writes: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html */

export type LogFormat = 'Text' | 'JSON'

export type Measures = {
  readonly durationMs: number
  /** Of a cold start. */
  readonly initMs: number | undefined
  /** Undefined where the platform does not say: there the limit is not kept either. */
  readonly maxMemoryMb: number | undefined
}

/** What ended an invocation that the function did not end itself. */
export type Trouble = {
  readonly status: 'timeout' | 'error'
  /** As its caller is told. */
  readonly errorType: string
  readonly says: string
}

type EndFacts = Measures & {
  readonly requestId: string
  readonly memoryMb: number
  readonly trouble: Trouble | undefined
}

/** The initialisation is billed too: https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/ */
export const billedMs = ({ durationMs, initMs = 0 }: Measures): number => Math.ceil(durationMs + initMs)

export function startLine(format: LogFormat, requestId: string): string {
  return format === 'JSON'
    ? event('platform.start', { requestId, version: '$LATEST' })
    : `START RequestId: ${requestId} Version: $LATEST\n`
}

export const endLines = (format: LogFormat, told: EndFacts): string =>
  format === 'JSON' ? endEvents(told) : endText(told)

/** The last 4 KB, which `LogType: Tail` asks for, in base64. */
export const tailOf = (log: string): string => Buffer.from(log, 'utf8').subarray(-4096).toString('base64')

function endText({ requestId, durationMs, initMs, memoryMb, maxMemoryMb, trouble }: EndFacts): string {
  const parts = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${durationMs.toFixed(2)} ms`,
    `Billed Duration: ${billedMs({ durationMs, initMs, maxMemoryMb })} ms`,
    `Memory Size: ${memoryMb} MB`,
    ...(maxMemoryMb === undefined ? [] : [`Max Memory Used: ${maxMemoryMb} MB`]),
    ...(initMs === undefined ? [] : [`Init Duration: ${initMs.toFixed(2)} ms`]),
    ...(trouble ? [`Status: ${trouble.status}`] : []),
    ...(trouble?.status === 'error' ? [`Error Type: ${trouble.errorType}`] : []),
  ]
  return `${troubleText(requestId, trouble)}END RequestId: ${requestId}\n${parts.join('\t')}\n`
}

function troubleText(requestId: string, trouble: Trouble | undefined): string {
  if (!trouble) return ''
  const { status, says, errorType } = trouble
  if (status === 'timeout') return `${new Date().toISOString()} ${requestId} ${says}\n\n`
  return `RequestId: ${requestId} Error: ${says}\n${errorType}\n`
}

/** https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html */
function endEvents({ requestId, memoryMb, trouble, ...measures }: EndFacts): string {
  const status = trouble?.status ?? 'success'
  const errorType = trouble?.status === 'error' ? { errorType: trouble.errorType } : {}
  const { durationMs, initMs, maxMemoryMb } = measures
  const report = event('platform.report', {
    requestId,
    status,
    ...errorType,
    metrics: {
      durationMs: rounded(durationMs),
      billedDurationMs: billedMs(measures),
      memorySizeMB: memoryMb,
      ...(maxMemoryMb !== undefined && { maxMemoryUsedMB: maxMemoryMb }),
      ...(initMs !== undefined && { initDurationMs: rounded(initMs) }),
    },
  })
  return trouble ? event('platform.runtimeDone', { requestId, status, ...errorType }) + report : report
}

const rounded = (ms: number): number => Math.round(ms * 1000) / 1000

const event = (type: string, record: Readonly<Record<string, unknown>>): string =>
  `${JSON.stringify({ time: new Date().toISOString(), type, record })}\n`

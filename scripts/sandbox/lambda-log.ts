/** The lines that Lambda itself writes: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html */

export type Measures = {
  readonly requestId: string
  readonly durationMs: number
  /** Of a cold start. */
  readonly initMs: number | undefined
  readonly memoryMb: number
  /** Undefined where the platform does not say. */
  readonly maxMemoryMb: number | undefined
}

/** `error`: the type that Lambda gives it, `Runtime.ExitError`. */
export type Trouble = { readonly status: 'timeout' } | { readonly status: 'error'; readonly error: string }

/** The initialisation is billed too: https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/ */
export const billedMs = ({ durationMs, initMs = 0 }: Pick<Measures, 'durationMs' | 'initMs'>): number =>
  Math.ceil(durationMs + initMs)

export const startLine = (requestId: string): string => `START RequestId: ${requestId} Version: $LATEST\n`

export function endLines(measures: Measures, trouble?: Trouble): string {
  const { requestId, durationMs, initMs, memoryMb, maxMemoryMb } = measures
  const parts = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${durationMs.toFixed(2)} ms`,
    `Billed Duration: ${billedMs(measures)} ms`,
    `Memory Size: ${memoryMb} MB`,
    ...(maxMemoryMb === undefined ? [] : [`Max Memory Used: ${maxMemoryMb} MB`]),
    ...(initMs === undefined ? [] : [`Init Duration: ${initMs.toFixed(2)} ms`]),
    ...(trouble ? [`Status: ${trouble.status}`] : []),
    ...(trouble?.status === 'error' ? [`Error Type: ${trouble.error}`] : []),
  ]
  return `END RequestId: ${requestId}\n${parts.join('\t')}\n`
}

/** The last 4 KB, which `LogType: Tail` asks for, in base64. */
export const tailOf = (log: string): string => Buffer.from(log, 'utf8').subarray(-4096).toString('base64')

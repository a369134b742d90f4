/** The log: JSON lines for CloudWatch, by Powertools (https://docs.powertools.aws.dev/lambda/typescript/latest/features/logger/). */
import { Logger, type LogItem } from '@aws-lambda-powertools/logger'
import { redacting } from '../../core/config/secrets.ts'
import type { LogLine } from '../../core/report/log-line.ts'

export interface Log {
  /** One line of JSON: level, message, time and what the line holds; no secret is in it. Never throws. */
  write(line: LogLine): void
}

/**
 * Every level goes to stdout, so that the lines keep their order. Lambda takes a line of JSON with `level` and `timestamp`
 * as it is, and would wrap what goes through the runtime's console
 * (https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html).
 */
export function createLog(options: {
  readonly secrets: readonly string[]
  readonly service: string
  /** The request id that Lambda gave, if Lambda runs it. */
  readonly requestId?: string | undefined
  readonly out?: (line: string) => void
}): Log {
  const { secrets, service, requestId, out = toStdout() } = options
  class LineLogger extends Logger {
    protected override printLog(_level: number, item: LogItem): void {
      item.prepareForPrint()
      out(JSON.stringify(item.getAttributes(), this.getJsonReplacer()))
    }
  }
  const logger = new LineLogger({ serviceName: service, jsonReplacerFn: redacting(secrets) })
  if (requestId !== undefined) logger.appendKeys({ function_request_id: requestId })
  return {
    write({ level, message, fields }) {
      try {
        logger[level](message, { ...fields })
      } catch {
        // A run must not fail because its log cannot be written.
      }
    },
  }
}

const ignore = (): void => {}

/** Writing to a closed stream ends the process unless someone listens for its errors. */
function toStdout(): (line: string) => void {
  const { stdout } = process
  if (!stdout.listeners('error').includes(ignore)) stdout.on('error', ignore)
  return (line) => stdout.write(`${line}\n`)
}

import { redact } from '../core/secrets.ts'

export interface Log {
  /** One line of JSON, with the time in front; no secret is in it. */
  write(entry: Readonly<Record<string, unknown>>): void
}

/**
 * JSON lines for CloudWatch. Written to stdout itself: Lambda's runtime would wrap what goes through the console
 * (https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html).
 */
export function createLog(
  secrets: readonly string[],
  out: (line: string) => void = (line) => process.stdout.write(line),
): Log {
  const withoutSecrets = (_: string, value: unknown): unknown =>
    typeof value === 'string' ? redact(value, secrets) : value
  return {
    write: (entry) =>
      out(`${JSON.stringify({ time: new Date().toISOString(), ...entry }, withoutSecrets)}\n`),
  }
}

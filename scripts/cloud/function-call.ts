/** One call of the function, and one only. */
import { readFile } from 'node:fs/promises'
import * as v from 'valibot'
import { type AnyReport, readReport } from '../../src/core/report/report.ts'
import { Refusal } from '../terminal/refusal.ts'
import type { Aws } from './aws.ts'
import { AwsError, hasCode } from './aws-failure.ts'
import { withPrivateFolder, writePrivately } from './private-folder.ts'

export type Called = {
  /** What it returned; the error where it failed. */
  readonly payload: unknown
  readonly failed: boolean
  /** The end of its log, at most 4 KB: the first line may be cut. */
  readonly log: string
}

const InvokeAnswer = v.object({
  StatusCode: v.number(),
  FunctionError: v.optional(v.string()),
  LogResult: v.optional(v.string(), ''),
})

/** Ms: longer than any function may run. */
const longest = 16 * 60_000

/**
 * Waits for the answer, or with `later` only until Lambda has the event. A repeated call would run the function twice, so the
 * CLI's own repeats are turned off. Throws Refusal if it is not known whether it ran.
 */
export function callFunction(
  aws: Aws,
  name: string,
  event: unknown,
  { later = false, timeoutMs = longest }: { readonly later?: boolean; readonly timeoutMs?: number } = {},
): Promise<Called> {
  return withPrivateFolder(async (folder) => {
    const payload = await writePrivately(`${folder}/event.json`, JSON.stringify(event))
    const answered = `${folder}/answer.json`
    const flags = ['--function-name', name, '--invocation-type', later ? 'Event' : 'RequestResponse']
    flags.push(...(later ? [] : ['--log-type', 'Tail', '--cli-read-timeout', '0']))
    flags.push('--cli-connect-timeout', '20', '--payload', `fileb://${payload}`, answered)
    const answer = await aws
      .ask(InvokeAnswer, 'lambda', 'invoke', undefined, {
        flags,
        env: { AWS_MAX_ATTEMPTS: '1' },
        timeoutMs,
      })
      .catch((error: unknown) => {
        throw explain(error, name)
      })
    return {
      payload: parse(await readFile(answered, 'utf8')),
      failed: answer.FunctionError !== undefined,
      log: Buffer.from(answer.LogResult, 'base64').toString('utf8'),
    }
  })
}

/** Its report; undefined if it failed, or answered something else. */
export const reportOf = ({ payload, failed }: Called): AnyReport | undefined =>
  failed ? undefined : readReport(payload)

/** The function's own words for why it failed: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html */
export function reasonOf({ payload }: Called): string {
  const error = v.safeParse(v.object({ errorMessage: v.string() }), payload)
  if (error.success) return error.output.errorMessage
  return typeof payload === 'string' ? payload : JSON.stringify(payload)
}

function parse(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function explain(error: unknown, name: string): unknown {
  if (!(error instanceof Refusal)) return error
  if (hasCode(error, 'ResourceNotFoundException'))
    return new Refusal(`Expected a function ${name} but there is none here: \`npm run deploy\` makes it`)
  if (hasCode(error, 'TooManyRequestsException'))
    return new Refusal(
      `The function ${name} was not run: other runs are at work and Lambda allows no more at once. Try again later`,
    )
  if (error instanceof AwsError && error.code !== undefined) return error
  return new Refusal(
    `${error.message} It is not known whether the function ran, so it was called once only: \`npm run logs\` shows it`,
  )
}

/** What AWS and the deployed function say about a stage. It is asked by the AWS CLI and changes nothing. */
import { type Aws, openAws } from '../cloud/aws.ts'
import { callFunction, reasonOf, reportOf } from '../cloud/function-call.ts'
import { findStack, type Stack } from '../cloud/stack.ts'
import { Refusal } from '../terminal/refusal.ts'
import type { CloudFacts } from './judge-cloud.ts'

export type CloudQuestion = {
  readonly stage: string
  /** Checks this route alone. */
  readonly route?: string
  readonly profile?: string
  readonly region?: string
  readonly secrets: readonly string[]
}

/** What AWS, the CLI or the function refuse is part of the answer, and is not thrown. */
export async function askCloud({ stage, route, ...options }: CloudQuestion): Promise<CloudFacts> {
  const aws = await unlessRefused(() => openAws(options))
  if ('refused' in aws) return { stage, refused: aws.refused }
  const { region } = aws.answer
  const stack = await unlessRefused(() => findStack(aws.answer, stage))
  if ('refused' in stack) return { stage, region, refused: stack.refused }
  return { stage, region, stack: stack.answer, report: await askFunction(aws.answer, stack.answer, route) }
}

/** Longer than the function's own checks take. */
const timeoutMs = 90_000

async function askFunction(
  aws: Aws,
  stack: Stack | undefined,
  route: string | undefined,
): Promise<CloudFacts['report']> {
  if (stack === undefined) return undefined
  const event = { mode: 'doctor', ...(route !== undefined && { route }) }
  const called = await unlessRefused(() => callFunction(aws, stack.name, event, { timeoutMs }))
  if ('refused' in called) return { failed: called.refused }
  const report = reportOf(called.answer)
  const routes = report?.routes.flatMap(({ route, checks }) => (checks ? [{ route, checks }] : []))
  // An older function may not know this mode, and have run instead.
  if (report === undefined || routes?.length !== report.routes.length)
    return { failed: reasonOf(called.answer) }
  return { version: report.version, routes }
}

async function unlessRefused<T>(
  call: () => Promise<T>,
): Promise<{ readonly answer: T } | { readonly refused: string }> {
  try {
    return { answer: await call() }
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.message }
    throw error
  }
}

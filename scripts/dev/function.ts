/** The function on the sandbox's Lambda: its code, its limits, its variables. */
import { sandboxAws } from '../sandbox/dynamodb/dynamodb.ts'
import { type LambdaOptions, type LambdaSandbox, startLambdaSandbox } from '../sandbox/lambda/lambda.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { type Code, type CodeOptions, startCode } from './code.ts'
import type { DevSettings } from './settings.ts'

export const functionName = 'levity-dev'
export const limits = { memoryMb: 1024, timeoutMs: 300_000 } as const
/** As the stack sets them (`infra/template.yaml`). */
const ofTheStack = {
  POWERTOOLS_SERVICE_NAME: functionName,
  POWERTOOLS_METRICS_NAMESPACE: 'Levity',
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '131072',
} as const

export type DevFunction = { readonly lambda: LambdaSandbox; readonly code: Code; close(): Promise<void> }

/** Every variable of the function, with the sandbox's clock as it is now. */
export const variablesOf = (sandbox: Sandbox, settings: DevSettings): Readonly<Record<string, string>> => ({
  ...sandbox.env,
  ...ofTheStack,
  ...settings,
})

/** Throws the error of the first build where that fails. */
export async function startFunction(
  env: Readonly<Record<string, string>>,
  options: Pick<LambdaOptions, 'destination' | 'onInvocation' | 'retryDelaysMs'> & Omit<CodeOptions, 'use'>,
): Promise<DevFunction> {
  const { destination = () => {}, onInvocation = () => {}, retryDelaysMs = [], ...rest } = options
  let lambda: LambdaSandbox | undefined
  const code = await startCode({ ...rest, use: async (codeDir) => lambda?.reload({ codeDir }) })
  const settings = { codeDir: code.codeDir, functionName, env, ...limits, retryDelaysMs }
  try {
    const running = await startLambdaSandbox({ ...settings, destination, onInvocation })
    lambda = running
    return {
      lambda: running,
      code,
      close: async () => {
        await running.close()
        await code.close()
      },
    }
  } catch (error) {
    await code.close()
    throw error
  }
}

/** For the AWS CLI. It tries once and waits: left alone, it would invoke again after a minute without an answer. */
export const invokeCommand = (lambdaUrl: string): string =>
  [
    `AWS_ACCESS_KEY_ID=${sandboxAws.AWS_ACCESS_KEY_ID} AWS_SECRET_ACCESS_KEY=${sandboxAws.AWS_SECRET_ACCESS_KEY} AWS_MAX_ATTEMPTS=1`,
    `aws lambda invoke --endpoint-url ${lambdaUrl} --region ${sandboxAws.AWS_REGION}`,
    `--function-name ${functionName} --cli-read-timeout 0 /dev/stdout`,
  ].join(' \\\n  ')

/** Sends an event without waiting for the run. */
export async function sendEvent({ url }: LambdaSandbox, event: unknown): Promise<void> {
  const answer = await fetch(`${url}/2015-03-31/functions/${functionName}/invocations`, {
    method: 'POST',
    headers: { 'x-amz-invocation-type': 'Event' },
    body: JSON.stringify(event),
  })
  if (!answer.ok) throw new Error(`Expected Lambda to take the event but received ${await answer.text()}`)
}

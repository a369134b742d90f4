/** The function on the sandbox's Lambda: its code, its limits, its variables. */
import type { Sandbox } from '../sandbox/index.ts'
import { type LambdaOptions, type LambdaSandbox, startLambdaSandbox } from '../sandbox/lambda.ts'
import { type Code, type CodeOptions, startCode } from './code.ts'

export const functionName = 'levity-dev'
export const limits = { memoryMb: 1024, timeoutMs: 300_000 } as const
/** As the stack sets them (`infra/template.yaml`); and every post there is, at once, so that there is something to see. */
const defaults = {
  POWERTOOLS_SERVICE_NAME: functionName,
  POWERTOOLS_METRICS_NAMESPACE: 'Levity',
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '131072',
  LEVITY_START: 'all',
  LEVITY_DELAY: '0',
} as const

export type DevFunction = { readonly lambda: LambdaSandbox; readonly code: Code; close(): Promise<void> }

/** Every variable, in the sandbox's time of this moment. */
export const variablesOf = (
  sandbox: Sandbox,
  settings: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> => ({ ...sandbox.env, ...defaults, ...settings })

/** Throws what the first build throws. */
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

/** A sandbox's Lambda with one of the functions of `test/fixtures/lambda`, and its callers. */
import { fileURLToPath } from 'node:url'
import { InvokeCommand, type InvokeCommandInput, LambdaClient } from '@aws-sdk/client-lambda'
import { onTestFinished } from 'vitest'
import { sandboxAws } from '../../../../scripts/sandbox/dynamodb/dynamodb.ts'
import {
  type LambdaOptions,
  type LambdaSandbox,
  startLambdaSandbox,
} from '../../../../scripts/sandbox/lambda/lambda.ts'
import { answeringServer } from '../../../support/answering-server.ts'

export const functionName = 'levity-test'
export const codeDir: string = fileURLToPath(new URL('../../../fixtures/lambda', import.meta.url))
export const invocations: string = `/2015-03-31/functions/${functionName}/invocations`

export async function startFunction(
  name: string,
  options: Partial<LambdaOptions> = {},
): Promise<LambdaSandbox> {
  const lambda = await startLambdaSandbox({
    codeDir,
    handler: name.includes('.') ? name : `functions.${name}`,
    functionName,
    env: {},
    memoryMb: 512,
    timeoutMs: 60_000,
    retryDelaysMs: [1, 1],
    ...options,
  })
  onTestFinished(() => lambda.close())
  return lambda
}

export type Invoked = {
  readonly status: number | undefined
  readonly error: string | undefined
  readonly version: string | undefined
  /** The function's answer, or the error. */
  readonly answer: unknown
  readonly log: string | undefined
}

/** By the AWS SDK, which repeats nothing. */
export async function invoke(
  { url }: LambdaSandbox,
  payload?: unknown,
  input: Partial<InvokeCommandInput> = {},
): Promise<Invoked> {
  const client = new LambdaClient({
    endpoint: url,
    region: sandboxAws.AWS_REGION,
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
    maxAttempts: 1,
  })
  try {
    const { StatusCode, FunctionError, ExecutedVersion, LogResult, Payload } = await client.send(
      new InvokeCommand({
        FunctionName: functionName,
        ...(payload !== undefined && { Payload: JSON.stringify(payload) }),
        ...input,
      }),
    )
    const text = Payload?.transformToString() ?? ''
    return {
      status: StatusCode,
      error: FunctionError,
      version: ExecutedVersion,
      answer: text === '' ? undefined : JSON.parse(text),
      log: LogResult === undefined ? undefined : Buffer.from(LogResult, 'base64').toString('utf8'),
    }
  } finally {
    client.destroy()
  }
}

export type Gate = {
  /** For `GATE` of the function `wait`. */
  readonly url: string
  /** Events that stand before it, in the order they came. */
  readonly waiting: readonly { readonly event: unknown; readonly pid: number; open(answer: unknown): void }[]
  /** Until so many have come in all. */
  arrived(count: number): Promise<void>
}

/** Holds the function `wait` in the middle of its invocations. */
export async function startGate(): Promise<Gate> {
  const waiting: Gate['waiting'][number][] = []
  const told: (() => void)[] = []
  const server = await answeringServer(({ body }, response) => {
    waiting.push({
      ...JSON.parse(body.toString()),
      open: (answer) => void response.end(JSON.stringify(answer)),
    })
    for (const tell of told.splice(0)) tell()
  })
  onTestFinished(server.close)
  return {
    url: server.origin,
    waiting,
    async arrived(count) {
      while (waiting.length < count) await new Promise<void>((done) => told.push(done))
    },
  }
}

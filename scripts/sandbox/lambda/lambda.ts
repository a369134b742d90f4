/** A Lambda on this machine, of one function: the endpoint that `aws lambda invoke --endpoint-url` talks to, and what runs behind it. */
import { randomUUID } from 'node:crypto'
import { sandboxAws } from '../dynamodb/dynamodb.ts'
import { listen } from '../server.ts'
import { createLambdaApp, type InvokeCall } from './api.ts'
import { createFleet } from './fleet.ts'
import { createInvocationLog, type Invocation } from './invocations.ts'
import { arnOf, sandboxAccount } from './name.ts'
import { createQueue, type FailureRecord, type QueueOptions } from './queue.ts'
import type { Ending, Work } from './run.ts'
import type { FunctionSettings } from './settings.ts'

/** As on Lambda, unless said: `repost.handler`, lines in text, frozen between invocations. */
type Defaults = Pick<FunctionSettings, 'handler' | 'logFormat' | 'freeze' | 'preload'>

export type LambdaOptions = Omit<FunctionSettings, keyof Defaults> &
  Partial<Defaults> &
  Partial<Pick<QueueOptions, 'retryDelaysMs' | 'maximumEventAgeMs' | 'destination'>> & {
    readonly port?: number | undefined
    /** How many run at once; 10, as new accounts have it. */
    readonly concurrency?: number
    /** The http address of a stand-in for AWS (moto), which gets every request but those to invoke. */
    readonly forwardTo?: string | undefined
    /** Called as an invocation begins, and again when it has its ending. */
    readonly onInvocation?: (invocation: Invocation) => void
    /** How many invocations are remembered; 200. */
    readonly keep?: number
  }

export interface LambdaSandbox {
  /** For `--endpoint-url`; inside the function it stands in `AWS_ENDPOINT_URL_LAMBDA`. */
  readonly url: string
  readonly functionArn: string
  /** The latest, in the order they began. */
  readonly invocations: readonly Invocation[]
  /** Sends what EventBridge's schedule sends; returns the request id. */
  tick(): string
  /** Until no event waits, runs or is to be tried again. */
  idle(): Promise<void>
  /** Takes new code or settings. Environments from before are not used again. */
  reload(changes?: Partial<FunctionSettings>): Promise<void>
  /** Kills the running invocations; returns how many there were. */
  kill(): number
  /** Ends every process. What still waits is dropped. */
  close(): Promise<void>
}

/** About 1 and 2 minutes, up to 6 hours: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const lambdaPatience = {
  retryDelaysMs: [60_000, 120_000],
  maximumEventAgeMs: 6 * 3_600_000,
  destination: (_: FailureRecord): void => {},
}

/** Throws where the port is taken. A wrong `codeDir` or handler shows as on Lambda: in the answer. */
export async function startLambdaSandbox(options: LambdaOptions): Promise<LambdaSandbox> {
  const region = options.env['AWS_REGION'] ?? sandboxAws.AWS_REGION
  const functionArn = arnOf({ name: options.functionName, region, account: sandboxAccount })
  const log = createInvocationLog(options.keep ?? 200, options.onInvocation ?? (() => {}))
  const fleet = createFleet(settingsOf(options), options.concurrency ?? 10)
  const run = async (work: Work, type: Invocation['type'], attempt: number): Promise<Ending> => {
    const close = log.open(work, type, attempt)
    const ending = await fleet.run(work)
    close(ending)
    return ending
  }
  const queue = createQueue({
    ...lambdaPatience,
    ...options,
    free: () => fleet.free,
    run: (work, attempt) => run(work, 'Event', attempt),
  })
  const lambda = {
    functionArn,
    region,
    get settings() {
      return fleet.settings
    },
    invoke: (call: InvokeCall) =>
      fleet.free ? run({ ...call, functionArn }, 'RequestResponse', 1).finally(queue.pump) : undefined,
    enqueue: (call: InvokeCall) => queue.push({ ...call, functionArn }),
  }
  const server = await listen(createLambdaApp(lambda, options.forwardTo), { port: options.port })
  const reach = (env: FunctionSettings['env']) => ({ AWS_ENDPOINT_URL_LAMBDA: server.url, ...env })
  await fleet.reload({ env: reach(options.env) })
  return {
    url: server.url,
    functionArn,
    invocations: log.invocations,
    tick() {
      const requestId = randomUUID()
      lambda.enqueue({ requestId, payload: JSON.stringify(scheduledEvent(options.functionName, region)) })
      return requestId
    },
    idle: queue.empty,
    reload: (changes = {}) => fleet.reload({ ...changes, ...(changes.env && { env: reach(changes.env) }) }),
    kill: fleet.kill,
    async close() {
      queue.close()
      await fleet.close()
      await server.close()
    },
  }
}

const settingsOf = (options: LambdaOptions): FunctionSettings => ({
  codeDir: options.codeDir,
  handler: options.handler ?? 'repost.handler',
  functionName: options.functionName,
  env: options.env,
  memoryMb: options.memoryMb,
  timeoutMs: options.timeoutMs,
  logFormat: options.logFormat ?? 'Text',
  freeze: options.freeze ?? true,
  preload: options.preload ?? [],
})

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/event-reference.html */
const scheduledEvent = (functionName: string, region: string): Readonly<Record<string, unknown>> => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: sandboxAccount,
  time: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
  region,
  resources: [`arn:aws:events:${region}:${sandboxAccount}:rule/${functionName}`],
  detail: {},
})

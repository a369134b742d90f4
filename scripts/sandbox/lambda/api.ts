/** Lambda's HTTP API, as far as invoking goes: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
import { arch } from 'node:os'
import { type Context, Hono } from 'hono'
import type { HonoEnv } from '../server.ts'
import { forward } from './forward.ts'
import { tailOf } from './log.ts'
import { arnOf, parseFunctionName } from './name.ts'
import { type LambdaRefusal, notFound, notJson, refusePayload, throttled, wrongType } from './refusal.ts'
import type { Ending } from './run.ts'
import type { FunctionSettings } from './settings.ts'

export type InvokeCall = {
  readonly requestId: string
  readonly payload: string
  readonly clientContext?: string
}

/** The Lambda behind the API. */
export interface Invocable {
  readonly settings: FunctionSettings
  readonly functionArn: string
  readonly region: string
  /** Undefined where all environments are busy. */
  invoke(call: InvokeCall): Promise<Ending> | undefined
  enqueue(call: InvokeCall): void
}

export function createLambdaApp(lambda: Invocable, forwardTo: string | undefined): Hono<HonoEnv> {
  const app = new Hono<HonoEnv>()
  app.post('/2015-03-31/functions/:name/invocations', (c) => answerInvoke(c, lambda))
  if (forwardTo !== undefined) return app.all('*', (c) => forward(c.env, forwardTo))
  app.get('/2015-03-31/functions/:name/configuration', (c) => {
    const refusal = refuseName(c, lambda)
    return refusal ? refuse(refusal) : c.json(configurationOf(lambda))
  })
  return app.all('*', (c) => {
    const message = `The sandbox's Lambda invokes its one function, ${lambda.settings.functionName}, and does not know ${c.req.method} ${c.req.path}`
    return c.json({ Type: 'Service', Message: message }, 501, { 'x-amzn-errortype': 'ServiceException' })
  })
}

async function answerInvoke(c: Context<HonoEnv>, lambda: Invocable): Promise<Response> {
  const type = c.req.header('x-amz-invocation-type') ?? 'RequestResponse'
  if (type !== 'RequestResponse' && type !== 'Event' && type !== 'DryRun') return refuse(wrongType(type))
  const unknown = refuseName(c, lambda)
  if (unknown) return refuse(unknown)
  const bytes = new Uint8Array(await c.req.arrayBuffer())
  const tooLarge = refusePayload(bytes, type === 'Event' ? 'Event' : 'RequestResponse')
  if (tooLarge) return refuse(tooLarge)
  const payload = readPayload(bytes)
  if (typeof payload !== 'string') return refuse(payload)
  const call = { requestId: crypto.randomUUID(), payload }
  const headers = { 'x-amzn-requestid': call.requestId }
  if (type === 'DryRun') return new Response(null, { status: 204, headers })
  if (type === 'Event') {
    lambda.enqueue(call)
    return new Response(null, { status: 202, headers })
  }
  const context = c.req.header('x-amz-client-context')
  const clientContext = context === undefined ? {} : { clientContext: fromBase64(context) }
  const ending = await lambda.invoke({ ...call, ...clientContext })
  return ending ? answerEnding(c, ending, headers) : refuse(throttled)
}

function answerEnding(
  c: Context<HonoEnv>,
  ending: Ending,
  headers: Readonly<Record<string, string>>,
): Response {
  return new Response(ending.body, {
    status: 200,
    headers: {
      ...headers,
      'content-type': 'application/json',
      'x-amz-executed-version': '$LATEST',
      ...(ending.outcome !== 'response' && { 'x-amz-function-error': 'Unhandled' }),
      ...(c.req.header('x-amz-log-type') === 'Tail' && { 'x-amz-log-result': tailOf(ending.log) }),
    },
  })
}

/** Another name, region, account or version than the function's. */
function refuseName(c: Context<HonoEnv>, { functionArn, region }: Invocable): LambdaRefusal | undefined {
  const { qualifier: said, ...asked } = parseFunctionName(c.req.param('name') ?? '', region)
  const qualifier = c.req.query('Qualifier') ?? said
  if (arnOf(asked) === functionArn && (qualifier ?? '$LATEST') === '$LATEST') return undefined
  return notFound(arnOf({ ...asked, qualifier }))
}

/** An empty body counts as `{}`, as on Lambda. */
function readPayload(bytes: Uint8Array): string | LambdaRefusal {
  if (bytes.length === 0) return '{}'
  try {
    const payload = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    JSON.parse(payload)
    return payload
  } catch (error) {
    return notJson(error instanceof Error ? error.message : String(error))
  }
}

const refuse = ({ status, type, body }: LambdaRefusal): Response =>
  Response.json(body, {
    status,
    headers: { 'x-amzn-errortype': type, 'x-amzn-requestid': crypto.randomUUID() },
  })

const fromBase64 = (text: string): string => Buffer.from(text, 'base64').toString('utf8')

/** Without the variables: they hold secrets. */
const configurationOf = ({ settings, functionArn }: Invocable): Readonly<Record<string, unknown>> => ({
  FunctionName: settings.functionName,
  FunctionArn: functionArn,
  Runtime: 'nodejs24.x',
  Handler: settings.handler,
  Timeout: Math.ceil(settings.timeoutMs / 1000),
  MemorySize: settings.memoryMb,
  Version: '$LATEST',
  PackageType: 'Zip',
  Architectures: [arch() === 'arm64' ? 'arm64' : 'x86_64'],
  State: 'Active',
  LastUpdateStatus: 'Successful',
})

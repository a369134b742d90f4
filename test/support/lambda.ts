/** Lambda on this machine: its own runtime interface client in a process, and the Runtime API that it asks. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'

/** How an invocation ended: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html */
export type Invoked = { readonly ended: 'response' | 'error'; readonly body: unknown }

export type Lambda = {
  invoke(event: unknown): Promise<Invoked>
  /** Everything the function wrote so far. */
  output(): string
  close(): Promise<void>
}

const pathOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
/** What a process needs to run at all; nothing of the machine's own settings. */
const machine = ['PATH', 'SystemRoot', 'TEMP', 'TMPDIR'].flatMap((name) => {
  const value = process.env[name]
  return value === undefined ? [] : [[name, value] as const]
})

export async function startLambda(
  env: Readonly<Record<string, string>>,
  timeoutMs = 15 * 60_000,
): Promise<Lambda> {
  const events: unknown[] = []
  const ended: ((invoked: Invoked) => void)[] = []
  let waiting: ServerResponse | undefined
  let count = 0

  const give = (): void => {
    if (waiting === undefined || events.length === 0) return
    count += 1
    waiting.writeHead(200, {
      'lambda-runtime-aws-request-id': `request-${count}`,
      'lambda-runtime-deadline-ms': String(Date.now() + timeoutMs),
      'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:eu-central-1:123456789012:function:levity',
      'lambda-runtime-trace-id': 'Root=1-5759e988-bd862e3fe1be46a994272793',
    })
    waiting.end(JSON.stringify(events.shift()))
    waiting = undefined
  }
  const server = createServer(async (request, response) => {
    const path = request.url ?? ''
    if (path.endsWith('/invocation/next')) {
      waiting = response
      give()
      return
    }
    const parts = await request.setEncoding('utf8').toArray()
    response.writeHead(202).end()
    ended.shift()?.({
      ended: path.endsWith('/error') ? 'error' : 'response',
      body: JSON.parse(parts.join('')),
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const api = typeof address === 'object' ? `127.0.0.1:${address?.port}` : ''
  const { child, output } = startRuntime({ ...env, AWS_LAMBDA_RUNTIME_API: api })
  const died = once(child, 'exit').then(([code]): never => {
    throw new Error(`Expected Lambda's runtime to go on but it exited with ${code}:\n${output()}`)
  })
  died.catch(() => {})
  return {
    output,
    invoke(event) {
      const end = new Promise<Invoked>((done) => ended.push(done))
      events.push(event)
      give()
      return Promise.race([end, died])
    },
    async close() {
      const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined
      child.kill()
      await gone
      server.close()
      server.closeAllConnections()
    },
  }
}

function startRuntime(env: Readonly<Record<string, string>>): { child: ChildProcess; output: () => string } {
  const hooks = new URL('./lambda-hooks.ts', import.meta.url).href
  const child = spawn(
    process.execPath,
    ['--import', hooks, pathOf('node_modules/aws-lambda-ric/index.mjs')],
    {
      env: {
        ...Object.fromEntries(machine),
        ...env,
        _HANDLER: 'repost.handler',
        LAMBDA_TASK_ROOT: pathOf('dist/lambda'),
        AWS_LAMBDA_FUNCTION_NAME: 'levity',
        AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1536',
        AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/levity',
        AWS_LAMBDA_LOG_STREAM_NAME: 'one',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let written = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      written += text
    })
  return { child, output: () => written }
}

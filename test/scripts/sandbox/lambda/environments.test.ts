/** Cold and warm, limits, and every way a process can end; each rule with the page of AWS that states it. */
import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as v from 'valibot'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { LambdaSandbox } from '../../../../scripts/sandbox/lambda/lambda.ts'
import { codeDir, functionName, invoke, startFunction, startGate } from './function.ts'

const run = promisify(execFile)

const Echoed = v.object({ pid: v.number(), count: v.number(), now: v.number(), left: v.number() })
const echo = async (lambda: LambdaSandbox): Promise<v.InferOutput<typeof Echoed>> =>
  v.parse(Echoed, (await invoke(lambda, {})).answer)

const isGone = (pid: number): boolean => {
  try {
    return !process.kill(pid, 0)
  } catch {
    return true
  }
}

/** `T` is a process that was stopped, by `ps`. */
const stateOf = async (pid: number): Promise<string> =>
  (await run('ps', ['-o', 'state=', '-p', `${pid}`])).stdout.trim()

const endings = ({ invocations }: LambdaSandbox): readonly unknown[] =>
  invocations.map(({ ending }) => [ending?.cold, ending?.outcome])

// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
describe('an environment', () => {
  test('is cold once, and kept for the next event', async () => {
    const lambda = await startFunction('echo')
    const [first, second] = [await echo(lambda), await echo(lambda)]
    expect([first.count, second.count]).toEqual([1, 2])
    expect(second.pid).toBe(first.pid)
    expect(lambda.invocations.map(({ ending }) => [ending?.cold, ending?.initMs])).toEqual([
      [true, expect.any(Number)],
      [false, undefined],
    ])
  })

  test.skipIf(process.platform === 'win32')('is frozen between two events', async () => {
    const lambda = await startFunction('echo')
    const { pid } = await echo(lambda)
    await expect.poll(() => stateOf(pid), { timeout: 10_000 }).toBe('T')
    expect(await echo(lambda)).toMatchObject({ pid })
    await expect.poll(() => stateOf(pid), { timeout: 10_000 }).toBe('T')
    const awake = await startFunction('echo', { freeze: false })
    expect(await stateOf((await echo(awake)).pid)).not.toBe('T')
  })

  // https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
  test('serves one event at a time: others at once have their own, up to the limit', async () => {
    const gate = await startGate()
    const lambda = await startFunction('wait', { env: { GATE: gate.url }, concurrency: 2 })
    const running = [invoke(lambda, 'a'), invoke(lambda, 'b')]
    await gate.arrived(2)
    await expect(invoke(lambda, 'c')).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      message: 'Rate Exceeded.',
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      $metadata: { httpStatusCode: 429 },
    })
    for (const { event, open } of gate.waiting) open(`${event} done`)
    expect((await Promise.all(running)).map(({ answer }) => answer)).toEqual(['a done', 'b done'])
    expect(new Set(gate.waiting.map(({ pid }) => pid)).size).toBe(2)
    const last = invoke(lambda, 'd')
    await gate.arrived(3)
    gate.waiting[2]?.open('d done')
    expect(await last).toMatchObject({ answer: 'd done' })
    expect(gate.waiting.slice(0, 2).map(({ pid }) => pid)).toContain(gate.waiting[2]?.pid)
  })

  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
  test('has the variables of Lambda and of the function, and none of this machine', async () => {
    const env = { OWN: 'yes', AWS_REGION: 'us-east-1', LD_PRELOAD: '', TZ: 'Asia/Tokyo' }
    const lambda = await startFunction('variables', { env, memoryMb: 300 })
    const { answer } = await invoke(lambda, {})
    expect(answer).toEqual({
      ...env,
      AWS_ACCESS_KEY_ID: 'sandbox',
      AWS_CONFIG_FILE: expect.any(String),
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ENDPOINT_URL_LAMBDA: lambda.url,
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '300',
      AWS_LAMBDA_FUNCTION_NAME: functionName,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_FORMAT: 'Text',
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${functionName}`,
      AWS_LAMBDA_LOG_STREAM_NAME: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
      AWS_LAMBDA_RUNTIME_API: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      AWS_SECRET_ACCESS_KEY: 'sandbox',
      AWS_SHARED_CREDENTIALS_FILE: expect.any(String),
      LAMBDA_TASK_ROOT: codeDir,
      LANG: 'en_US.UTF-8',
      PATH: expect.any(String),
      _HANDLER: 'functions.variables',
      _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};/),
    })
  })

  test('lives in the time of the sandbox, and knows what is left of its own', async () => {
    const day = 86_400_000
    const lambda = await startFunction('echo', { env: { SANDBOX_SKEW_MS: String(day) }, timeoutMs: 50_000 })
    const { now, left } = await echo(lambda)
    expect(now).toBeGreaterThan(Date.now() + day / 2)
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThanOrEqual(50_000)
  })

  test('finds its code in a folder whose name reads otherwise in a URL', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'levity #1 %41-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await cp(codeDir, folder, { recursive: true })
    expect(await echo(await startFunction('echo', { codeDir: folder }))).toMatchObject({ count: 1 })
  })

  test('that died while it waited is replaced', async () => {
    const lambda = await startFunction('echo')
    const { pid } = await echo(lambda)
    process.kill(pid, 'SIGKILL')
    await expect.poll(() => isGone(pid), { timeout: 10_000 }).toBe(true)
    expect(await echo(lambda)).toMatchObject({ count: 1 })
    expect(endings(lambda)).toEqual([
      [true, 'response'],
      [true, 'response'],
    ])
  })
})

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
test.each(['Text', 'JSON'] as const)(
  'a function that takes too long is killed, with logs in %s',
  async (logFormat) => {
    const lambda = await startFunction('spin', { timeoutMs: 500, logFormat })
    const { error, answer, log } = await invoke(lambda, {}, { LogType: 'Tail' })
    const requestId = lambda.invocations[0]?.requestId
    expect([error, answer]).toEqual([
      'Unhandled',
      {
        errorType: 'Sandbox.Timedout',
        errorMessage: `RequestId: ${requestId} Error: Task timed out after 0.50 seconds`,
      },
    ])
    if (logFormat === 'JSON') {
      expect(log).toMatch(/"message":"begun"/)
      expect(log).toMatch(
        new RegExp(
          `"type":"platform.report","record":{"requestId":"${requestId}","status":"timeout","metrics"`,
        ),
      )
    } else {
      expect(log).toMatch(/INFO\tbegun\n/)
      expect(log).toContain(
        `Z ${requestId} Task timed out after 0.50 seconds\n\nEND RequestId: ${requestId}\n`,
      )
      expect(log).toMatch(/\tStatus: timeout\n$/)
    }
    await lambda.reload({ handler: 'functions.echo' })
    expect(await echo(lambda)).toMatchObject({ count: 1 })
  },
)

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html; only Linux says what a process holds.
describe.skipIf(process.platform !== 'linux')('on Linux, a function that takes too much memory', () => {
  test.each([
    ['bit by bit', {}],
    ['all at once', { megabytes: 300 }],
  ])('%s is killed', async (_, event) => {
    const lambda = await startFunction('eat', { memoryMb: 200 })
    const { error, answer, log } = await invoke(lambda, event, { LogType: 'Tail' })
    const requestId = lambda.invocations[0]?.requestId
    expect([error, answer]).toEqual([
      'Unhandled',
      {
        errorType: 'Runtime.OutOfMemory',
        errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`,
      },
    ])
    expect(log).toMatch(
      /\tMemory Size: 200 MB\tMax Memory Used: 200 MB\t.*\tStatus: error\tError Type: Runtime.OutOfMemory\n$/,
    )
    expect(lambda.invocations[0]?.ending).toMatchObject({ outcome: 'memory', maxMemoryMb: 200 })
  })

  test('may take what it has, and its most is told', async () => {
    const lambda = await startFunction('eat', { memoryMb: 400 })
    expect(await invoke(lambda, { megabytes: 150 })).toMatchObject({ error: undefined, answer: 157_286_400 })
    const most = lambda.invocations[0]?.ending?.maxMemoryMb
    expect(most).toBeGreaterThan(150)
    expect(most).toBeLessThan(400)
  })
})

// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-initerror, and as Lambda words it
describe('is an answer and never a hang: a process that', () => {
  const exits = (how: string) => ({
    errorType: 'Runtime.ExitError',
    errorMessage: expect.stringMatching(new RegExp(`^RequestId: [0-9a-f-]{36} Error: ${how}$`)),
  })
  test.each([
    ['leaves with a code', 'leave', { code: 3 }, exits('Runtime exited with error: exit status 3')],
    ['leaves without one', 'leave', { code: 0 }, exits('Runtime exited without providing a reason')],
    ['is aborted', 'leave', { signal: 'SIGABRT' }, exits('Runtime exited with error: signal: aborted')],
    ['leaves as it starts', 'hasty.handler', {}, exits('Runtime exited with error: exit status 7')],
    [
      'throws as it starts',
      'broken.handler',
      {},
      expect.objectContaining({ errorType: 'RangeError', errorMessage: 'no such luck' }),
    ],
    [
      'has no such handler',
      'nobody',
      {},
      expect.objectContaining({
        errorType: 'Runtime.HandlerNotFound',
        errorMessage: 'functions.nobody is undefined or not exported',
      }),
    ],
    [
      'has no such file',
      'nowhere.handler',
      {},
      expect.objectContaining({
        errorType: 'Runtime.ImportModuleError',
        errorMessage: expect.stringContaining("Cannot find module 'nowhere'"),
      }),
    ],
  ])('%s', async (_, name, event, expected) => {
    const lambda = await startFunction(name)
    expect(await invoke(lambda, event)).toMatchObject({ status: 200, error: 'Unhandled', answer: expected })
    await lambda.reload({ handler: 'functions.echo' })
    expect(await echo(lambda)).toMatchObject({ count: 1 })
  })

  test('has no code at all', async () => {
    const lambda = await startFunction('echo', { codeDir: join(codeDir, 'nowhere') })
    expect(await invoke(lambda, {})).toMatchObject({
      error: 'Unhandled',
      answer: exits('Runtime did not start: .*ENOENT.*'),
    })
  })

  test('cannot even be started', async () => {
    const lambda = await startFunction('echo', { env: { SECRET: 'hush\0hush' } })
    const { error, answer } = await invoke(lambda, {})
    expect([error, answer]).toEqual(['Unhandled', exits('Runtime did not start: ERR_INVALID_ARG_VALUE')])
    await lambda.reload({ env: {} })
    expect(await echo(lambda)).toMatchObject({ count: 1 })
  })

  test('is killed in the middle from outside', async () => {
    const gate = await startGate()
    const lambda = await startFunction('wait', { env: { GATE: gate.url } })
    const running = invoke(lambda, {}, { LogType: 'Tail' })
    await gate.arrived(1)
    expect(lambda.kill()).toBe(1)
    const { error, answer, log } = await running
    expect([error, answer]).toEqual(['Unhandled', exits('Runtime exited with error: signal: killed')])
    expect(log).toMatch(
      /\nRequestId: \S+ Error: Runtime exited with error: signal: killed\nRuntime.ExitError\nEND /,
    )
    expect(isGone(gate.waiting[0]?.pid ?? 0)).toBe(true)
    expect(lambda.kill()).toBe(0)
  })
})

describe('reload', () => {
  test('takes new code and settings for the next event, and lets what runs end as it began', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'levity-code-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await cp(codeDir, folder, { recursive: true })
    const gate = await startGate()
    const lambda = await startFunction('wait', { codeDir: folder, env: { GATE: gate.url } })
    const running = invoke(lambda, {})
    await gate.arrived(1)
    await writeFile(join(folder, 'functions.mjs'), 'export const news = async () => process.env.NEWS')
    await lambda.reload({ handler: 'functions.news', env: { NEWS: 'new code' } })
    expect(await invoke(lambda, {})).toMatchObject({ answer: 'new code' })
    gate.waiting[0]?.open('old code')
    expect(await running).toMatchObject({ answer: 'old code' })
    await writeFile(join(folder, 'functions.mjs'), 'export const news = async () => "newer code"')
    expect(await invoke(lambda, {})).toMatchObject({ answer: 'new code' })
    await lambda.reload()
    expect(await invoke(lambda, {})).toMatchObject({ answer: 'newer code' })
    await expect.poll(() => isGone(gate.waiting[0]?.pid ?? 0), { timeout: 10_000 }).toBe(true)
  })
})

test('close leaves no process, nothing in the temporary folder, and nothing that keeps its own process', async () => {
  const temp = await mkdtemp(join(tmpdir(), 'levity-temp-'))
  onTestFinished(() => rm(temp, { recursive: true }))
  const script = fileURLToPath(new URL('close.ts', import.meta.url))
  // It must end by itself: nothing calls process.exit there.
  const { stdout } = await run(process.execPath, [script], {
    env: { TMPDIR: temp, TEMP: temp },
    timeout: 25_000,
  })
  const { pids, outcomes, left } = v.parse(
    v.object({ pids: v.array(v.number()), outcomes: v.array(v.string()), left: v.array(v.string()) }),
    JSON.parse(stdout),
  )
  expect(outcomes).toEqual(['response', 'exit', 'exit'])
  expect(pids).toHaveLength(3)
  expect(pids.filter((pid) => !isGone(pid))).toEqual([])
  expect(left).toEqual([])
})

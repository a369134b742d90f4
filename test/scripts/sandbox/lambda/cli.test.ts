/** The real AWS CLI against the sandbox's Lambda, and Levity's own bundle in it. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildBundle } from '../../../../scripts/build/package.ts'
import { sandboxAws } from '../../../../scripts/sandbox/dynamodb/dynamodb.ts'
import type { LambdaSandbox } from '../../../../scripts/sandbox/lambda/lambda.ts'
import { awsPath, missing } from '../../../support/moto.ts'
import { startWorld } from '../world.ts'
import { functionName, invoke, startFunction } from './function.ts'

const run = promisify(execFile)

// https://docs.aws.amazon.com/cli/latest/reference/lambda/invoke.html
describe.skipIf(missing)('aws lambda', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'levity-cli-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  const aws = async ({ url }: LambdaSandbox, ...args: readonly string[]): Promise<unknown> => {
    const { PATH, HOME } = process.env
    const own = { ...sandboxAws, AWS_DEFAULT_REGION: sandboxAws.AWS_REGION, AWS_MAX_ATTEMPTS: '1' }
    const { stdout } = await run(awsPath, ['--endpoint-url', url, 'lambda', ...args], {
      env: { PATH, HOME, ...own, AWS_CONFIG_FILE: join(folder, 'none') },
    })
    return stdout === '' ? undefined : JSON.parse(stdout)
  }
  const invokeBy = async (
    lambda: LambdaSandbox,
    event: unknown,
    ...flags: readonly string[]
  ): Promise<{ readonly said: unknown; readonly answer: string }> => {
    const [payload, answer] = [join(folder, 'event.json'), join(folder, 'answer.json')]
    await writeFile(payload, JSON.stringify(event))
    const flagsOf = ['--function-name', functionName, '--payload', `fileb://${payload}`]
    const said = await aws(lambda, 'invoke', ...flagsOf, ...flags, answer)
    return { said, answer: await readFile(answer, 'utf8') }
  }

  test('invoke waits for the answer, and brings the log', async () => {
    const lambda = await startFunction('echo')
    const { said, answer } = await invokeBy(lambda, { alt: 'Hügel' }, '--log-type', 'Tail')
    expect(said).toEqual({ StatusCode: 200, ExecutedVersion: '$LATEST', LogResult: expect.any(String) })
    expect(JSON.parse(answer)).toMatchObject({ event: { alt: 'Hügel' } })
    const { LogResult } = said as { LogResult: string }
    expect(Buffer.from(LogResult, 'base64').toString()).toMatch(/^START RequestId: .*\nREPORT .*\n$/s)
  })

  test('invoke tells of an error of the function', async () => {
    const { said, answer } = await invokeBy(await startFunction('fail'), {})
    expect(said).toEqual({ StatusCode: 200, FunctionError: 'Unhandled', ExecutedVersion: '$LATEST' })
    expect(JSON.parse(answer)).toMatchObject({ errorType: 'TypeError', errorMessage: 'not this time' })
  })

  test('invoke --invocation-type Event is taken, and DryRun runs nothing', async () => {
    const lambda = await startFunction('echo')
    expect(await invokeBy(lambda, {}, '--invocation-type', 'DryRun')).toEqual({
      said: { StatusCode: 204 },
      answer: '',
    })
    const event = { mode: 'plan' }
    expect(await invokeBy(lambda, event, '--invocation-type', 'Event')).toEqual({
      said: { StatusCode: 202 },
      answer: '',
    })
    await lambda.idle()
    expect(lambda.invocations).toMatchObject([{ type: 'Event', event, ending: { outcome: 'response' } }])
  })

  test('says that there is no such function, and shows the configuration of the one there is', async () => {
    const lambda = await startFunction('echo')
    await expect(
      aws(lambda, 'invoke', '--function-name', 'nobody', join(folder, 'none.json')),
    ).rejects.toThrow(
      /\(ResourceNotFoundException\) when calling the Invoke operation: Function not found: arn:aws:lambda:eu-central-1:123456789012:function:nobody\s/,
    )
    expect(
      await aws(lambda, 'get-function-configuration', '--function-name', lambda.functionArn),
    ).toMatchObject({ FunctionName: functionName, MemorySize: 512, Handler: 'functions.echo' })
  })
})

test("Levity's bundle runs in it: by hand, by the schedule, and with its memory and log as Lambda shows them", async () => {
  const codeDir = fileURLToPath(new URL('../../../../dist/lambda', import.meta.url))
  // `npm test` has just built it.
  if (!existsSync(join(codeDir, 'repost.mjs'))) await buildBundle()
  const world = await startWorld()
  const lambda = await startFunction('repost.handler', {
    codeDir,
    env: { ...world.env, LEVITY_START: 'last:1', LEVITY_DELAY: '0' },
    memoryMb: 1024,
    timeoutMs: 300_000,
    logFormat: 'JSON',
  })
  const { error, answer, log } = await invoke(lambda, {}, { LogType: 'Tail' })
  expect([error, answer]).toMatchObject([undefined, { routes: [{ outcome: 'done', posted: [{}] }] }])
  expect(log).toContain('"type":"platform.report"')
  lambda.tick()
  await lambda.idle()
  expect(lambda.invocations).toMatchObject([
    { type: 'RequestResponse', ending: { cold: true } },
    {
      type: 'Event',
      ending: { cold: false, outcome: 'response', answer: { routes: [{ outcome: 'done', posted: [] }] } },
    },
  ])
  expect(world.mastodon.statuses.length).toBeGreaterThan(0)
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Answering, answeringServer, answerJson } from '../../support/answering-server.ts'
import { type AwsCli, startAwsCli } from '../../support/aws-cli.ts'
import { callCommand } from '../../support/commands.ts'
import { awsPath, missing } from '../../support/moto.ts'
import type { Ended } from '../../support/shell.ts'

const report = {
  version: '0.1.0',
  ms: 1200,
  routes: [
    {
      route: 'main',
      outcome: 'done',
      posted: [{ post: '7', statuses: ['https://social.example/@levity/1'] }],
      skipped: [],
      retrying: [],
      parked: [{ post: '6', reason: 'its image is gone', attempts: 5 }],
      edited: [],
      deleted: [],
      waiting: 0,
    },
  ],
}
const log = [
  'torn off","level":"INFO"}',
  '{"time":"2026-01-31T10:00:00Z","type":"platform.start","record":{}}',
  '{"level":"ERROR","timestamp":"2026-01-31T10:00:01Z","message":"main stands still: the token","route":"main","event":"stopped"}',
  '{"_aws":{"Timestamp":1},"service":"levity-prod","Succeeded":0}',
  '{"time":"2026-01-31T10:00:02Z","type":"platform.report","record":{"status":"error","metrics":{"durationMs":1234,"maxMemoryUsedMB":145,"memorySizeMB":1024}}}',
].join('\n')

describe.skipIf(missing)('npm run invoke', { timeout: 120_000 }, () => {
  let lambda: Answering
  let folder: string
  let cli: AwsCli
  let answer: (response: ServerResponse) => void

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'levity-invoke-'))
    cli = await startAwsCli()
    lambda = await answeringServer((_, response) => answer(response))
  })
  afterAll(async () => {
    await lambda?.close()
    await cli?.close()
    await rm(folder, { recursive: true, force: true })
  })
  beforeEach(() => {
    lambda.received.length = 0
    answer = (response) => answerJson(response, 200, report)
  })

  const env = (bin = cli.bin): Record<string, string> => ({
    PATH: [bin, '/usr/bin', '/bin'].join(delimiter),
    HOME: folder,
    TMPDIR: folder,
    AWS_ENDPOINT_URL: lambda.origin,
    AWS_ACCESS_KEY_ID: 'testing',
    AWS_SECRET_ACCESS_KEY: 'testing',
    AWS_REGION: 'eu-central-1',
    // A person may have set these: for other commands a repeat is harmless.
    AWS_MAX_ATTEMPTS: '5',
    AWS_RETRY_MODE: 'standard',
  })
  const invoke = (...args: readonly string[]): Promise<Ended> =>
    callCommand('invoke', args, { folder, env: env() })

  test('sends the event as it is, and tells the report as people read it', async () => {
    const { code, out, err } = await invoke('--stage', 'dev', '{"post":"7","route":"ärt"}')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out.split('\n')).toEqual([
      'post 7 is posted: https://social.example/@levity/1',
      'post 6: its image is gone',
      'main: 1 posted, 1 parked',
      '',
    ])
    expect(lambda.received).toMatchObject([
      {
        path: '/2015-03-31/functions/levity-dev/invocations',
        headers: { 'x-amz-invocation-type': 'RequestResponse', 'x-amz-log-type': 'Tail' },
      },
    ])
    expect(lambda.received[0]?.body.toString()).toBe('{"post":"7","route":"ärt"}')
  })

  test('without an event it runs everything; --json gives the report itself', async () => {
    const { out } = await invoke('--json')
    expect(JSON.parse(out)).toEqual(report)
    expect(lambda.received[0]?.body.toString()).toBe('{}')
  })

  test('--async is content when Lambda has the event', async () => {
    answer = (response) => response.writeHead(202).end()
    const { code, out } = await invoke('--async')
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(/^levity-prod has the event and starts/),
    })
    expect(lambda.received).toMatchObject([{ headers: { 'x-amz-invocation-type': 'Event' } }])
  })

  test('a function that fails: the end of its log, its reason, exit code 1', async () => {
    const headers = {
      'x-amz-function-error': 'Unhandled',
      'x-amz-log-result': Buffer.from(log).toString('base64'),
    }
    answer = (response) =>
      answerJson(
        response,
        200,
        { errorType: 'Error', errorMessage: 'main: the token is dead', trace: [] },
        headers,
      )
    const { code, out, err } = await invoke()
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err.split('\n')).toEqual([
      'torn off","level":"INFO"}',
      'ERROR  main  main stands still: the token',
      'ended with error after 1.2 s, 145 of 1024 MB',
      'main: the token is dead',
      '',
    ])
  })

  test.each<{ of: string; with: typeof answer; says: RegExp }>([
    {
      of: 'a connection that breaks',
      with: (response) => response.destroy(),
      says: /^Expected an answer from AWS \(lambda\) at http:\S+ but received none.* It is not known whether the function ran, so it was called once only/,
    },
    {
      of: 'an outage of Lambda',
      with: (response) =>
        answerJson(response, 503, { message: 'down' }, { 'x-amzn-errortype': 'ServiceException' }),
      says: /^AWS refused lambda Invoke \(ServiceException\): down/,
    },
    {
      of: 'too many at once',
      with: (response) =>
        answerJson(
          response,
          429,
          { message: 'rate exceeded' },
          { 'x-amzn-errortype': 'TooManyRequestsException' },
        ),
      says: /^The function levity-prod was not run: other runs are at work/,
    },
    {
      of: 'no such function',
      with: (response) =>
        answerJson(
          response,
          404,
          { message: 'not found' },
          { 'x-amzn-errortype': 'ResourceNotFoundException' },
        ),
      says: /^Expected a function levity-prod but there is none here: `npm run deploy` makes it/,
    },
  ])('$of: one call and no more, one sentence', async ({ with: how, says }) => {
    answer = how
    const { code, out, err } = await invoke()
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(says)
    expect(lambda.received).toHaveLength(1)
  })

  test('stopped while it waits, it leaves nothing of what others may not read, and has called once', async () => {
    answer = () => {}
    const script = fileURLToPath(new URL('../../../scripts/invoke.ts', import.meta.url))
    const child = spawn(process.execPath, [script], {
      cwd: folder,
      env: env(dirname(awsPath)),
      stdio: 'ignore',
    })
    const ended = once(child, 'exit')
    await vi.waitFor(() => expect(lambda.received).toHaveLength(1), { timeout: 25_000 })
    const [kept = ''] = (await readdir(folder)).filter((name) => name.startsWith('levity-aws-'))
    const modes = await Promise.all([kept, `${kept}/event.json`].map((name) => stat(join(folder, name))))
    expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['700', '600'])
    child.kill('SIGTERM')
    expect(await ended).toEqual([null, 'SIGTERM'])
    expect(await readdir(folder)).not.toContain(kept)
    expect(lambda.received).toHaveLength(1)
  })

  test('mistakes of the command call nobody', async () => {
    const answers = await Promise.all([invoke('{post:7}'), invoke('{}', '{}'), invoke('--soon')])
    expect(answers.map(({ err }) => err)).toEqual([
      expect.stringMatching(/^Expected JSON such as .* but received \{post:7\}\n$/),
      expect.stringMatching(/^Expected one event, in quotes, but received \{\} \{\} \(/),
      expect.stringMatching(/^Expected an option of npm run invoke but received --soon \(/),
    ])
    expect(lambda.received).toEqual([])
  })
})

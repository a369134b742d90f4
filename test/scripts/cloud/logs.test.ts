import { mkdtemp, rm } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Answering, answeringServer, answerJson } from '../../support/answering-server.ts'
import { type AwsCli, startAwsCli } from '../../support/aws-cli.ts'
import { callCommand } from '../../support/commands.ts'
import { missing } from '../../support/moto.ts'
import { type Ended, runCommand } from '../../support/shell.ts'

const time = Date.UTC(2026, 0, 31, 10)
const event = (id: number, message: object | string) => ({
  eventId: String(id),
  timestamp: time + id * 1000,
  message: typeof message === 'string' ? message : `${JSON.stringify(message)}\n`,
})
const posted = {
  level: 'INFO',
  message: 'post 7 is posted: https://s.example/1',
  route: 'art',
  event: 'posted',
}

describe.skipIf(missing)('npm run logs', { timeout: 120_000 }, () => {
  let logs: Answering
  let folder: string
  let cli: AwsCli
  let answer: (response: ServerResponse, nth: number) => void

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'levity-logs-'))
    cli = await startAwsCli()
    logs = await answeringServer((_, response) => answer(response, logs.received.length))
  })
  afterAll(async () => {
    await logs?.close()
    await cli?.close()
    await rm(folder, { recursive: true, force: true })
  })
  beforeEach(() => {
    logs.received.length = 0
  })

  const env = (): Record<string, string> => ({
    PATH: [cli.bin, '/usr/bin', '/bin'].join(delimiter),
    HOME: folder,
    TZ: 'UTC',
    AWS_ENDPOINT_URL: logs.origin,
    AWS_ACCESS_KEY_ID: 'testing',
    AWS_SECRET_ACCESS_KEY: 'testing',
    AWS_REGION: 'eu-central-1',
    AWS_MAX_ATTEMPTS: '1',
  })
  const run = (...args: readonly string[]): Promise<Ended> =>
    callCommand('logs', args, { folder, env: env() })

  test('tells in order what people need, page after page, and leaves out what is for machines', async () => {
    answer = (response, nth) =>
      answerJson(
        response,
        200,
        nth === 1
          ? {
              events: [
                event(3, { level: 'ERROR', message: { errorType: 'Error', errorMessage: 'the token' } }),
                event(1, posted),
              ],
              nextToken: 'more',
            }
          : {
              events: [
                event(2, { _aws: {}, Posted: 1 }),
                event(4, 'a line of nobody\n'),
                event(5, { type: 'platform.start', record: {} }),
              ],
            },
      )
    // The command itself, in a process of its own.
    const args = ['--stage', 'dev', '--since', '2h']
    const { code, out, err } = await runCommand('logs', args, { folder, env: env() })
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out.split('\n')).toEqual([
      '2026-01-31 10:00:01  INFO   art  post 7 is posted: https://s.example/1',
      '2026-01-31 10:00:03  ERROR  the token',
      '2026-01-31 10:00:04  a line of nobody',
      '',
    ])
    const [first] = logs.received.map(({ body }) => JSON.parse(body.toString()))
    expect(first).toMatchObject({ logGroupName: '/aws/lambda/levity-dev' })
    const age = Date.now() - first.startTime
    expect(age).toBeGreaterThan(2 * 3_600_000 - 1)
    expect(age).toBeLessThan(2.1 * 3_600_000)
  })

  test('--json gives the lines as they are', async () => {
    answer = (response) => answerJson(response, 200, { events: [event(1, posted)] })
    const { out } = await run('--json')
    expect(JSON.parse(out)).toEqual(posted)
  })

  test('--follow tells each line once, until it is stopped or refused', async () => {
    answer = (response, nth) =>
      nth < 4
        ? answerJson(response, 200, { events: [1, 2].slice(0, nth).map((id) => event(id, posted)) })
        : answerJson(response, 400, { __type: 'ResourceNotFoundException', message: 'no group' })
    const { code, out } = await run('--follow', '--json')
    expect(code).toBe(1)
    expect(out.trim().split('\n')).toHaveLength(2)
    expect(logs.received).toHaveLength(4)
  })

  test('no log, and nothing in it: a sentence', async () => {
    answer = (response) =>
      answerJson(response, 400, { __type: 'ResourceNotFoundException', message: 'no group' })
    expect(await run()).toEqual({
      code: 1,
      out: '',
      err: 'Expected a log of levity-prod but there is none in eu-central-1: `npm run deploy` makes it\n',
    })
    answer = (response) => answerJson(response, 200, { events: [] })
    const nothing = 'Nothing was written in the last 1h; --since 7d looks further back\n'
    expect(await run()).toEqual({ code: 0, out: '', err: nothing })
    expect((await run('--since', 'ever')).err).toMatch(
      /^Expected a time such as 30m, 2h or 7d for --since but received "ever"/,
    )
  })
})

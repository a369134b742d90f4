/** What a caller of the sandbox's Lambda gets, by the AWS SDK and by the wire; each rule with the page of AWS that states it. */
import { describe, expect, test } from 'vitest'
import { answeringServer } from '../../../support/answering-server.ts'
import { functionName, invocations, invoke, startFunction } from './function.ts'

const arn = `arn:aws:lambda:eu-central-1:123456789012:function:${functionName}`

// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_ResponseSyntax
describe('RequestResponse', () => {
  test('answers 200 with what the function returned, and the version that ran', async () => {
    const lambda = await startFunction('echo')
    const { answer, ...rest } = await invoke(lambda, { alt: 'Hügel, 丘, ⛰️' })
    expect(rest).toEqual({ status: 200, error: undefined, version: '$LATEST', log: undefined })
    expect(answer).toMatchObject({ event: { alt: 'Hügel, 丘, ⛰️' }, count: 1 })
  })

  test('gives the function {} where there is no payload, and its caller null where it returns nothing', async () => {
    const { url } = await startFunction('echo')
    const answer = await fetch(url + invocations, { method: 'POST' })
    expect(JSON.parse(await answer.text()).event).toEqual({})
    expect(await invoke(await startFunction('nothing'))).toMatchObject({ status: 200, answer: null })
  })

  test('is the default, and needs no signature', async () => {
    const lambda = await startFunction('echo')
    const answer = await fetch(lambda.url + invocations, { method: 'POST', body: '{"a":1}' })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-amz-executed-version')).toBe('$LATEST')
    const { context } = JSON.parse(await answer.text())
    expect(context).toEqual({
      awsRequestId: answer.headers.get('x-amzn-requestid'),
      invokedFunctionArn: arn,
      memoryLimitInMB: '512',
    })
  })

  test('answers 200 too where the function fails, marked, with the error as the runtime words it', async () => {
    const lambda = await startFunction('fail')
    const { answer, ...rest } = await invoke(lambda, {})
    expect(rest).toMatchObject({ status: 200, error: 'Unhandled', version: '$LATEST' })
    expect(answer).toEqual({
      errorType: 'TypeError',
      errorMessage: 'not this time',
      // https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
      trace: expect.arrayContaining([
        'TypeError: not this time',
        expect.stringContaining('fixtures/lambda/functions.mjs'),
      ]),
    })
    expect(await invoke(lambda, { until: 2 })).toMatchObject({ error: undefined, answer: 'at last' })
  })

  test('passes the client context on', async () => {
    const ClientContext = Buffer.from('{"custom":{"from":"a test"}}').toString('base64')
    expect(await invoke(await startFunction('echo'), {}, { ClientContext })).toMatchObject({
      answer: { context: { clientContext: { custom: { from: 'a test' } } } },
    })
  })

  // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
  test('takes an answer of 6 MB and none that is larger', async () => {
    const lambda = await startFunction('long')
    const most = 6 * 1024 * 1024
    const { answer } = await invoke(lambda, { bytes: most })
    expect(answer).toHaveLength(most)
    expect(await invoke(lambda, { bytes: most + 100 })).toMatchObject({
      error: 'Unhandled',
      answer: {
        errorType: 'Function.ResponseSizeTooLarge',
        errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
      },
    })
  })
})

// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestParameters
describe('the function is found by', () => {
  test('its name, a partial and a whole ARN, each with the version $LATEST or without', async () => {
    const lambda = await startFunction('echo')
    const names = [functionName, `123456789012:function:${functionName}`, arn]
    for (const input of [
      ...names.map((FunctionName) => ({ FunctionName })),
      ...names.map((name) => ({ FunctionName: `${name}:$LATEST` })),
      ...names.map((FunctionName) => ({ FunctionName, Qualifier: '$LATEST' })),
    ])
      expect(await invoke(lambda, input, input)).toMatchObject({ status: 200, answer: { event: input } })
  })

  test.each([
    ['another name', { FunctionName: 'nobody' }, 'arn:aws:lambda:eu-central-1:123456789012:function:nobody'],
    ['another version', { FunctionName: functionName, Qualifier: '7' }, `${arn}:7`],
    ['an alias', { FunctionName: `${functionName}:live` }, `${arn}:live`],
    [
      'another region',
      { FunctionName: arn.replace('eu-central-1', 'us-east-1') },
      arn.replace('eu-central-1', 'us-east-1'),
    ],
    [
      'another account',
      { FunctionName: `210987654321:function:${functionName}` },
      arn.replace('123456789012', '210987654321'),
    ],
  ])('nothing else: %s is not found', async (_, input, unknown) => {
    const lambda = await startFunction('echo')
    await expect(invoke(lambda, {}, input)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      Type: 'User',
      message: `Function not found: ${unknown}`,
      $metadata: { httpStatusCode: 404 },
    })
    expect(lambda.invocations).toEqual([])
  })
})

// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
describe('refused without running is', () => {
  test('what is not JSON', async () => {
    const lambda = await startFunction('echo')
    const refused = invoke(lambda, undefined, { Payload: '{"a":' })
    await expect(refused).rejects.toMatchObject({
      name: 'InvalidRequestContentException',
      message: expect.stringMatching(
        /^Could not parse request body into json: Could not parse payload into json: ./,
      ),
      $metadata: { httpStatusCode: 400 },
    })
    await expect(invoke(lambda, undefined, { Payload: Buffer.from([34, 0xff, 34]) })).rejects.toMatchObject({
      name: 'InvalidRequestContentException',
    })
    expect(lambda.invocations).toEqual([])
  })

  // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
  test.each([
    ['RequestResponse', 6 * 1024 * 1024],
    ['Event', 1024 * 1024],
  ] as const)('a payload for %s of more than %i bytes', async (InvocationType, most) => {
    const lambda = await startFunction('nothing')
    const Payload = JSON.stringify('x'.repeat(most - 1))
    await expect(invoke(lambda, undefined, { InvocationType, Payload })).rejects.toMatchObject({
      name: 'RequestEntityTooLargeException',
      message: `${most + 1} byte payload is too large for the ${InvocationType} invocation type (limit ${most} bytes)`,
      $metadata: { httpStatusCode: 413 },
    })
    expect(lambda.invocations).toEqual([])
    const least = await invoke(lambda, undefined, {
      InvocationType,
      Payload: JSON.stringify('x'.repeat(most - 2)),
    })
    expect(least.status).toBe(InvocationType === 'Event' ? 202 : 200)
  })

  test('a type of invocation that there is not', async () => {
    const lambda = await startFunction('echo')
    const answer = await fetch(lambda.url + invocations, {
      method: 'POST',
      headers: { 'x-amz-invocation-type': 'Sometimes' },
    })
    expect([answer.status, answer.headers.get('x-amzn-errortype')]).toEqual([400, 'ValidationException'])
  })
})

test('DryRun answers 204 and runs nothing, and refuses what an invocation would refuse', async () => {
  const lambda = await startFunction('echo')
  expect(await invoke(lambda, {}, { InvocationType: 'DryRun' })).toMatchObject({
    status: 204,
    answer: undefined,
  })
  await expect(
    invoke(lambda, {}, { InvocationType: 'DryRun', FunctionName: 'nobody' }),
  ).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  expect(lambda.invocations).toEqual([])
})

// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
describe('LogType Tail', () => {
  const number = String.raw`\d+\.\d\d`
  const id = '[0-9a-f-]{36}'

  test('brings the lines of this invocation, stderr too, between those of Lambda', async () => {
    const lambda = await startFunction('speak')
    const cold = await invoke(lambda, {}, { LogType: 'Tail' })
    const report = String.raw`REPORT RequestId: ${id}\tDuration: ${number} ms\tBilled Duration: \d+ ms\tMemory Size: 512 MB(\tMax Memory Used: \d+ MB)?`
    expect(cold.log).toMatch(
      new RegExp(
        String.raw`^START RequestId: (${id}) Version: \$LATEST\n\S+\t\1\tINFO\tline 1 of 1\nand an aside\nEND RequestId: \1\n${report}\tInit Duration: ${number} ms\n$`,
      ),
    )
    const warm = await invoke(lambda, {}, { LogType: 'Tail' })
    expect(warm.log).toMatch(new RegExp(String.raw`\n${report}\n$`))
    expect(warm.log).not.toBe(cold.log)
    expect(await invoke(lambda, {}, { LogType: 'None' })).toMatchObject({ log: undefined })
  })

  test('brings the last 4 KB and no more', async () => {
    const { log } = await invoke(await startFunction('speak'), { lines: 500 }, { LogType: 'Tail' })
    expect(Buffer.byteLength(log ?? '')).toBe(4096)
    expect(log).toContain('line 500 of 500\n')
    expect(log).not.toContain('START')
  })

  test('brings JSON where the function is set to it', async () => {
    const lambda = await startFunction('speak', { logFormat: 'JSON' })
    const { log = '' } = await invoke(lambda, {}, { LogType: 'Tail' })
    const lines = log.split('\n').filter((line) => line.startsWith('{'))
    const requestId = lambda.invocations[0]?.requestId
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { type: 'platform.start', record: { requestId, version: '$LATEST' } },
      { level: 'INFO', requestId, message: 'line 1 of 1' },
      {
        type: 'platform.report',
        record: {
          requestId,
          status: 'success',
          metrics: {
            durationMs: expect.any(Number),
            billedDurationMs: expect.any(Number),
            memorySizeMB: 512,
            initDurationMs: expect.any(Number),
          },
        },
      },
    ])
  })

  test('bills the initialisation with the run', async () => {
    const { log = '' } = await invoke(await startFunction('echo'), {}, { LogType: 'Tail' })
    const [, ran, billed, init] =
      /\tDuration: (\S+) ms\tBilled Duration: (\d+) ms.*\tInit Duration: (\S+) ms/.exec(log)?.map(Number) ??
      []
    expect(Math.abs(Number(billed) - Number(ran) - Number(init))).toBeLessThanOrEqual(1.01)
    expect(Number(init)).toBeGreaterThan(0)
  })
})

describe('what is not an invocation', () => {
  test('is passed on to another endpoint as it came, and its answer as it comes', async () => {
    const body = Buffer.from([0, 1, 2, 254, 255])
    const other = await answeringServer((_, response) => {
      response.writeHead(418, 'Teapot', { 'x-own': 'yes', 'content-type': 'application/x-own' })
      response.end(body)
    })
    const lambda = await startFunction('echo', { forwardTo: other.origin })
    const answer = await fetch(`${lambda.url}/2015-03-31/functions/a%3Ab?Marker=x%2Fy`, {
      method: 'PUT',
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=a', 'x-amz-target': 'Service.Action' },
      body,
    })
    expect(other.received).toHaveLength(1)
    expect(other.received[0]).toMatchObject({ method: 'PUT', path: '/2015-03-31/functions/a%3Ab', body })
    expect(other.received[0]?.query.toString()).toBe('Marker=x%2Fy')
    expect(other.received[0]?.headers).toMatchObject({
      host: new URL(lambda.url).host,
      authorization: 'AWS4-HMAC-SHA256 Credential=a',
      'x-amz-target': 'Service.Action',
    })
    expect([answer.status, answer.headers.get('x-own'), answer.headers.get('content-type')]).toEqual([
      418,
      'yes',
      'application/x-own',
    ])
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(body)
    expect(await invoke(lambda, {})).toMatchObject({ status: 200 })
    expect(other.received).toHaveLength(1)
    await other.close()
    const gone = await fetch(`${lambda.url}/anything`)
    expect([gone.status, await gone.text()]).toEqual([502, expect.stringContaining('ECONNREFUSED')])
  })

  test('is the configuration, without its secrets, or nothing that the sandbox knows', async () => {
    const lambda = await startFunction('echo', { env: { TUMBLR_CONSUMER_KEY: 'hush-hush' } })
    const path = `/2015-03-31/functions/${functionName}`
    const configuration = await (await fetch(`${lambda.url}${path}/configuration`)).text()
    expect(JSON.parse(configuration)).toMatchObject({
      FunctionName: functionName,
      FunctionArn: arn,
      Runtime: 'nodejs24.x',
      Handler: 'functions.echo',
      MemorySize: 512,
      Timeout: 60,
      State: 'Active',
    })
    expect(configuration).not.toContain('hush')
    expect((await fetch(`${lambda.url}/2015-03-31/functions/nobody/configuration`)).status).toBe(404)
    const unknown = await fetch(lambda.url + path, { method: 'DELETE' })
    expect([unknown.status, await unknown.text()]).toEqual([
      501,
      expect.stringContaining(`does not know DELETE ${path}`),
    ])
  })
})

/**
 * Events that nobody waits for, as AWS states it:
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html and …/invocation-async-retain-records.html
 */
import { expect, test, vi } from 'vitest'
import type { Invocation } from '../../../../scripts/sandbox/lambda/invocations.ts'
import type { FailureRecord } from '../../../../scripts/sandbox/lambda/queue.ts'
import { functionName, invoke, startFunction, startGate } from './function.ts'

const Event = { InvocationType: 'Event' } as const
const arn = `arn:aws:lambda:eu-central-1:123456789012:function:${functionName}`

test('are taken with 202 at once, and run by themselves', async () => {
  const gate = await startGate()
  const lambda = await startFunction('wait', { env: { GATE: gate.url } })
  expect(await invoke(lambda, { a: 1 }, Event)).toEqual({
    status: 202,
    error: undefined,
    version: undefined,
    answer: undefined,
    log: undefined,
  })
  await gate.arrived(1)
  expect(gate.waiting[0]?.event).toEqual({ a: 1 })
  expect(lambda.invocations).toMatchObject([{ type: 'Event', event: { a: 1 }, attempt: 1 }])
  expect(lambda.invocations[0]).not.toHaveProperty('ending')
  gate.waiting[0]?.open('answered')
  await lambda.idle()
  expect(lambda.invocations).toMatchObject([{ ending: { outcome: 'response', answer: 'answered' } }])
})

test('that fail are tried twice more, under the same request id, and then told to the destination', async () => {
  const records: FailureRecord[] = []
  const lambda = await startFunction('fail', { destination: (record) => records.push(record) })
  await invoke(lambda, { until: 9 }, Event)
  await lambda.idle()
  const [first, ...others] = lambda.invocations
  expect(lambda.invocations.map(({ attempt, ending }) => [attempt, ending?.outcome])).toEqual([
    [1, 'error'],
    [2, 'error'],
    [3, 'error'],
  ])
  for (const { requestId } of others) expect(requestId).toBe(first?.requestId)
  expect(records).toEqual([
    {
      version: '1.0',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      requestContext: {
        requestId: first?.requestId,
        functionArn: `${arn}:$LATEST`,
        condition: 'RetriesExhausted',
        approximateInvokeCount: 3,
      },
      requestPayload: { until: 9 },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: { errorType: 'TypeError', errorMessage: 'not this time', trace: expect.any(Array) },
    },
  ])
})

test('whose process died or was too slow are tried again too', async () => {
  const records: FailureRecord[] = []
  const destination = (record: FailureRecord): void => void records.push(record)
  const dying = await startFunction('leave', { destination })
  await invoke(dying, { code: 1 }, Event)
  await dying.idle()
  const slow = await startFunction('spin', { destination, timeoutMs: 300, retryDelaysMs: [1] })
  await invoke(slow, {}, Event)
  await slow.idle()
  expect(records.map((record) => [record.requestContext, record.responsePayload])).toMatchObject([
    [{ condition: 'RetriesExhausted', approximateInvokeCount: 3 }, { errorType: 'Runtime.ExitError' }],
    [{ condition: 'RetriesExhausted', approximateInvokeCount: 2 }, { errorType: 'Sandbox.Timedout' }],
  ])
})

test('that succeed at last are told to nobody', async () => {
  const destination = vi.fn()
  const lambda = await startFunction('fail', { destination })
  await invoke(lambda, { until: 3 }, Event)
  await lambda.idle()
  expect(lambda.invocations.map(({ ending }) => ending?.outcome)).toEqual(['error', 'error', 'response'])
  expect(destination).not.toHaveBeenCalled()
})

test('whose retry would come too late are given up at once, with what they answered', async () => {
  const records: FailureRecord[] = []
  const lambda = await startFunction('fail', {
    retryDelaysMs: [3_600_000],
    maximumEventAgeMs: 60_000,
    destination: (record) => records.push(record),
  })
  await invoke(lambda, {}, Event)
  await lambda.idle()
  expect(records).toMatchObject([
    {
      requestContext: { condition: 'EventAgeExceeded', approximateInvokeCount: 1 },
      responsePayload: { errorMessage: 'not this time' },
    },
  ])
})

test('wait while all environments are busy', async () => {
  const gate = await startGate()
  const lambda = await startFunction('wait', { env: { GATE: gate.url }, concurrency: 1 })
  const first = invoke(lambda, 'first')
  await gate.arrived(1)
  await invoke(lambda, 'second', Event)
  await invoke(lambda, 'third', Event)
  gate.waiting[0]?.open('done')
  await first
  await gate.arrived(2)
  expect(lambda.invocations.map(({ event }) => event)).toEqual(['first', 'second'])
  gate.waiting[1]?.open('done')
  await gate.arrived(3)
  gate.waiting[2]?.open('done')
  await lambda.idle()
  expect(gate.waiting.map(({ event }) => event)).toEqual(['first', 'second', 'third'])
})

test('that grew too old while they waited are given up without having run', async () => {
  const records: FailureRecord[] = []
  const gate = await startGate()
  const lambda = await startFunction('wait', {
    env: { GATE: gate.url },
    concurrency: 1,
    maximumEventAgeMs: 50,
    destination: (record) => records.push(record),
  })
  const first = invoke(lambda, 'first')
  await gate.arrived(1)
  await invoke(lambda, 'old', Event)
  const taken = Date.now()
  await expect.poll(() => Date.now() - taken, { timeout: 10_000 }).toBeGreaterThan(50)
  gate.waiting[0]?.open('done')
  await first
  await lambda.idle()
  expect(lambda.invocations.map(({ event }) => event)).toEqual(['first'])
  expect(records).toEqual([
    {
      version: '1.0',
      timestamp: expect.any(String),
      requestContext: {
        requestId: expect.any(String),
        functionArn: `${arn}:$LATEST`,
        condition: 'EventAgeExceeded',
        approximateInvokeCount: 0,
      },
      requestPayload: 'old',
    },
  ])
})

// https://docs.aws.amazon.com/eventbridge/latest/userguide/event-reference.html
test('come from the schedule as EventBridge sends them', async () => {
  const lambda = await startFunction('echo', { env: { AWS_REGION: 'us-east-1' } })
  const requestId = lambda.tick()
  await lambda.idle()
  expect(lambda.invocations).toMatchObject([{ requestId, type: 'Event', ending: { outcome: 'response' } }])
  expect(lambda.invocations[0]?.event).toEqual({
    version: '0',
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '123456789012',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    region: 'us-east-1',
    resources: [`arn:aws:events:us-east-1:123456789012:rule/${functionName}`],
    detail: {},
  })
})

test('are remembered with all others, the latest only, and told as they begin and end', async () => {
  const told: Invocation[] = []
  const lambda = await startFunction('echo', { keep: 2, onInvocation: (one) => told.push(one) })
  await invoke(lambda, 1)
  await invoke(lambda, 2, Event)
  await lambda.idle()
  await invoke(lambda, 3)
  expect(lambda.invocations).toMatchObject([
    { type: 'Event', event: 2, attempt: 1, ending: { cold: false, log: expect.stringContaining('REPORT') } },
    { type: 'RequestResponse', event: 3, attempt: 1, ending: { answer: { event: 3 } } },
  ])
  expect(told.map(({ event, ending }) => [event, ending?.outcome])).toEqual(
    [1, 2, 3].flatMap((event) => [
      [event, undefined],
      [event, 'response'],
    ]),
  )
})

test('that wait are dropped when the sandbox closes', async () => {
  const gate = await startGate()
  const lambda = await startFunction('wait', { env: { GATE: gate.url }, concurrency: 1 })
  await invoke(lambda, 'runs', Event)
  await gate.arrived(1)
  await invoke(lambda, 'waits', Event)
  const idle = lambda.idle()
  await lambda.close()
  await idle
  expect(lambda.invocations.map(({ event, ending }) => [event, ending?.outcome])).toEqual([['runs', 'exit']])
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test, vi } from 'vitest'
import { createLog, type Log } from '../../../src/io/aws/log.ts'

function logTo(lines: string[], secrets: readonly string[] = []): Log {
  return createLog({
    secrets,
    service: 'levity-prod',
    requestId: 'request-7',
    out: (line) => lines.push(line),
  })
}

test('a line is one JSON object as Lambda takes it, and holds no secret however deep, encoded or named', () => {
  const lines: string[] = []
  logTo(lines, ['top+secret', 'x']).write({
    level: 'error',
    message: 'x stands still: top+secret',
    fields: {
      event: 'stopped',
      route: 'x',
      reason: 'GET /?key=top%2Bsecret\nwas refused',
      facts: [{ token: 'top+secret', 'of top+secret': [{ 'top+secret': 1 }] }],
    },
  })
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/^\{.*\}$/)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'ERROR',
    // RFC 3339, which Lambda filters and sorts by: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    message: 'x stands still: (secret)',
    service: 'levity-prod',
    function_request_id: 'request-7',
    event: 'stopped',
    route: 'x',
    reason: 'GET /?key=(secret)\nwas refused',
    facts: [{ token: '(secret)', 'of (secret)': [{ '(secret)': 1 }] }],
  })
})

test.each(['info', 'warn', 'error'] as const)('the level %s is told by its name', (level) => {
  const lines: string[] = []
  logTo(lines).write({ level, message: 'One.', fields: {} })
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: level.toUpperCase(), message: 'One.' })
})

test("Lambda's own log level counts", () => {
  vi.stubEnv('AWS_LAMBDA_LOG_LEVEL', 'ERROR')
  try {
    const lines: string[] = []
    const log = logTo(lines)
    log.write({ level: 'warn', message: 'quiet', fields: {} })
    log.write({ level: 'error', message: 'loud', fields: {} })
    expect(lines.map((line) => JSON.parse(line).message)).toEqual(['loud'])
  } finally {
    vi.unstubAllEnvs()
  }
})

test('what cannot be written, or has nowhere to go, fails no run', () => {
  const none = createLog({
    secrets: [],
    service: 'levity',
    out: () => {
      throw new Error('no room')
    },
  })
  expect(() => none.write({ level: 'info', message: 'One.', fields: {} })).not.toThrow()
  const line = {
    level: 'info',
    message: 'Odd.',
    fields: {
      get broken(): string {
        throw new Error('unreadable')
      },
    },
  } as const
  expect(() => none.write(line)).not.toThrow()
})

const story = (name: string): string => new URL(`../../../src/io/aws/${name}.ts`, import.meta.url).href
/** Logs and counts once its stdout is closed, and says on stderr that it lived on. */
const writesToNobody = `
  import { once } from 'node:events'
  import { createLog } from '${story('log')}'
  import { emitMetrics } from '${story('metrics')}'
  await once(process.stdin, 'data')
  const log = createLog({ secrets: [], service: 'levity' })
  for (let n = 0; n < 50; n++) {
    log.write({ level: 'error', message: 'x'.repeat(10_000), fields: {} })
    emitMetrics([{ name: 'Posted', unit: 'Count', value: 1 }], 'levity')
    await new Promise((done) => setImmediate(done))
  }
  console.error('lives')
  process.exit(0)
`

test('a stdout that is closed fails no run', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', writesToNobody])
  let told = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told += text
  })
  const closed = once(child.stdout, 'close')
  child.stdout.destroy()
  await closed
  child.stdin.write('now\n')
  const [code] = await once(child, 'close')
  expect({ code, told }).toEqual({ code: 0, told: 'lives\n' })
})

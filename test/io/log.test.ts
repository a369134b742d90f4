import { expect, test } from 'vitest'
import { createLog } from '../../src/io/log.ts'

test('a line is one JSON object with its time, and holds no secret however deep or encoded', () => {
  const lines: string[] = []
  const log = createLog(['top+secret', 'x'], (line) => lines.push(line))
  log.write({
    event: 'stopped',
    route: 'x',
    reason: 'GET /?key=top%2Bsecret\nwas refused',
    facts: [{ token: 'top+secret' }],
  })
  expect(lines).toHaveLength(1)
  expect(lines[0]?.split('\n')).toEqual([expect.stringMatching(/^\{.*\}$/), ''])
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    event: 'stopped',
    route: 'x',
    reason: 'GET /?key=(secret)\nwas refused',
    facts: [{ token: '(secret)' }],
  })
})

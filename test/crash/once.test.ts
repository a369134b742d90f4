/** A sample of `once-whole.test.ts`: `npm run once` is killed at writes of its ledger, and at a full disk. */
import { expect, test } from 'vitest'
import { crashOnce } from '../support/once-crash.ts'

const { writes, wrong } = await crashOnce('never')

test('a run that nothing happens to posts everything', () => {
  expect(wrong).toEqual([])
  expect(writes).toBeGreaterThan(10)
})

/** Every fourth write, before and after in turn. */
const samples = Array.from({ length: Math.floor(writes / 4) }, (_, at) => ({
  write: 4 * at + 2,
  when: at % 2 === 0 ? ('before' as const) : ('after' as const),
}))

test.each(samples)('killed $when write $write, nothing is lost and nothing comes twice', async (kill) => {
  expect(await crashOnce(kill)).toMatchObject({ killed: true, wrong: [], err: '' })
})

/** A disk that takes no more: every file may have so many blocks of 512 bytes. */
const limited = (blocks: number) => (command: readonly string[]) => [
  'sh',
  '-c',
  `ulimit -f ${blocks} && exec "$@"`,
  'sh',
  ...command,
]

test.skipIf(process.platform === 'win32').each([40, 64, 120, 200])(
  'a disk that is full at %d blocks: the run says so, and the next one loses nothing',
  async (blocks) => {
    const { killed, wrong, err } = await crashOnce('never', limited(blocks))
    expect({ killed, wrong }).toEqual({ killed: false, wrong: [] })
    expect(err).toMatch(/^main: the ledger file could not be (?:read|written) \(.*ledger\.db\): .*\n$/)
  },
)

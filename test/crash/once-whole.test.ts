/** `npm run once`, killed before and after each of its writes, and ONCE_KILLS times (200 unless said) at a random moment. */
import { expect, test } from 'vitest'
import { crashOnce, type Kill, type OnceAftermath } from '../support/once-crash.ts'

const kills = Number(process.env['ONCE_KILLS'] ?? 200)
const undisturbed = await crashOnce('never')

async function crashAll(name: string, cases: readonly Kill[]): Promise<void> {
  const results: OnceAftermath[] = []
  for (const kill of cases) results.push(await crashOnce(kill))
  const bad = results.flatMap(({ wrong }, at) =>
    wrong.map((sentence) => `${JSON.stringify(cases[at])}: ${sentence}`),
  )
  const count = (word: string): number => bad.filter((sentence) => sentence.includes(word)).length
  const killed = results.filter((one) => one.killed)
  const reached = new Set(killed.map(({ writes }) => writes))
  console.log(
    `${name}: ${killed.length} of ${results.length} runs were killed, with ${[...reached].sort((a, b) => a - b).join(', ')} writes done; ` +
      `${count('double')} doubles, ${count('lost')} lost, ${count('forgotten')} writes forgotten, ${bad.length} wrong in any way`,
  )
  expect(bad).toEqual([])
}

test('each write, before and after', async () => {
  expect(undisturbed.wrong).toEqual([])
  const writes = Array.from({ length: undisturbed.writes }, (_, at) => at + 1)
  await crashAll(
    'each write',
    writes.flatMap((write) => (['before', 'after'] as const).map((when) => ({ write, when }))),
  )
})

test('random moments', async () => {
  const moments = Array.from({ length: kills }, () => ({ afterMs: Math.random() * undisturbed.ms }))
  await crashAll('random moments', moments)
})

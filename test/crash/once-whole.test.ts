/** `npm run once`, killed before and after each of its writes, and ONCE_KILLS times (200 unless said) at a random moment. */
import { expect, test } from 'vitest'
import { crashOnce, type Kill, type OnceAftermath } from '../support/once-crash.ts'

const kills = Number(process.env['ONCE_KILLS'] ?? 200)
const undisturbed = await crashOnce('never')

type Case = { readonly kill: Kill; readonly aftermath: OnceAftermath }
const play = async (kill: Kill): Promise<Case> => ({ kill, aftermath: await crashOnce(kill) })

function judge(name: string, cases: readonly Case[]): void {
  const bad = cases.flatMap(({ kill, aftermath: { wrong } }) =>
    wrong.map((sentence) => `${JSON.stringify(kill)}: ${sentence}`),
  )
  const count = (word: string): number => bad.filter((sentence) => sentence.includes(word)).length
  const killed = cases.map(({ aftermath }) => aftermath).filter((one) => one.killed)
  const reached = [...new Set(killed.map(({ writes }) => writes))].sort((a, b) => a - b)
  console.log(
    `${name}: ${killed.length} of ${cases.length} runs were killed, with ${reached.join(', ')} writes done; ` +
      `${count('double')} doubles, ${count('lost')} lost, ${count('forgotten')} writes forgotten, ${bad.length} wrong in any way`,
  )
  expect(bad).toEqual([])
}

test('each write, before and after', async () => {
  expect(undisturbed.wrong).toEqual([])
  const cases: Case[] = []
  for (let write = 1; write <= undisturbed.writes; write++)
    for (const when of ['before', 'after'] as const) cases.push(await play({ write, when }))
  judge('each write', cases)
})

test('random moments', async () => {
  const cases: Case[] = []
  // A run that is over sooner than its moment comes counts for nothing.
  for (let killed = 0; killed < kills; ) {
    const one = await play({ afterMs: Math.random() * undisturbed.ms })
    cases.push(one)
    if (one.aftermath.killed) killed += 1
  }
  judge('random moments', cases)
})

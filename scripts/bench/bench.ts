/** `npm run bench`: the memory of many large photographs, and what Lambda would bill. It fails above the limit of memory. */

import type { CommandLine, Given } from '../terminal/arguments.ts'
import { createTell, type Surroundings } from '../terminal/command.ts'
import { measureBills } from './lambda.ts'
import { measureMemory } from './memory.ts'

/** A function of 1,024 MB has more than twice as much. */
const mostMegabytes = 350

export const command = {
  name: 'bench',
  says: 'Measures the memory of many large photographs, and what Lambda would bill for a run.',
  options: {},
  exits: { 0: 'all is within its limits', 1: 'it takes too much memory' },
} as const satisfies CommandLine

export async function bench(_: Given<typeof command>, { output, errors }: Surroundings): Promise<number> {
  const [tell, complain] = [createTell(output), createTell(errors)]
  let isWithin = true
  for (const { kind, job, megabytes, ms } of measureMemory(30)) {
    tell(`${kind}, ${job}: ${megabytes} MB at the peak, ${ms} ms an image`)
    if (megabytes < mostMegabytes) continue
    complain(
      `Expected less than ${mostMegabytes} MB for 30 photographs (${kind}, ${job}) but received ${megabytes} MB`,
    )
    isWithin = false
  }
  for (const { what, ms, megabytes } of await measureBills(5)) tell(`${what}: ${ms} ms, ${megabytes} MB`)
  return isWithin ? 0 : 1
}

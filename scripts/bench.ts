/** `npm run bench`: the memory of many large photographs, and what Lambda would bill. It fails above the limit of memory. */
import { measureBills } from './bench/lambda.ts'
import { measureMemory } from './bench/memory.ts'
import type { CommandLine } from './terminal/arguments.ts'
import { run } from './terminal/command.ts'

/** A function of 1,024 MB has room for twice as much. */
const mostMegabytes = 350

const command = {
  name: 'bench',
  says: 'Measures the memory of many large photographs, and what Lambda would bill for a run.',
  options: {},
  exits: { 0: 'all is within its limits', 1: 'it takes too much memory' },
} as const satisfies CommandLine

process.exitCode = await run(command, async () => {
  let isWithin = true
  for (const { kind, job, megabytes, ms } of measureMemory(30)) {
    console.log(`${kind}, ${job}: ${megabytes} MB at the peak, ${ms} ms an image`)
    if (megabytes < mostMegabytes) continue
    console.error(
      `Expected less than ${mostMegabytes} MB for 30 photographs (${kind}, ${job}) but received ${megabytes} MB`,
    )
    isWithin = false
  }
  for (const { what, ms, megabytes } of await measureBills(5))
    console.log(`${what}: ${ms} ms, ${megabytes} MB`)
  return isWithin ? 0 : 1
})

/** `npm run bench`: the memory of many large photographs, and what Lambda would bill. It fails above the limit of memory. */
import { measureBills } from './bench/lambda.ts'
import { measureMemory } from './bench/memory.ts'

/** A function of 1,024 MB has room for twice as much. */
const mostMegabytes = 350

for (const { kind, job, megabytes, ms } of measureMemory(30)) {
  console.log(`${kind}, ${job}: ${megabytes} MB at the peak, ${ms} ms an image`)
  if (megabytes < mostMegabytes) continue
  console.error(
    `Expected less than ${mostMegabytes} MB for 30 photographs (${kind}, ${job}) but received ${megabytes} MB`,
  )
  process.exitCode = 1
}
for (const { what, ms, megabytes } of await measureBills(5)) console.log(`${what}: ${ms} ms, ${megabytes} MB`)

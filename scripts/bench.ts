/** `npm run bench`: measures memory and time. */
import { bench, command } from './bench/bench.ts'
import { run } from './terminal/command.ts'

process.exitCode = await run(command, bench)

/** `npm run once`: one run on this machine. */
import { command, once } from './once/once.ts'
import { run } from './terminal/command.ts'

process.exitCode = await run(command, once)

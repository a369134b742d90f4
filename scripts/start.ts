/** `npm run start`: one run in a sandbox on this machine. */
import { command, start } from './first-run/start.ts'
import { run } from './terminal/command.ts'

process.exitCode = await run(command, start)

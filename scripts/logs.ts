/** `npm run logs`: shows what the deployed function wrote. */
import { command, logs } from './cloud/logs.ts'
import { run } from './terminal/command.ts'

process.exitCode = await run(command, logs)

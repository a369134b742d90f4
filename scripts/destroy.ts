/** `npm run destroy`: removes a stage from AWS. */
import { command, destroy } from './cloud/destroy.ts'
import { run } from './terminal/command.ts'

process.exitCode = await run(command, destroy)

/** `npm run invoke`: runs the deployed function and shows its report. */
import { command, invoke } from './cloud/invoke.ts'
import { run } from './terminal/command.ts'

process.exitCode = await run(command, invoke)

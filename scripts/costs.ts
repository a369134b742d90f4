/** `npm run costs`: prints what a month on AWS costs. */
import { command, costs } from './cloud/costs.ts'
import { run } from './terminal/command.ts'

process.exitCode = await run(command, costs)

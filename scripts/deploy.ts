/** `npm run deploy`: makes or changes a stage on AWS. */
import { deploy } from './cloud/deploy.ts'
import { command } from './cloud/deploy-command.ts'
import { run } from './terminal/command.ts'

process.exitCode = await run(command, deploy)

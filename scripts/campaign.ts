/** `npm run campaign`: plays scenes in which everything goes wrong, and judges what became of every post. */
import { campaign, command } from './campaign/command.ts'
import { run } from './terminal/command.ts'

process.exitCode = await run(command, campaign)

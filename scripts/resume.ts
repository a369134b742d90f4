/** `npm run resume`: starts the schedule of a stage again. */
import { resume, resumeCommand } from './cloud/schedule.ts'
import { run } from './terminal/command.ts'

process.exitCode = await run(resumeCommand, resume)

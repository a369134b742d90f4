/** `npm run pause`: stops the schedule of a stage. */
import { pause, pauseCommand } from './cloud/schedule.ts'
import { run } from './terminal/command.ts'

process.exitCode = await run(pauseCommand, pause)

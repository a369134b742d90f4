/** `npm run resume`: the schedule runs again after `npm run pause`. Exit code 0: so it is. 1: it could not be done. */

import { resume, setSchedule } from './cloud/schedule.ts'
import { run } from './terminal/command.ts'

process.exitCode = await run(resume, (given) =>
  setSchedule(
    given,
    'ENABLED',
    'The schedule runs: the next run takes up everything that was published meanwhile.',
  ),
)

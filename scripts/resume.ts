/** `npm run resume`: the schedule runs again after `npm run pause`. Exit code 0: so it is. 1: it could not be done. */

import { setSchedule } from './cloud/schedule.ts'
import { run } from './terminal/command.ts'

await run(() =>
  setSchedule('ENABLED', 'The schedule runs: the next run takes up everything that was published meanwhile.'),
)

/** `npm run pause`: nothing runs by itself any more, until `npm run resume`. Exit code 0: so it is. 1: it could not be done. */

import { pause, setSchedule } from './cloud/schedule.ts'
import { run } from './terminal/command.ts'

process.exitCode = await run(pause, (given) =>
  setSchedule(
    given,
    'DISABLED',
    'It is paused: nothing runs by itself, and the alarm for silence keeps quiet. `npm run invoke` still runs it; `npm run resume` takes up everything that was published meanwhile.',
  ),
)

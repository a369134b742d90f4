/** `npm run doctor`: a tick or a cross for each thing of each route, and what to do. */
import { command, doctor } from './doctor/doctor.ts'
import { run } from './terminal/command.ts'

process.exitCode = await run(command, doctor)

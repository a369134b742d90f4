/** `npm run plan`: everything that the next run would do. */
import { plan } from './plan/plan.ts'
import { surroundings } from './terminal/command.ts'

process.exitCode = await plan(surroundings())

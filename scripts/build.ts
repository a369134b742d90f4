/** `npm run build`: makes the package that Lambda runs. */
import { build, command } from './build/package.ts'
import { run } from './terminal/command.ts'

process.exitCode = await run(command, build)

/** `npm run dev`: the whole world on this machine until Ctrl-C. */
import { dev } from './dev/dev.ts'
import { command } from './dev/options.ts'
import { run } from './terminal/command.ts'

process.exitCode = await run(command, dev)

/** `npm run ledger`: what the ledger knows of each post, and changes to it by hand. */
import { command } from './ledger/arguments.ts'
import { runLedger } from './ledger/run.ts'
import { run } from './terminal/command.ts'

process.exitCode = await run(command, runLedger)

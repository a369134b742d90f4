/** `npm run pictures`: takes the README's pictures anew. */
import { command, pictures } from './pictures/pictures.ts'
import { run } from './terminal/command.ts'

process.exitCode = await run(command, pictures)

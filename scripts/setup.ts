/**
 * `npm run setup`: asks for the settings of one route step by step, tries them, and writes them to `.env` (`--stage NAME`:
 * `.env.NAME`) in the folder it is started in. Exit code 0: done. 1: something is wrong, and said. 3: there is no terminal, so
 * sign in at the address that was printed and go on with `--code -`. 130: left; the checked answers are saved in `.levity`.
 */
import { setUp } from './setup/set-up.ts'
import { surroundings } from './terminal/command.ts'

process.exitCode = await setUp(surroundings())

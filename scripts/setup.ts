/**
 * `npm run setup`: the settings of one route, asked for and tried step by step, written to `.env` (`--stage NAME`: `.env.NAME`)
 * in the folder it is started in. Exit code 0: done. 1: something is wrong, and said. 3: there is no terminal, so sign in at the
 * address that was printed and go on with `--code -`. 130: left; what was checked is kept in `.levity`.
 */
import { setUp } from './setup/set-up.ts'

process.exitCode = await setUp({
  args: process.argv.slice(2),
  env: process.env,
  folder: process.cwd(),
  input: process.stdin,
  output: process.stdout,
  errors: process.stderr,
  terminal: process.stdin.isTTY === true && process.stdout.isTTY === true,
})

/**
 * `npm run dev`: the whole world on this machine until Ctrl-C: a Tumblr, a Mastodon, a DynamoDB, a Lambda, a schedule, and
 * pages on 127.0.0.1 to see and move it all. After `--`: `--port N`, `--every SECONDS` (0: none), `--ledger FOLDER` (kept;
 * else in memory), `--server FAMILY`, `--empty` (a blog without posts), and settings such as LEVITY_REBLOGS=all.
 * Exit code 0: ended by Ctrl-C. 1: it could not begin. 130: a second Ctrl-C.
 */
import { command, readOptions } from './dev/options.ts'
import { describeLine, greet } from './dev/output.ts'
import { isIdle } from './dev/runs.ts'
import { type Dev, startDev } from './dev/start.ts'
import type { Given } from './terminal/arguments.ts'
import { run as runCommand } from './terminal/command.ts'
import { Refusal } from './terminal/refusal.ts'

/** Resolves with the first signal to end; the second one ends at once. */
const untilEnd = (): Promise<void> =>
  new Promise((done) => {
    const end = (): void => {
      for (const signal of signals) process.on(signal, () => process.exit(130))
      console.log('Ending. Another Ctrl-C does not wait for it.')
      done()
    }
    for (const signal of signals) process.once(signal, end)
  })
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

async function dev(given: Given<typeof command>): Promise<void> {
  const ended = untilEnd()
  const running: Dev = await startDev({
    ...readOptions(given),
    onRun: (run) => {
      if (!isIdle(run.invocation)) console.log(describeLine(run))
    },
    onBuild: (trouble) =>
      console.log(trouble === undefined ? 'The function was built anew.' : `The build failed: ${trouble}`),
  })
  try {
    console.log(greet(running.url, running.world))
    await ended
  } finally {
    await running.close()
  }
}

process.exitCode = await runCommand(command, (given) =>
  dev(given).catch((error: unknown) => {
    throw error instanceof Error ? new Refusal(error.message) : error
  }),
)

/** `npm run dev`: the whole world on this machine until Ctrl-C. */
import type { Given } from '../terminal/arguments.ts'
import type { Surroundings } from '../terminal/command.ts'
import { Refusal } from '../terminal/refusal.ts'
import { type command, readOptions } from './options.ts'
import { describeLine, greet } from './output.ts'
import { isIdle } from './runs.ts'
import { type DevOptions, startDev } from './start.ts'

/** Ends with a signal. Throws Refusal where it cannot begin. */
export async function dev(given: Given<typeof command>, { output }: Surroundings): Promise<void> {
  const print = (line: string): void => void output.write(`${line}\n`)
  const watch = watchSignals(() => print('Ending. Press Ctrl-C again to end at once.'))
  try {
    const running = await start({
      ...readOptions(given),
      onRun: (run) => {
        if (!isIdle(run.invocation)) print(describeLine(run))
      },
      onBuild: (trouble) =>
        print(trouble === undefined ? 'The function was built anew.' : `The build failed: ${trouble}`),
    })
    print(greet(running.url, running.world))
    await watch.first.finally(running.close)
  } finally {
    watch.unwatch()
  }
}

const start = (options: DevOptions): ReturnType<typeof startDev> =>
  startDev(options).catch((error: unknown) => {
    throw error instanceof Error ? new Refusal(error.message) : error
  })

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** `first` resolves with the first signal, which is announced. The second one ends the process at once. */
function watchSignals(announce: () => void): { readonly first: Promise<void>; unwatch(): void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  let heard = false
  const hear = (): void => {
    if (heard) process.exit(130)
    heard = true
    announce()
    resolve()
  }
  for (const signal of signals) process.on(signal, hear)
  return {
    first: promise,
    unwatch: () => {
      for (const signal of signals) process.off(signal, hear)
    },
  }
}

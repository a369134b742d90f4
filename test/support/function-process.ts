/** The built function in a process of its own, that can be killed at any moment. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as v from 'valibot'
import { clockShift } from '../../scripts/sandbox/sandbox.ts'

const driver = fileURLToPath(new URL('./crash-driver.mjs', import.meta.url))

const RanSchema = v.object({
  said: v.literal('ran'),
  error: v.optional(v.string()),
  report: v.optional(
    v.object({
      routes: v.array(v.object({ outcome: v.string(), waiting: v.number(), why: v.optional(v.string()) })),
    }),
  ),
})
const SaidSchema = v.union([RanSchema, v.object({ said: v.picklist(['ready', 'shifted']) })])
type Said = v.InferOutput<typeof SaidSchema>

/** How a run ended: with a report, an error, or (`died`) not at all. */
export type Ended =
  | { readonly is: 'report'; readonly outcome: string; readonly waiting: number; readonly why: string }
  | { readonly is: 'error'; readonly why: string }
  | { readonly is: 'died' }

export interface FunctionProcess {
  /** One invocation. `lifeMs`: what Lambda would give it; undefined is as long as it likes. */
  run(env: Readonly<Record<string, string>>, lifeMs?: number): Promise<Ended>
  /** Sets its clock to the sandbox's while it runs. */
  shift(env: Readonly<Record<string, string>>): Promise<void>
  kill(): void
}

export function startFunction(env: Readonly<Record<string, string>>): FunctionProcess {
  const child = fork(driver, {
    execArgv: ['--import', clockShift],
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  let alive = true
  const heard = new Set<(said: Said | undefined) => boolean>()
  const tell = (said: Said | undefined): void => {
    for (const hear of heard) if (hear(said)) heard.delete(hear)
  }
  child.on('message', (said) => tell(v.parse(SaidSchema, said)))
  child.on('exit', () => {
    alive = false
    tell(undefined)
  })
  const hear = (what: Said['said']): Promise<Said | undefined> =>
    new Promise((done) => {
      heard.add((said) => {
        if (said !== undefined && said.said !== what) return false
        done(said)
        return true
      })
    })
  const ready = hear('ready')
  const ask = async (
    what: 'run' | 'shift',
    given: typeof env,
    lifeMs?: number,
  ): Promise<Said | undefined> => {
    await ready
    if (!alive) return undefined
    const answer = hear(what === 'run' ? 'ran' : 'shifted')
    // A process that was killed just now cannot be told anything; its end answers for it.
    child.send({ ask: what, env: given, ...(lifeMs !== undefined && { lifeMs }) }, () => {})
    return answer
  }
  return {
    run: async (given, lifeMs) => endOf(await ask('run', given, lifeMs)),
    shift: async (given) => {
      await ask('shift', given)
    },
    kill: () => {
      child.kill('SIGKILL')
    },
  }
}

function endOf(said: Said | undefined): Ended {
  if (said?.said !== 'ran') return { is: 'died' }
  const [route] = said.report?.routes ?? []
  if (route === undefined) return { is: 'error', why: said.error ?? 'no report' }
  return { is: 'report', outcome: route.outcome, waiting: route.waiting, why: route.why ?? '' }
}

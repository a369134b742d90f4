/** Answers `{"mode":"doctor"}`: reads the settings as far as that is possible, and examines every route. */
import type { Parameters } from '../../core/config/parameters.ts'
import { parsePossible } from '../../core/config/possible.ts'
import { redact } from '../../core/config/secrets.ts'
import type { Env } from '../../core/config/variables.ts'
import { EventError, parseEvent } from '../../core/event/event.ts'
import type { Report } from '../../core/report/report.ts'
import type { Instruments } from '../../world.ts'
import { examine } from './doctor.ts'

export type Asking = {
  readonly env: Env
  /** What Parameter Store has, or why it could not be read. */
  readonly parameters?: Parameters | undefined
  /** The stage whose ledger it is; undefined for that of a folder. */
  readonly stage?: string | undefined
  /** Mistakes in the settings that the caller has found already. */
  readonly deployProblems?: readonly string[]
}

/** Throws nothing but EventError, without secrets. Whatever else is wrong, outside or in the settings, is a cross in the report. */
export async function diagnose(
  event: unknown,
  { env, parameters, stage, deployProblems }: Asking,
  made: { readonly levity: string; readonly node: string },
  instruments: Instruments,
): Promise<Report> {
  const started = performance.now()
  const settings = parsePossible(env, parameters, deployProblems)
  try {
    const names = settings.routes.map(({ name }) => name)
    const outcome = await examine(parseEvent(event, names), { settings, stage, made }, instruments)
    return { version: made.levity, ms: Math.round(performance.now() - started), ...outcome }
  } catch (error) {
    throw error instanceof EventError ? new EventError(redact(error.message, settings.secrets)) : error
  }
}

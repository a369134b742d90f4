/** The doctor's door: loaded where one is asked for, and wired here. It decides nothing. */

import type { Parameters } from './core/config/parameters.ts'
import { parsePossible } from './core/config/possible.ts'
import { redact } from './core/config/secrets.ts'
import type { Env } from './core/config/variables.ts'
import { EventError, parseEvent } from './core/event/event.ts'
import type { Report } from './core/report/report.ts'
import { versionOfSharp } from './io/image/images.ts'
import { createLedgerClient } from './io/ledger/client.ts'
import { createLedger } from './io/ledger/ledger.ts'
import { createMastodonExam } from './io/mastodon/exam.ts'
import { createTumblr } from './io/tumblr/tumblr.ts'
import { examine, type Instruments } from './stories/doctor/doctor.ts'

export type Asking = {
  readonly env: Env
  /** What Parameter Store has, or why it could not be read. */
  readonly parameters?: Parameters | undefined
  /** The stage whose ledger it is; undefined for that of a folder. */
  readonly stage?: string | undefined
  /** Levity's own. */
  readonly version: string
  /** Mistakes in the settings that whoever asks knows of. */
  readonly strangers?: readonly string[]
  /** Ms that one call may take: a doctor does not wait as long as a run does. */
  readonly callMs?: number
}

/** Throws EventError alone, and no secret is in it: whatever is wrong outside, or in the settings, is a cross. */
export async function diagnose(
  event: unknown,
  { env, parameters, stage, version, strangers, callMs = 10_000 }: Asking,
): Promise<Report> {
  const started = performance.now()
  const settings = parsePossible(env, parameters, strangers)
  const end = new AbortController()
  const client = createLedgerClient()
  const { signal } = end
  const instruments: Instruments = {
    openTumblr: (tumblr, hear) => createTumblr({ ...tumblr, signal, hear, deadlineMs: callMs }),
    openMastodon: (mastodon) =>
      createMastodonExam({ ...mastodon, version, signal, deadlines: { other: callMs } }),
    openLedger: (table, route) => createLedger({ table, route, client }),
    loadSharp: versionOfSharp,
    patienceMs: 1.5 * callMs,
    now: () => Date.now(),
  }
  try {
    const names = settings.routes.map(({ name }) => name)
    const patient = { settings, stage, made: { levity: version, node: process.versions.node } }
    const outcome = await examine(parseEvent(event, names), patient, instruments)
    return { version, ms: Math.round(performance.now() - started), ...outcome }
  } catch (error) {
    throw error instanceof EventError ? new EventError(redact(error.message, settings.secrets)) : error
  } finally {
    end.abort()
    client.destroy()
  }
}

/** What a doctor looks with, opened. */
import type { Instruments } from '../world.ts'
import { versionOfSharp } from './image/images.ts'
import type { LedgerHome } from './ledger/ledger.ts'
import { createMastodonExam } from './mastodon/exam.ts'
import { createTumblr } from './tumblr/tumblr.ts'

/** `callMs`: one call may take so long; a doctor does not wait as long as a run does. `close` ends what is still open. */
export function openInstruments(
  version: string,
  ledgers: LedgerHome,
  callMs = 10_000,
): Instruments & { close(): void } {
  const end = new AbortController()
  const { signal } = end
  return {
    openTumblr: (tumblr, onHeaders) => createTumblr({ ...tumblr, signal, onHeaders, deadlineMs: callMs }),
    openMastodon: (mastodon) =>
      createMastodonExam({ ...mastodon, version, signal, deadlines: { other: callMs } }),
    ledgers,
    loadSharp: versionOfSharp,
    patienceMs: 1.5 * callMs,
    now: () => Date.now(),
    close() {
      end.abort()
      ledgers.close()
    },
  }
}

/** V5: the time is checked against the servers before anything is written. */
import { believedRecord, believedRoute, type Present } from '../../core/clock/believed.ts'
import { type ClockVerdict, judgeHeard } from '../../core/clock/judge.ts'
import { ServiceError } from '../../core/failure/failure.ts'
import type { PostRecord } from '../../core/record/record.ts'
import type { RouteRecord } from '../../core/record/route.ts'
import type { World } from '../../world.ts'

/** Corrects the run's clock by what the servers have said. Where one alone disagrees, Mastodon is asked too. */
export async function checkClock({ clock, mastodon }: World): Promise<ClockVerdict> {
  let verdict = judgeHeard(clock.heard())
  if (verdict.do === 'ask') {
    // A refusal says the time, too.
    await mastodon.fetchAccount().catch(() => undefined)
    verdict = judgeHeard(clock.heard())
  }
  if (verdict.do === 'correct') clock.correct(verdict.ahead)
  if (verdict.do === 'trust') clock.correct(0)
  return verdict
}

/** The failure of a call from before the correction: the end of its rate limit was counted by the wrong clock. */
export function inRightTime(error: unknown, verdict: ClockVerdict): unknown {
  if (verdict.do !== 'correct' || !(error instanceof ServiceError)) return error
  const { retryAt } = error.facts
  if (retryAt === undefined) return error
  return new ServiceError({ ...error.facts, retryAt: retryAt - verdict.ahead }, error.cause)
}

export const presentOf = ({ clock, config }: World): Present => ({
  now: clock.now(),
  sure: clock.isSure(),
  delayMs: config.delayMs,
})

/** What the ledger has, with the times that are believed. */
export const believe = (
  { route, todo }: { readonly route: RouteRecord | undefined; readonly todo: readonly PostRecord[] },
  world: World,
): { readonly route: RouteRecord | undefined; readonly todo: readonly PostRecord[] } => ({
  route: route && believedRoute(route, presentOf(world)),
  todo: todo.map((record) => believedRecord(record, presentOf(world))),
})

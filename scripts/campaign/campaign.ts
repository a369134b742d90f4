/** Plays scene after scene, and remembers what went wrong. */

import { type Verdict, type Word, words } from './aftermath.ts'
import { drawScene } from './draw.ts'
import type { KindName } from './kinds.ts'
import { type Levity, loadLevity } from './levity.ts'
import type { Planted } from './planted.ts'
import { play } from './play.ts'
import type { LedgerKind, Scene } from './scene.ts'
import { shrink } from './shrink.ts'

export type Failed = { readonly scene: Scene; readonly verdicts: readonly Verdict[] }

export type Campaign = {
  readonly scenes: number
  readonly calls: number
  /** Ms of each scene, shortest first. */
  readonly times: readonly number[]
  readonly failed: readonly Failed[]
}

export type Plan = {
  readonly seed: number
  readonly scenes: number
  readonly kinds: readonly KindName[]
  /** The seed chooses unless said. */
  readonly ledger: LedgerKind | undefined
  readonly onFailure?: (failed: Failed) => void
}

export async function runCampaign(plan: Plan, levity: Levity): Promise<Campaign> {
  const failed: Failed[] = []
  const times: number[] = []
  let calls = 0
  for (let seed = plan.seed; seed < plan.seed + plan.scenes; seed++) {
    const started = performance.now()
    const scene = drawScene(seed, plan.kinds, plan.ledger)
    const played = await play(scene, levity)
    calls += played.calls
    times.push(performance.now() - started)
    if (played.verdicts.length === 0) continue
    failed.push({ scene, verdicts: played.verdicts })
    plan.onFailure?.({ scene, verdicts: played.verdicts })
  }
  return { scenes: plan.scenes, calls, times: times.toSorted((a, b) => a - b), failed }
}

/** How many scenes have each word. */
export function countWords(failed: readonly Failed[]): ReadonlyMap<Word, number> {
  return new Map(
    words.map((word) => [
      word,
      failed.filter(({ verdicts }) => verdicts.some((one) => one.word === word)).length,
    ]),
  )
}

/** What tells one cause from another: the word, and why, without names and numbers. */
export const causeOf = ({ word, why }: Verdict): string =>
  `${word} ${why.replace(/https?:\S+/g, '').replace(/[\d.]+/g, '#')}`.slice(0, 160)

/** The smallest scene that still has the first verdict's cause, and all that is said of it. */
export async function shrinkFailed({ scene, verdicts }: Failed, levity: Levity): Promise<Failed> {
  const [first] = verdicts
  if (first === undefined) return { scene, verdicts }
  let found: Failed = { scene, verdicts }
  await shrink(scene, async (smaller) => {
    const played = await play(smaller, levity)
    const same = played.verdicts.filter((one) => causeOf(one) === causeOf(first))
    if (same.length === 0) return false
    found = { scene: smaller, verdicts: same }
    return true
  })
  return found
}

/** How many scenes it took until one failed that does not fail without the fault; undefined where none did. */
export async function findPlanted(
  { change }: Planted,
  plan: Plan,
  plain: Levity,
): Promise<{ readonly scenes: number; readonly failed: Failed } | undefined> {
  const levity = await loadLevity([change])
  for (let n = 0; n < plan.scenes; n++) {
    const scene = drawScene(plan.seed + n, plan.kinds, plan.ledger)
    const { verdicts } = await play(scene, levity)
    if (verdicts.length === 0) continue
    const without = new Set((await play(scene, plain)).verdicts.map(({ word }) => word))
    const own = verdicts.filter(({ word }) => !without.has(word))
    if (own.length > 0) return { scenes: n + 1, failed: { scene, verdicts: own } }
  }
  return undefined
}

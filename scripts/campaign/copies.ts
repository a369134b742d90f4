/** What a person asked for by hand: copies of a post, and parked posts once more. */
import type { PostRecord } from '../../src/core/record/record.ts'
import type { Aftermath } from './aftermath.ts'
import { lostAt } from './lost-ledger.ts'
import { beginning, type Post } from './scene.ts'

/** The records of a post's copies, from the second on. */
export const copiesOf = (key: number, { stage, records }: Aftermath): readonly PostRecord[] =>
  records.filter(({ id, copy }) => id === stage.ids.get(key) && copy > 1)

/** Why a post was parked by any run; undefined where none did. A person may have tried it again since. */
export const reasonOfParking = (key: number, { stage, runs }: Aftermath): string | undefined =>
  runs.flatMap(({ report }) => report?.parked.filter(({ post }) => post === stage.ids.get(key)) ?? [])[0]
    ?.reason

/** Whether a person has named this post: it comes when it is asked for, and in no order. */
export const isNamed = (post: Post, { scene }: Aftermath): boolean =>
  scene.runs.some(({ ask }) => ask !== undefined && ask.do !== 'retry' && ask.post === post.key)

/** A copy that was asked for by a run that ended well, without a word about it, and of which there is no record. */
export function missingCopy({ key, at }: Post, after: Aftermath): number | undefined {
  const id = after.stage.ids.get(key)
  const since = Math.max(beginning + at, lostAt(after) ?? 0)
  const asked = after.runs.flatMap(({ plan: { ask }, dead, report, startedAt }) => {
    if (ask?.do !== 'again' || ask.post !== key || startedAt <= since) return []
    if (dead || report?.outcome !== 'done' || report.skipped.some(({ post }) => post === id)) return []
    return [ask.copy]
  })
  const copies = copiesOf(key, after).map(({ copy }) => copy)
  return asked.find((copy) => !copies.includes(copy))
}

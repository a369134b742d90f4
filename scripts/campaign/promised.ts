/** What Levity promises to survive today, and what it does not yet. */
import { type KindName, kinds } from './kinds.ts'

/** The storm finds faults in each of these: a kind leaves the list when the rule that it needs is built. */
export const notYet: ReadonlySet<KindName> = new Set<KindName>([
  'a lost ledger',
  'deletions are followed',
  'the image host is out',
])

export const promised: readonly KindName[] = (Object.keys(kinds) as KindName[]).filter(
  (name) => !notYet.has(name),
)

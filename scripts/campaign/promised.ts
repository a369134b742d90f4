/** What Levity promises to survive today, and what it does not yet. */
import { type KindName, kinds } from './kinds.ts'

/** Each is found by the storm: a kind leaves this list when the rule is built that it needs. */
export const notYet: ReadonlySet<KindName> = new Set<KindName>([])

export const promised: readonly KindName[] = (Object.keys(kinds) as KindName[]).filter(
  (name) => !notYet.has(name),
)

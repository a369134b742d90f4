/** What Levity promises to survive today, and what it does not yet. */
import { type KindName, kinds } from './kinds.ts'

/** The storm finds faults in each of these: a kind leaves the list when the rule that it needs is built. */
export const notYet: ReadonlySet<KindName> = new Set<KindName>([
  'a lower limit of attachments',
  'a lower limit of characters',
  'a page is empty',
  'a page is short',
  'a post is not found',
  'a short life',
  'a width beyond numbers',
  'back-dated',
  'creates are out',
  'edits are followed',
  'hidden and shown',
  'Mastodon is out',
  'media vanish',
  'one door of Mastodon is out',
  'one post alone is refused',
  'slow uploads',
  'statuses show late',
  'the image host is out',
  'too many requests',
  'uploads are too large',
])

export const promised: readonly KindName[] = (Object.keys(kinds) as KindName[]).filter(
  (name) => !notYet.has(name),
)

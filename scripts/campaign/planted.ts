/** Faults that are planted in Levity one at a time, each by replacing one sentence of src/: the storm must find them. */
import type { Change } from './changed-source.ts'

export type Planted = { readonly fault: string; readonly change: Change }

const plant = (fault: string, from: string, to: string): Planted => ({ fault, change: { from, to } })

export const planted: readonly Planted[] = [
  plant(
    'the look-up is skipped',
    "=== 'sending') return { do: 'look up' }",
    "=== 'sending') return { do: 'send' }",
  ),
  plant(
    'a record is put whether there is one or not',
    "over === undefined ? 'attribute_not_exists(pk)'",
    "over === undefined ? 'attribute_not_exists(pk) OR attribute_exists(pk)'",
  ),
  plant(
    'the version is not asked',
    " : 'version = :version'",
    " : '(version = :version OR version <> :version)'",
  ),
  plant('there is no QUIET', 'export const quietMs = 10 * minutes', 'export const quietMs = 0'),
  plant(
    'one 404 is believed of a status',
    "if (!isMissed(doubted, now)) {\n    const why = 'Mastodon took it",
    "if (doubted.id === '') {\n    const why = 'Mastodon took it",
  ),
  plant(
    'the oldest posts are read without consistency',
    'ConsistentRead: true,\n    ...input',
    'ConsistentRead: false,\n    ...input',
  ),
  plant('the guard is left out', 'if (clock.now() - sentAt > guardMs) {', 'if (sentAt < 0) {'),
  plant(
    'the key has no generation',
    'statuses, generation }: PostRecord): string',
    'statuses }: PostRecord, generation = 1): string',
  ),
  plant('the newest post goes first', 'return open.find((record) => {', 'return open.findLast((record) => {'),
  plant(
    'a post that is always refused is never given up',
    'const isAlone = own && held >= aloneMs',
    'const isAlone = own && held < 0',
  ),
  plant(
    'an outage counts against a post',
    "if (failing.aside === 'served') return 'park'",
    "if (failing.tries > 3) return 'park'",
  ),
  plant(
    'the page is written down before its posts',
    '  const fresh = await note(run, found, { claim',
    '  await saveRoute(run, { page: items, mark: timed(page).length > 0 ? topOf(page) : route.mark })\n' +
      '  const fresh = await note(run, found, { claim',
  ),
  plant(
    '`sending` is not written',
    'const written = await ledger.writePost(sending(record, sentAt))',
    'const written = sending(record, sentAt)',
  ),
  plant(
    'the images are turned round',
    'mediaIds: mediaOfPart(written),',
    'mediaIds: mediaOfPart(written).toReversed(),',
  ),
  plant(
    'the alt text is dropped',
    'const { altText } = image\n',
    'const altText = image.variants.length < 0 ? image.altText : undefined\n',
  ),
  plant(
    'a post by hand is posted again and again',
    '  if (wasPosted(existing)) {',
    '  if (copy > 9 && wasPosted(existing)) {',
  ),
  plant(
    'a create without an answer counts as refused',
    'if (!isDefiniteRefusal(error)) return {',
    'if (!error) return {',
  ),
]

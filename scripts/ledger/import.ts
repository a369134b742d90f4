/** Brings exported records into a ledger, empty or not. What a run wrote is never written over by something older. */

import * as v from 'valibot'
import { type PostRecord, PostRecordSchema } from '../../src/core/record/record.ts'
import type { RouteRecord, Trouble } from '../../src/core/record/route.ts'
import { type Item, postSort, postTodo, routeSort, routeTodo } from '../../src/io/ledger/ledger.ts'
import { Refusal } from '../terminal/refusal.ts'
import type { Exported, StoredPost } from './export-format.ts'
import type { RouteLedger } from './open.ts'
import { isClaimed } from './standing.ts'

export type Imported = {
  readonly put: number
  readonly replaced: number
  /** As they were: the same, newer, or not asked to be replaced. */
  readonly kept: number
  /** Kept because a run works on them. */
  readonly busy: number
  /** The route's own record is the one that was here. */
  readonly routeKept: boolean
}

type Outcome = Exclude<keyof Imported, 'routeKept'>

const importing = 'an import into the ledger is not over, or broke off: import the same file again'
/** Long enough for any import; should it break off, somebody has a day to notice. */
const restMs = 24 * 60 * 60 * 1000
/** Puts under way at once. */
const batch = 20

/**
 * The route rests while its posts come in: a run that knew the route and not yet its posts could post one again. A route
 * that is there already and stays as it is needs no rest.
 */
export async function importRecords(
  routeLedger: RouteLedger,
  { route, posts }: Exported,
  replace: boolean,
): Promise<Imported> {
  const counts = { put: 0, replaced: 0, kept: 0, busy: 0 }
  const before = await routeLedger.ledger.read()
  const now = Date.now()
  const rest: Trouble = { blame: 'route', reason: importing, tries: 1, since: now, retryAt: now + restMs }
  const resting = { ...route.item, sk: routeSort, todo: routeTodo, trouble: rest }
  const own = before.route?.trouble?.reason === importing
  const outcome = own
    ? 'kept'
    : await putRoute(routeLedger, resting, before.route, route.record.version, replace)
  counts[outcome] += 1
  for (let start = 0; start < posts.length; start += batch) {
    const outcomes = await Promise.all(
      posts.slice(start, start + batch).map((post) => putPost(routeLedger, post, replace)),
    )
    for (const one of outcomes) counts[one] += 1
  }
  if (own || outcome !== 'kept') await endRest(routeLedger, route.record.trouble)
  return { ...counts, routeKept: !own && outcome === 'kept' }
}

async function putRoute(
  { items, route }: RouteLedger,
  item: Item & { readonly sk: string },
  here: RouteRecord | undefined,
  version: number,
  replace: boolean,
): Promise<Outcome> {
  if (here && (!replace || here.version >= version)) return 'kept'
  if (await items.put(item, here?.version)) return here ? 'replaced' : 'put'
  throw new Refusal(`A run of ${route} has written into the ledger meanwhile: nothing was imported`, 2)
}

async function putPost(
  { items }: RouteLedger,
  { item, record }: StoredPost,
  replace: boolean,
): Promise<Outcome> {
  const sk = postSort(record)
  const { todo: _, ...rest } = item
  const todo = postTodo(record)
  const whole = { ...rest, sk, ...(todo !== undefined && { todo }) }
  if (await items.put(whole, undefined)) return 'put'
  const here = replace ? await items.fetch(sk) : undefined
  if (here === undefined) return 'kept'
  const there: PostRecord = v.parse(PostRecordSchema, here)
  if (there.version >= record.version) return 'kept'
  if (isClaimed(there, Date.now())) return 'busy'
  return (await items.put(whole, there.version)) ? 'replaced' : 'busy'
}

/** Back to the trouble it had, if any; a run by hand may have written the route since. */
async function endRest({ ledger }: RouteLedger, before: Trouble | undefined): Promise<void> {
  const trouble = before?.reason === importing ? undefined : before
  for (;;) {
    const { route } = await ledger.read()
    if (route?.trouble?.reason !== importing) return
    if (await ledger.writeRoute({ ...route, trouble })) return
  }
}

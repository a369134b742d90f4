/** The story of a listing that may be longer than a run: it keeps its place, and publishes nothing before its bottom (F1). */
import { isFailureOf } from '../../core/failure/failure.ts'
import { listingAfter, restsNow } from '../../core/record/listing.ts'
import type { Listing, RouteRecord } from '../../core/record/route.ts'
import { alreadyPosted } from './already-posted.ts'
import { note } from './note-posts.ts'
import { failedBy, type Reading, readListing } from './read-listing.ts'
import { type RouteRun, saveRoute } from './route-run.ts'

/**
 * Goes on with a listing that keeps its place. True when nothing need wait for it any more: it has reached its bottom, or new
 * posts have waited for it long enough (V7).
 */
export async function goOnListing(run: RouteRun, listing: Listing): Promise<boolean> {
  const { world } = run
  const now = world.clock.now()
  if (restsNow(listing, now)) return false
  const archive = listing.kind === 'archive'
  const { posted, ...reading } = await lookForPosted(run, listing, await readListing(run, listing))
  const fresh = await note(run, reading.found, { archive, posted })
  const { total, short } = run.route
  // V1: every post that Tumblr counts is noted, so none is out of sight.
  const isComplete =
    listing.kind === 'new' && total !== undefined && total + fresh.size === run.page.totalPosts
  const isProven = isComplete && reading.end === 'out of sight'
  const next = isProven ? undefined : listingAfter(listing, reading, now, short)
  const isOver = next?.kind !== listing.kind
  await saveRoute(run, {
    listing: next,
    ...(isOver && listing.kind === 'new' && { mark: listing.top }),
    ...(isOver && reading.end === 'out of sight' && endedUnproven(run.route, listing)),
    // F4: what was noted here is not missing, and starts no deeper listing.
    ...(total !== undefined && !archive && listing.wanted === undefined && { total: total + fresh.size }),
  })
  return isOver
}

/** V1: while the newest page is short too, the end of a listing is believed until that page is whole. */
function endedUnproven({ short }: RouteRecord, { kind, wanted }: Listing): Partial<RouteRecord> {
  if (short === undefined || kind === 'new') return {}
  if (kind === 'archive') return { short: { ...short, archive: true } }
  return { short: { ...short, late: (short.late ?? 0) + (wanted ?? 0) } }
}

type WithPosted = Reading & { readonly posted: ReadonlySet<string> }

/** L4: which posts of an archive were posted before. Where Mastodon cannot say it, the archive rests, and that alone (V7). */
async function lookForPosted(run: RouteRun, listing: Listing, reading: Reading): Promise<WithPosted> {
  if (listing.kind !== 'archive') return { ...reading, posted: new Set() }
  try {
    return { ...reading, posted: await alreadyPosted(run, reading.found) }
  } catch (error) {
    if (!isFailureOf(error, 'Mastodon')) throw error
    const { before, wanted = Number.POSITIVE_INFINITY } = listing
    return { found: [], before, wanted, end: failedBy(error), posted: new Set() }
  }
}

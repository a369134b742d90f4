/** The story of finding what is new: read down from the newest, note it, remember how far (F1 to F4). */
import { compareIds } from '../../core/post/ids.ts'
import { endOf, endsBefore, markOf, samePage, shownOn, timed, topOf } from '../../core/post/page.ts'
import type { Listing, RouteRecord } from '../../core/record/route.ts'
import { canLookDeeper, countIsNews, countMissing } from './count.ts'
import { goOnListing } from './listing.ts'
import { note, noteUnreadable } from './note-posts.ts'
import { readListing } from './read-listing.ts'
import { type RouteRun, saveRoute } from './route-run.ts'

/** Notes what is new; `items`: the newest page as it is to be remembered. Where a listing is not at its bottom yet, `route.listing` says so. */
export async function noteNew(run: RouteRun, items: RouteRecord['page']): Promise<void> {
  if (run.route.listing?.kind === 'new' && !(await goOnListing(run, run.route.listing))) return
  if (samePage(items, run.route.page) && !countIsNews(run)) return
  const { route, page, world } = run
  const known = new Set(shownOn(route.page).map((item) => item.id))
  const isNew = ({ id }: { readonly id: string }): boolean =>
    !known.has(id) && compareIds(id, route.start) > 0
  const found = page.posts.filter(isNew)
  if (found.length > 0 && timed(page).length > 0 && !endsBefore(page, route.mark)) {
    const listing: Listing = { kind: 'new', top: topOf(page), before: endOf(page) + 1, until: route.mark }
    const below = await readListing(run, listing)
    if (below.end === 'bottom') found.push(...below.found.filter(isNew))
    else if (!(await beginListing(run, { ...listing, before: topOf(page) + 1 }))) return
  }
  const unreadable = await noteUnreadable(run, page)
  const fresh = await note(run, found, { claim: run.allSettled && route.listing?.kind !== 'new' })
  const missing = await countMissing(run, fresh, unreadable)
  const late = missing > 0 && canLookDeeper(run)
  const mark = markOf(page, world.clock.now()) ?? route.mark
  await saveRoute(run, {
    page: items,
    mark,
    ...(page.totalPosts !== undefined && { total: late ? page.totalPosts : page.totalPosts - missing }),
    // F4: back-dated posts sink below the first page and are counted all the same.
    ...(late && {
      deeperAt: world.clock.now(),
      listing: { kind: 'late', top: topOf(page), before: endOf(page) + 1, until: 0, wanted: missing },
    }),
  })
}

/** Written before any record, so that no run publishes from the middle of it. */
async function beginListing(run: RouteRun, listing: Listing): Promise<boolean> {
  await saveRoute(run, { listing, ...askedAgain(run.route) })
  return goOnListing(run, listing)
}

/** A route has one listing at a time: the one that gives way begins anew when the new posts are noted. */
function askedAgain({ listing, total, startAs }: RouteRecord): Partial<RouteRecord> {
  if (listing?.kind === 'archive') return { startAs: `${startAs} again` }
  if (listing?.kind !== 'late' || total === undefined) return {}
  return { total: total - (listing.wanted ?? 0), deeperAt: 0 }
}

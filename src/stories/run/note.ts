/** The story of finding what is new: read down from the newest, note it, remember how far (F1 to F4). */
import { compareIds } from '../../core/post/ids.ts'
import { endOf, endsBefore, pageItems, samePage, timed, topOf } from '../../core/post/page.ts'
import { dayMs, type Listing, type RouteRecord } from '../../core/record/route.ts'
import { goOnListing, readDown } from './listing.ts'
import { note, noteUnreadable } from './note-posts.ts'
import { type RouteRun, saveRoute } from './route-run.ts'

/** Notes what is new. Where a listing is not at its bottom yet, `route.listing` says so. */
export async function noteNew(run: RouteRun): Promise<void> {
  if (run.route.listing?.kind === 'new' && !(await goOnListing(run, run.route.listing))) return
  const items = pageItems(run.page, run.world.digest)
  if (samePage(items, run.route.page)) return
  const { route, page, world } = run
  const known = new Set(route.page.map((item) => item.id))
  const onPage = page.posts.filter((post) => !known.has(post.id) && compareIds(post.id, route.start) > 0)
  const found = [...onPage]
  if (found.length > 0 && timed(page).length > 0 && !endsBefore(page, route.mark)) {
    const rest = await readDown(run, endOf(page) + 1, route.mark)
    if (rest === 'too long') {
      const listing: Listing = { kind: 'new', top: topOf(page), before: topOf(page) + 1, until: route.mark }
      // Written before any record, so that no run publishes from the middle of it.
      await saveRoute(run, { listing, ...askedAgain(route) })
      await goOnListing(run, listing)
      return
    }
    found.push(...rest.filter((post) => !known.has(post.id) && compareIds(post.id, route.start) > 0))
  }
  await noteUnreadable(run, page)
  const fresh = await note(run, found, { claim: run.allSettled && route.listing?.kind !== 'new' })
  const top = Math.max(route.mark, timed(page).length > 0 ? topOf(page) : 0)
  const missing = Math.max(0, (page.totalPosts ?? 0) - (route.total ?? 0) - fresh)
  const late =
    missing > 0 &&
    timed(page).length > 0 &&
    route.listing === undefined &&
    world.clock.now() - (route.deeperAt ?? 0) > dayMs
  await saveRoute(run, {
    page: items,
    mark: top,
    ...(page.totalPosts !== undefined && { total: late ? page.totalPosts : page.totalPosts - missing }),
    // F4: back-dated posts sink below the first page and are counted all the same.
    ...(late && {
      deeperAt: world.clock.now(),
      listing: { kind: 'late', top, before: endOf(page) + 1, until: 0, wanted: missing },
    }),
  })
}

/** A route has one listing at a time: the one that gives way begins anew when the new posts are noted. */
function askedAgain({ listing, total, startAs }: RouteRecord): Partial<RouteRecord> {
  if (listing?.kind === 'archive') return { startAs: `${startAs} again` }
  if (listing?.kind !== 'late' || total === undefined) return {}
  return { total: total - (listing.wanted ?? 0), deeperAt: 0 }
}

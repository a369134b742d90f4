/** V1: whether the newest page is believed. Tumblr sometimes shows fewer posts than there are, or none. */
import { isBelievedGone } from '../../core/failure/absence.ts'
import { compareIds } from '../../core/post/ids.ts'
import { gapOf, lowestOf, pageItems, samePage, shownOn } from '../../core/post/page.ts'
import type { RouteRecord } from '../../core/record/route.ts'
import { countIsNews } from './count.ts'
import { type RouteRun, saveRoute } from './route-run.ts'

/**
 * A page that is empty or too short is believed an hour after the first look. Some blogs count more posts than they ever show:
 * what was believed once stays so, until more posts are missing.
 */
export async function believePage(run: RouteRun): Promise<boolean> {
  const { world, route } = run
  const gap = gapOfPage(run)
  const { short } = route
  const now = world.clock.now()
  if (gap === 0) {
    if (short !== undefined) await saveRoute(run, whole(route, short))
    return true
  }
  if (short !== undefined && gap <= short.gap) return isBelievedGone(short.since, now)
  await saveRoute(run, { short: { ...short, gap, since: now } })
  return false
}

const gapOfPage = ({ world, page, route }: RouteRun): number =>
  gapOf(page, route.page, world.tumblr.pageLength)

/** What ended without proof while the page was short begins anew. */
const whole = (
  { startAs, total }: RouteRecord,
  { archive, late }: NonNullable<RouteRecord['short']>,
): Partial<RouteRecord> => ({
  short: undefined,
  ...(archive && { startAs: `${startAs} again` }),
  ...(late !== undefined && total !== undefined && { total: total - late, deeperAt: 0 }),
})

/** The newest page by id and digest. What a short page leaves out at its end stays as it was noted. */
export function itemsOf(run: RouteRun): RouteRecord['page'] {
  const { world, page, route } = run
  const items = pageItems(page, world.digest)
  if (gapOfPage(run) === 0) return items
  const shown = new Set(items.map(({ id }) => id))
  const lowest = lowestOf(page)
  const below = shownOn(route.page).filter(
    ({ id }) => !shown.has(id) && (lowest === undefined || compareIds(id, lowest) < 0),
  )
  return [...items, ...below].slice(0, world.tumblr.pageLength)
}

/** Whether the newest page asks for anything: it shows something else, it counts other posts, or a post is missing long enough. */
export function pageIsNews(run: RouteRun): boolean {
  const { world, page, route } = run
  const isDue =
    world.config.follow.deletions &&
    page.length > 0 &&
    route.page.some(({ missingSince }) => isBelievedGone(missingSince, world.clock.now()))
  return isDue || countIsNews(run) || !samePage(itemsOf(run), shownOn(route.page))
}

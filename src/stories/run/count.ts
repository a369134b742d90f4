/** F4: whether Tumblr counts posts that no run has noted, such as back-dated ones, which sink below the newest page. */
import { compareIds } from '../../core/post/ids.ts'
import { lowestOf, shownOn, showsAll, timed } from '../../core/post/page.ts'
import { dayMs } from '../../core/record/route.ts'
import { findPost, type RouteRun } from './route-run.ts'

/** One listing at a time, and a deeper one once a day at most. */
export const canLookDeeper = ({ route, page, world }: RouteRun): boolean =>
  route.listing === undefined && timed(page).length > 0 && world.clock.now() - (route.deeperAt ?? 0) > dayMs

/** Whether the count alone, on an unchanged page, gives a run something to do or to write down. */
export function countIsNews(run: RouteRun): boolean {
  const { totalPosts } = run.page
  const { total } = run.route
  if (totalPosts === undefined || total === undefined || totalPosts === total) return false
  // After a deletion it is lower. Else one back-dated post would only make up for it.
  return totalPosts < total || showsAll(run.page) || canLookDeeper(run)
}

/** How many posts are counted and not noted. `fresh`: those that this run has noted, and `unreadable` more. */
export async function countMissing(
  run: RouteRun,
  fresh: ReadonlySet<string>,
  unreadable: number,
): Promise<number> {
  const { page, route } = run
  if (page.totalPosts === undefined || showsAll(page)) return 0
  const expected = (route.total ?? page.totalPosts) + fresh.size + unreadable + countBack(run, fresh)
  const vanished = vanishedFrom(run)
  if (page.totalPosts - expected + vanished.length <= 0) return 0
  const gone = await Promise.all(vanished.map((id) => isGone(run, id)))
  return Math.max(0, page.totalPosts - expected + gone.filter((one) => one).length)
}

/** Posts that the noted page showed and this one does not, though they would not have been pushed off it. */
function vanishedFrom({ page, route }: RouteRun): readonly string[] {
  const lowest = lowestOf(page)
  const shown = idsOf(page)
  return shownOn(route.page)
    .map(({ id }) => id)
    .filter((id) => !shown.has(id) && lowest !== undefined && compareIds(id, lowest) > 0)
}

/** How many posts were hidden and are shown again. */
function countBack({ page, route }: RouteRun, fresh: ReadonlySet<string>): number {
  const shown = idsOf(page)
  return route.page.filter(({ id, missing }) => missing && shown.has(id) && !fresh.has(id)).length
}

const idsOf = ({ posts, unreadable }: RouteRun['page']): ReadonlySet<string | undefined> =>
  new Set([...posts, ...unreadable].map(({ id }) => id))

/** A post that Tumblr cannot give counts as there: nothing else need wait for it. */
const isGone = (run: RouteRun, id: string): Promise<boolean> =>
  findPost(run, id).then(
    (post) => post === undefined,
    () => false,
  )

/** What a ledger holds, route by route: for a terminal, or as JSON. */
import type { RouteRecord } from '../../src/core/record/route.ts'
import { bold } from '../terminal/screen.ts'
import { plain } from '../terminal/wrap.ts'
import type { RouteLedger } from './open.ts'
import {
  countStates,
  describeRecord,
  describeStanding,
  describeTotals,
  isShown,
  type ListedPost,
  type State,
  type Totals,
} from './standing.ts'
import { drawTable } from './table.ts'

export type ListedRoute = {
  readonly route: string
  /** Undefined where no run of this route has written yet. */
  readonly record: RouteRecord | undefined
  /** Of everything, whatever is shown. */
  readonly totals: Totals
  /** Oldest first. */
  readonly posts: readonly ListedPost[]
}

export async function readRoute(
  { ledger, route }: RouteLedger,
  { state, last }: { readonly state?: State; readonly last?: number },
): Promise<ListedRoute> {
  const { route: record } = await ledger.read()
  const now = Date.now()
  const all: ListedPost[] = []
  for await (const post of ledger.posts()) all.push(describeRecord(post, record, now))
  const shown = all.filter((post) => isShown(post.state, state))
  return {
    route,
    record,
    totals: countStates(all.map((post) => post.state)),
    posts: last === undefined ? shown : shown.slice(-last),
  }
}

/** `width` in columns. */
export function drawRoute({ route, record, totals, posts }: ListedRoute, width: number): string {
  const standing = record
    ? describeStanding(record, Date.now())
    : ['No run of this route has written a ledger here yet']
  return [
    bold(route),
    ...standing.map((line) => `  ${plain(line)}`),
    `  ${describeTotals(totals)}`,
    ...drawTable(posts, width),
  ].join('\n')
}

const iso = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString()

/** For machines: times as ISO 8601. */
export const routeAsJson = ({ route, record, totals, posts }: ListedRoute): object => ({
  route,
  standing: record ? standingAsJson(record) : null,
  totals,
  posts: posts.map(({ at, ...post }) => ({ ...post, at: iso(at) })),
})

const standingAsJson = ({
  blog,
  server,
  start,
  startAs,
  succeededAt,
  trouble,
  listing,
}: RouteRecord): object => ({
  blog: blog.name,
  account: server?.account.url,
  start,
  startAs,
  succeededAt: iso(succeededAt),
  ...(trouble && {
    trouble: { ...trouble, since: iso(trouble.since), retryAt: iso(trouble.retryAt) },
  }),
  ...(listing && { listing: { kind: listing.kind, before: iso(listing.before * 1000) } }),
})

/** How long a post waited for which nothing outside accounts: what is left is another post's fault, or Levity's. */
import type { Aftermath } from './aftermath.ts'
import { lostAt } from './lost-ledger.ts'
import { beginning, hour, minute, type Post } from './scene.ts'

type Span = { readonly from: number; readonly until: number }

/** After an outage the route rests for at most an hour, and the next run comes. */
const rest = 90 * minute
/** Runs that come at least so often are asked of nobody to come oftener. */
const often = 70 * minute

export function waitedMs(post: Post, createdAt: number, after: Aftermath): number {
  const { scene, runs } = after
  // An archive takes its time.
  const lost = lostAt(after)
  if (post.at < 0 || (lost !== undefined && beginning + post.at <= lost)) return 0
  const shownAt = Math.max(post.at, post.hidden?.until ?? 0)
  const from = beginning + shownAt
  // A run of one post does nothing for the others.
  const whole = runs
    .filter(({ dead, plan: { ask } }) => !dead && (ask === undefined || ask.do === 'retry'))
    .map(({ startedAt }) => startedAt)
  const gaps = whole.flatMap((at, n): Span[] => {
    const next = whole[n + 1] ?? createdAt
    return next - at > often ? [{ from: at + often, until: next }] : []
  })
  const weather = scene.weather
    // A replica that lags is no outage: Levity asks for consistency.
    .filter((one) => one.sky.is !== 'stale' && (one.post === undefined || one.post === post.key))
    .map((one) => ({ from: beginning + one.from, until: beginning + one.until + rest }))
  const limits = scene.acts.flatMap((act) =>
    act.do === 'limit' ? [{ from: beginning + act.at, until: beginning + act.until + rest }] : [],
  )
  // Back-dated posts are looked for once a day.
  const lookedFor = post.dated === undefined && !post.hidden ? 0 : 26 * hour
  const before = scene.posts.filter(({ at }) => at <= post.at)
  const uploads = before.reduce((sum, { images }) => sum + images, 0)
  // Three hours for the one before it, and then the next run.
  const pause = Math.max(0, ...whole.slice(1).map((at, n) => Math.min(often, at - (whole[n] ?? at))))
  const slow = pause + 3 * uploads * scene.pace.upload + 20 * minute * before.length
  return outside({ from, until: createdAt }, [...gaps, ...weather, ...limits]) - lookedFor - slow
}

/** Ms of a span that lie in none of the others. */
function outside({ from, until }: Span, others: readonly Span[]): number {
  let left = 0
  let at = from
  for (const span of others.toSorted((a, b) => a.from - b.from)) {
    if (span.from > at) left += Math.max(0, Math.min(span.from, until) - at)
    at = Math.max(at, span.until)
    if (at >= until) return left
  }
  return left + Math.max(0, until - at)
}

/** How long a post waited for which nothing outside accounts: what is left is another post's fault, or Levity's. */
import type { Aftermath } from './aftermath.ts'
import { lostAt } from './lost-ledger.ts'
import { beginning, hour, minute, type Post } from './scene.ts'

type Span = { readonly from: number; readonly until: number }

/** How long one post may hold up the others. */
export const mostMs = 4 * hour
/** After an outage the route rests for at most an hour, and the next run comes. */
const rest = 90 * minute
/** Runs that come at least so often are asked of nobody to come oftener: three hours for another post, and then the next run. */
const often = hour
/** A claim that nobody gave back, QUIET, or a second look: each ends before so long, and the next run comes. */
const pause = 20 * minute

export function waitedMs(post: Post, createdAt: number, after: Aftermath): number {
  const { scene, runs } = after
  // An archive takes its time.
  const lost = lostAt(after)
  if (post.at < 0 || (lost !== undefined && beginning + post.at <= lost)) return 0
  const shownAt = Math.max(post.at, post.hidden?.until ?? 0)
  // A run of one post does nothing for the others.
  const whole = runs
    .filter(({ dead, plan: { ask } }) => !dead && (ask === undefined || ask.do === 'retry'))
    .map(({ startedAt }) => startedAt)
  // Until a run has seen it, it waits for nobody.
  const from = whole.find((at) => at >= beginning + shownAt) ?? createdAt
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
  // A run that was killed or stood still has the post until its claim ends.
  const cut = runs.flatMap(({ plan: { fate }, startedAt }) => {
    if (fate === undefined) return []
    const stood = fate.is === 'frozen' ? fate.ms : 0
    return [{ from: startedAt, until: startedAt + stood + pause }]
  })
  // Back-dated posts are looked for once a day.
  const lookedFor = post.dated === undefined && !post.hidden ? 0 : 26 * hour
  // Each post before it with a fault of its own may hold it up as long as one may.
  const faulty = scene.posts.filter(
    ({ key, at, spoilt }) =>
      key !== post.key && at <= post.at && (spoilt || scene.weather.some((one) => one.post === key)),
  )
  const others = mostMs * Math.max(0, faulty.length - 1)
  // A try that is due shortly after a run waits for the next one.
  const intervals = whole.flatMap((at, n) =>
    at >= from && at < createdAt ? [Math.min(often, (whole[n + 1] ?? createdAt) - at)] : [],
  )
  const coarse = Math.max(0, ...intervals.filter((ms) => ms > hour / 2))
  const waited = outside({ from, until: createdAt }, [...gaps, ...weather, ...limits, ...cut])
  return waited - lookedFor - others - coarse - slowMs(post, scene)
}

/** Ms that the server takes for this post and all before it, however well it is. */
function slowMs(post: Post, { posts, pace, server, acts }: Aftermath['scene']): number {
  const before = posts.filter(({ at }) => at <= post.at)
  const uploads = before.reduce((sum, { images }) => sum + images, 0)
  const looks = server.showLate === undefined && server.landLate === undefined ? 0 : before.length
  const drops = acts.filter((act) => act.do === 'drop').length
  return 3 * uploads * pace.upload + pause * (looks + drops)
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

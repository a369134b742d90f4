/** Tumblr's key, and what is left of its limits. */
import type { KeyLimit } from '../failure/rate-limit.ts'
import type { Check } from '../report/report.ts'
import { describeSpan } from '../report/when.ts'
import { crossForNotAsked, type Finding, refusedBy, tryLater } from './finding.ts'

const check = 'key'

export function judgeKey(
  asked: Finding<unknown>,
  limits: readonly KeyLimit[],
  { now, signed }: { readonly now: number; readonly signed: boolean },
): Check {
  if (asked.is === 'not asked') return crossForNotAsked(check)
  const spent = limits.filter(({ left }) => left === 0)
  if (spent.length > 0 || (asked.is === 'failed' && asked.facts?.status === 429))
    return {
      check,
      ok: false,
      says: `its limits are used up; ${describe(spent.length > 0 ? spent : limits, now)}`,
      todo: 'wait until then; a key that another program uses too is better registered anew, for Levity alone (https://www.tumblr.com/oauth/apps)',
    }
  if (refusedBy(asked)?.status === 401)
    return {
      check,
      ok: false,
      says: 'Tumblr does not know it (HTTP 401)',
      todo: `copy the OAuth consumer key from https://www.tumblr.com/oauth/apps to TUMBLR_CONSUMER_KEY once more${signed ? '; TUMBLR_CONSUMER_SECRET, TUMBLR_TOKEN and TUMBLR_TOKEN_SECRET must be of the same application' : ''}`,
    }
  // If Tumblr refused something else, it knew the key.
  if (asked.is === 'failed' && refusedBy(asked) === undefined)
    return { check, ok: false, says: 'it is not known: Tumblr did not answer', todo: tryLater }
  return { check, ok: true, says: `Tumblr takes it; ${describe(limits, now)}` }
}

function describe(limits: readonly KeyLimit[], now: number): string {
  if (limits.length === 0) return 'Tumblr does not say what is left of its limits'
  const spans = limits.map(({ per, most, left, resetAt }) => {
    const until = left > 0 || resetAt === undefined ? '' : `, all again in ${describeSpan(resetAt - now)}`
    return `${left.toLocaleString('en')} of ${most.toLocaleString('en')} ${per === 'hour' ? 'this hour' : 'today'}${until}`
  })
  return `requests left: ${spans.join(', ')}`
}

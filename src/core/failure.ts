/** One class for everything that can go wrong at an edge, and what to do about it. */

export type Service = 'Tumblr' | 'Mastodon' | 'DynamoDB' | 'the image host' | 'the image'

export type FailureFacts = {
  readonly service: Service
  /** What was being tried, to finish "Expected … to …": e.g. `list posts of art`. Never holds a secret. */
  readonly doing: string
  /** Undefined when nobody answered. */
  readonly status?: number
  /** `json`: an envelope that names a cause. `other`: HTML, text, nothing readable. `nothing`: no answer at all. */
  readonly answer: 'json' | 'other' | 'nothing'
  /** The other side's own words, without secrets, at most a few hundred characters. */
  readonly reason: string
  /** The other side's own number for the cause (Tumblr: 4012, …). */
  readonly code?: number
  /** Ms since 1970: when a rate limit ends. */
  readonly retryAt?: number
  /** A 401 although the token was shown to work right after. */
  readonly tokenWorks?: boolean
}

export class ServiceError extends Error {
  readonly facts: FailureFacts
  constructor(facts: FailureFacts, cause?: unknown) {
    const status = facts.status === undefined ? 'no answer' : `HTTP ${facts.status}`
    super(`${facts.service} could not ${facts.doing}: ${status}, ${facts.reason}`, { cause })
    this.name = 'ServiceError'
    this.facts = facts
  }
}

export type Verdict =
  /** The post's own: counted, and parked after five. */
  | { readonly blame: 'post'; readonly reason: string }
  /** An outage or a rate limit: the route backs off, nothing is counted. `retryAt` (ms) is a limit's own end. */
  | { readonly blame: 'outside'; readonly reason: string; readonly retryAt?: number }
  /** Token, key, blog, configuration: the route stops, loudly. */
  | { readonly blame: 'route'; readonly reason: string }

const limited = (status: number | undefined): boolean => status === 429
const definite = (facts: FailureFacts): boolean =>
  facts.answer === 'json' &&
  facts.status !== undefined &&
  facts.status >= 400 &&
  facts.status < 500 &&
  facts.status !== 408

/** Media that are attached already, or gone: the create before this one may have landed (facts: mastodon.md 2.4, 2.6). */
export function saysMediaMissing(error: unknown): boolean {
  if (!(error instanceof ServiceError)) return false
  return (
    /media/i.test(error.facts.reason) &&
    /not found|already attached|could not be found/i.test(error.facts.reason)
  )
}

/** E5: after a definite refusal nothing was created, for certain; every other failure of a create call leaves its outcome unknown. */
export function isDefiniteRefusal(error: unknown): boolean {
  return error instanceof ServiceError && definite(error.facts) && !saysMediaMissing(error)
}

/** Who is to blame, and so what is counted. Anything that is no ServiceError is a fault of ours, met on this post. */
export function judgeFailure(error: unknown): Verdict {
  if (!(error instanceof ServiceError)) {
    return { blame: 'post', reason: error instanceof Error ? error.message : String(error) }
  }
  const { facts, message: reason } = error
  if (limited(facts.status))
    return { blame: 'outside', reason, ...(facts.retryAt !== undefined && { retryAt: facts.retryAt }) }
  if (facts.service === 'DynamoDB') return { blame: 'outside', reason }
  if (facts.service === 'the image') return { blame: 'post', reason }
  // One image that answers 500 for ever must not hold up the route for ever; a host that is silent is an outage.
  if (facts.service === 'the image host')
    return { blame: facts.answer === 'nothing' ? 'outside' : 'post', reason }
  if (!definite(facts))
    return { blame: facts.status === undefined || !unprocessable(facts) ? 'outside' : 'post', reason }
  if (facts.service === 'Tumblr') return { blame: 'route', reason }
  if ((facts.status === 401 && facts.tokenWorks !== true) || facts.status === 403)
    return { blame: 'route', reason }
  return { blame: 'post', reason }
}

/** Mastodon says 500 where it cannot process an image, and means it (facts: mastodon.md 2.3). */
const unprocessable = (facts: FailureFacts): boolean =>
  facts.answer === 'json' && /processing thumbnail/i.test(facts.reason)

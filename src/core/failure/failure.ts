/** One class for every failure of a service, and what to do about it. */

export type Service =
  | 'Tumblr'
  | 'Mastodon'
  | 'the image host'
  | 'the image'
  | 'DynamoDB'
  | 'the ledger file'
  | 'Parameter Store'
  | 'Lambda'

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
  /** Whether the token worked right after this failure: some servers answer 401 to a bad image, and 422 to a bad token. Absent where that was not tried. */
  readonly tokenWorks?: boolean
  /** The refusal of a create call names one of the media ids that were sent. So it is about media, whatever the server's language. */
  readonly namesMedia?: boolean
  /** No later try can succeed: Levity's own refusal, or bytes that no decoder reads. */
  readonly permanent?: true
}

/** The most common error codes in plain words: https://nodejs.org/api/errors.html#common-system-errors */
const plainWords: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', 'no server was found by that name'],
  ['EAI_AGAIN', 'its name cannot be looked up at present'],
  ['ECONNREFUSED', 'nothing takes connections at that address'],
])

export class ServiceError extends Error {
  readonly facts: FailureFacts
  constructor(facts: FailureFacts, cause?: unknown) {
    const status =
      facts.status !== undefined ? `HTTP ${facts.status}, ` : facts.answer === 'nothing' ? 'no answer, ' : ''
    const plain = plainWords.get(facts.reason)
    super(
      `${facts.service} could not ${facts.doing}: ${status}${facts.reason}${plain ? ` (${plain})` : ''}`,
      { cause },
    )
    this.name = 'ServiceError'
    this.facts = facts
  }
}

/** V2: no comparison is needed, and none would help. */
export const isPermanent = (error: unknown): boolean =>
  error instanceof ServiceError && error.facts.permanent === true

export const isFailureOf = (error: unknown, service: Service): boolean =>
  error instanceof ServiceError && error.facts.service === service

/** The ledger itself cannot be used: there is nothing to write to. */
export const isLedgerOut = (error: unknown): boolean =>
  error instanceof ServiceError &&
  (error.facts.service === 'DynamoDB' || error.facts.service === 'the ledger file')

/** No post can be sent with it. */
export const isTokenDead = (error: unknown): boolean =>
  error instanceof ServiceError && error.facts.tokenWorks === false

export type Verdict =
  /** The answer speaks of this post. Whether it is true, only a comparison with others tells (V2). */
  | { readonly blame: 'post'; readonly reason: string }
  /** An outage or a rate limit: the route backs off. `retryAt` (ms) is a limit's own end. */
  | { readonly blame: 'outside'; readonly reason: string; readonly retryAt?: number }
  /** Token, key, blog, configuration: the route stops, loudly. */
  | { readonly blame: 'route'; readonly reason: string }

const definite = ({ answer, status }: FailureFacts): boolean =>
  answer === 'json' && status !== undefined && status >= 400 && status < 500 && status !== 408

/**
 * Media that are attached already, or gone: the create before this one may have landed.
 * Mastodon says so since 4.3: https://github.com/mastodon/mastodon/pull/31681
 */
export function saysMediaMissing(error: unknown): boolean {
  if (!(error instanceof ServiceError) || error.facts.service !== 'Mastodon') return false
  if (isStillProcessing(error)) return false
  const { namesMedia, reason } = error.facts
  return namesMedia === true || (/media/i.test(reason) && /not found|already attached/i.test(reason))
}

/** The server is still processing an image. Nothing was created, and the same media ids can be sent later. */
export function isStillProcessing(error: unknown): boolean {
  return (
    error instanceof ServiceError &&
    error.facts.service === 'Mastodon' &&
    definite(error.facts) &&
    /not finished processing/i.test(error.facts.reason)
  )
}

/**
 * The hashtag (without `#`) that the server's administrators have banned and for which the status was refused. The first, if several are named.
 * https://github.com/mastodon/mastodon/blob/main/config/locales/en.yml (`disallowed_hashtags`)
 */
export function disallowedHashtag(error: unknown): string | undefined {
  if (!(error instanceof ServiceError) || !definite(error.facts)) return undefined
  return /disallowed hashtags?:?\s+[#＃]?([^\s,#]+)/iu.exec(error.facts.reason)?.[1]
}

/** E5: after a definite refusal nothing was created, for certain; every other failure of a create call leaves its outcome unknown. */
export function isDefiniteRefusal(error: unknown): boolean {
  return error instanceof ServiceError && definite(error.facts) && !saysMediaMissing(error)
}

/** What one answer says about whose fault a failure is. An error that is no ServiceError is a bug of Levity's, met at one post. */
export function judgeFailure(error: unknown): Verdict {
  if (!(error instanceof ServiceError)) {
    return { blame: 'post', reason: error instanceof Error ? error.message : String(error) }
  }
  const { facts, message: reason } = error
  if (facts.status === 429) {
    return { blame: 'outside', reason, ...(facts.retryAt !== undefined && { retryAt: facts.retryAt }) }
  }
  switch (facts.service) {
    case 'DynamoDB':
    case 'the ledger file':
    case 'Parameter Store':
    case 'Lambda':
      return { blame: 'outside', reason }
    case 'the image':
      return { blame: 'post', reason }
    case 'the image host':
      return { blame: facts.answer === 'nothing' || (facts.status ?? 0) >= 500 ? 'outside' : 'post', reason }
    case 'Tumblr':
      return { blame: definite(facts) ? 'route' : 'outside', reason }
    case 'Mastodon':
      return { blame: blameOnMastodon(facts), reason }
  }
}

function blameOnMastodon(facts: FailureFacts): Verdict['blame'] {
  if (facts.tokenWorks === false) return 'route'
  if (!definite(facts)) return saysImageIsBad(facts) ? 'post' : 'outside'
  if (facts.status === 403 || (facts.status === 401 && facts.tokenWorks !== true)) return 'route'
  return 'post'
}

/** Mastodon answers 500 for an image that it cannot process, and will not take it later either: https://github.com/mastodon/mastodon/blob/main/app/controllers/api/v2/media_controller.rb */
const saysImageIsBad = (facts: FailureFacts): boolean =>
  facts.answer === 'json' && /processing thumbnail/i.test(facts.reason)

/** Rate limits in fixed windows of the sandbox's clock (https://github.com/mastodon/mastodon/blob/main/config/initializers/rack_attack.rb). */

import type { Clock } from '../switchboard.ts'
import { MastodonRefusal } from './refusal.ts'
import type { Bucket, Traits } from './traits.ts'

type Standing = { readonly limit: number; readonly left: number; readonly resetAt: number }

export class Rates {
  readonly #traits: Traits
  readonly #clock: Clock
  readonly #used = new Map<string, number>()

  constructor(traits: Traits, clock: Clock) {
    this.#traits = traits
    this.#clock = clock
  }

  /** Counts one call, and refuses it where the bucket is empty. */
  take(bucket: Bucket): void {
    const standing = this.#look(bucket)
    if (!standing) return
    if (standing.left === 0) throw new MastodonRefusal('limited', 'Too many requests')
    const window = `${bucket} ${standing.resetAt}`
    this.#used.set(window, (this.#used.get(window) ?? 0) + 1)
  }

  /** The headers of the bucket that is nearest to its end. As on the real server, there is no Retry-After. */
  headers(buckets: readonly Bucket[]): Readonly<Record<string, string>> {
    const standings = buckets.flatMap((bucket) => this.#look(bucket) ?? [])
    const [closest] = standings.sort((a, b) => a.left - b.left)
    if (!closest) return {}
    return {
      'x-ratelimit-limit': String(closest.limit),
      'x-ratelimit-remaining': String(closest.left),
      'x-ratelimit-reset': new Date(closest.resetAt).toISOString().replace('Z', '000Z'),
    }
  }

  #look(bucket: Bucket): Standing | undefined {
    const rate = this.#traits.rateLimits[bucket]
    if (!rate) return undefined
    const resetAt = (Math.floor(this.#clock.now() / rate.every) + 1) * rate.every
    const used = this.#used.get(`${bucket} ${resetAt}`) ?? 0
    return { limit: rate.limit, left: Math.max(0, rate.limit - used), resetAt }
  }
}

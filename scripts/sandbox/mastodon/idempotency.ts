/** Idempotency-Key, as the server families keep it (`Traits.idempotency`). */
import type { MiddlewareHandler } from 'hono'
import type { Clock } from '../switchboard.ts'
import { MastodonRefusal } from './refusal.ts'
import type { Traits } from './traits.ts'

const hour = 3_600_000

export class IdempotencyKeys {
  readonly #traits: Traits
  readonly #clock: Clock
  readonly #done = new Map<string, { readonly statusId: string; readonly at: number }>()
  readonly #running = new Map<string, Promise<unknown>>()
  readonly #landing = new Set<string>()
  readonly #answers = new Map<string, { readonly answer: Response; readonly at: number }>()

  constructor(traits: Traits, clock: Clock) {
    this.#traits = traits
    this.#clock = clock
  }

  remember(key: string | undefined, statusId: string): void {
    if (key === undefined) return
    this.#landing.delete(key)
    this.#done.set(key, { statusId, at: this.#clock.now() })
  }

  /** A create under this key goes on with nobody waiting for it. */
  holdForLanding(key: string | undefined): void {
    if (key !== undefined) this.#landing.add(key)
  }

  /** What `make` makes, or the id of the status that this key made before. Errors are not remembered. */
  async once<Made extends { readonly id: string }>(
    key: string | undefined,
    make: () => Promise<Made>,
  ): Promise<Made | string> {
    const { idempotency } = this.#traits
    if (key === undefined || idempotency === 'none' || idempotency === 'keyed-alone') return make()
    if (idempotency !== 'racy') {
      while (this.#running.has(key)) await this.#running.get(key)?.catch(() => undefined)
      if (this.#landing.has(key))
        throw new MastodonRefusal(
          'busy',
          'There was a temporary problem serving your request, please try again',
        )
    }
    const done = this.#done.get(key)
    if (done && this.#clock.now() - done.at < hour) {
      if (idempotency === 'broken') throw new MastodonRefusal('crash', '')
      return done.statusId
    }
    const making = make()
    this.#running.set(key, making)
    try {
      return await making
    } finally {
      this.#running.delete(key)
    }
  }

  /** `keyed-alone`: any answer to any POST, PUT or PATCH, errors too, by the key alone. */
  replay(): MiddlewareHandler {
    return async (c, next) => {
      const key = c.req.header('idempotency-key')
      const replays = this.#traits.idempotency === 'keyed-alone' && /^(POST|PUT|PATCH)$/.test(c.req.method)
      if (key === undefined || !replays) return next()
      const kept = this.#answers.get(key)
      if (kept && this.#clock.now() - kept.at < 6 * hour) {
        const answer = kept.answer.clone()
        return new Response(answer.body, {
          status: answer.status,
          headers: [...answer.headers, ['idempotent-replayed', 'true']],
        })
      }
      await next()
      this.#answers.set(key, { answer: c.res.clone(), at: this.#clock.now() })
      return undefined
    }
  }
}

/** Statuses that are stored late, after their answer was lost: a gateway gave up, but the server did not. */
import type { MiddlewareHandler } from 'hono'
import type { HonoEnv } from '../server.ts'
import type { Clock } from '../switchboard.ts'
import type { IdempotencyKeys } from './idempotency.ts'
import { readStatusParams, type StatusParams } from './params.ts'
import { MastodonRefusal } from './refusal.ts'
import type { Checked } from './rules.ts'
import type { Traits } from './traits.ts'

type Incoming = HonoEnv['Bindings']['incoming']
type Late = { readonly due: number; readonly key: string | undefined; readonly checked: Checked }

export class Landings {
  readonly #world: { readonly traits: Traits; readonly clock: Clock; readonly keys: IdempotencyKeys }
  readonly #check: (params: StatusParams) => Checked
  readonly #make: (checked: Checked, key: string | undefined, at: number) => { readonly id: string }
  readonly #reached = new WeakSet<Incoming>()
  readonly #late = new WeakSet<Incoming>()
  #waiting: Late[] = []

  constructor(
    world: { readonly traits: Traits; readonly clock: Clock; readonly keys: IdempotencyKeys },
    check: (params: StatusParams) => Checked,
    make: (checked: Checked, key: string | undefined, at: number) => { readonly id: string },
  ) {
    this.#world = world
    this.#check = check
    this.#make = make
  }

  /** Called when the create has this request. False where it is stored late already. */
  reach(incoming: Incoming): boolean {
    this.#reached.add(incoming)
    return !this.#late.has(incoming)
  }

  /** Runs before the switchboard. A create that a fault kept away is checked now and stored later. */
  watch(): MiddlewareHandler<HonoEnv> {
    return async (c, next) => {
      const { landLate } = this.#world.traits
      if (landLate === undefined) return next()
      const { incoming } = c.env
      const key = c.req.header('idempotency-key')
      const due = this.#world.clock.now() + landLate
      const params = await readStatusParams(c).catch(() => undefined)
      const miss = (): void => {
        if (params === undefined || this.#reached.has(incoming) || this.#late.has(incoming)) return
        this.#late.add(incoming)
        this.#schedule(params, key, due)
      }
      incoming.socket.once('close', miss)
      await next()
      incoming.socket.off('close', miss)
      if (c.res.status >= 500) miss()
      return undefined
    }
  }

  #schedule(params: StatusParams, key: string | undefined, due: number): void {
    try {
      this.#waiting.push({ due, key, checked: this.#check(params) })
      this.#world.keys.holdForLanding(key)
    } catch (error) {
      if (!(error instanceof MastodonRefusal)) throw error
    }
  }

  /** Stores what is due. */
  catchUp(): void {
    const now = this.#world.clock.now()
    const due = this.#waiting.filter((late) => late.due <= now)
    this.#waiting = this.#waiting.filter((late) => late.due > now)
    for (const { checked, key, due: at } of due)
      this.#world.keys.remember(key, this.#make(checked, key, at).id)
  }
}

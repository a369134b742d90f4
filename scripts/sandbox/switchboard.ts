/** Every call that reaches the sandbox passes here: it is written down, and a fault may be played on it. */
import type { HttpBindings } from '@hono/node-server'
import type { Context, MiddlewareHandler } from 'hono'

export type SandboxService = 'tumblr' | 'pictures' | 'mastodon' | 'dynamodb'

export type Call = {
  /** Counted from 1 over all services. */
  readonly n: number
  readonly service: SandboxService
  /** What was asked, in one word: `posts`, `picture`, `upload`, `create`, `PutItem`, … */
  readonly name: string
  readonly method: string
  /** Path and query as sent. */
  readonly path: string
  /** The sandbox's time, ms since 1970. */
  readonly at: number
  /** Absent while unanswered, and where no answer was given. */
  status?: number
}

export type Fault = {
  readonly service?: SandboxService
  readonly name?: string
  /** The exact call (`Call.n`). */
  readonly call?: number
  /** Let so many matching calls pass first. */
  readonly after?: number
  /** How many matching calls it strikes; 1 unless said. */
  readonly times?: number
  /** `before` the sandbox acts on the call, or once it has acted and only the answer is missing. */
  readonly when: 'before' | 'after'
  /**
   * `kill` calls `onKill` and never answers; `drop` cuts the connection; `hang` never answers (until the client gives up);
   * `slow` waits `ms`, then goes on; an answer replaces the sandbox's own.
   */
  readonly play:
    | 'kill'
    | 'drop'
    | 'hang'
    | { readonly slow: number }
    | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
}

export type Clock = { now(): number }

type Env = { Bindings: HttpBindings }
const silence = (): Promise<never> => new Promise(() => {})

export class Switchboard {
  readonly calls: Call[] = []
  onKill: () => void = () => {}
  #faults: { fault: Fault; passed: number; struck: number }[] = []
  #skew = 0

  /** The sandbox's time: real time plus what was skipped by `advance`. */
  readonly clock: Clock = { now: () => Date.now() + this.#skew }

  /** Skips ahead, in ms. */
  advance(ms: number): void {
    this.#skew += ms
  }

  get skew(): number {
    return this.#skew
  }

  play(fault: Fault): void {
    this.#faults.push({ fault, passed: 0, struck: 0 })
  }

  playNothing(): void {
    this.#faults = []
  }

  /** Hono middleware for one service; `name` says what a request is. */
  watch(
    service: SandboxService,
    name: (c: Context<Env>) => string | Promise<string>,
  ): MiddlewareHandler<Env> {
    return async (c, next) => {
      const url = new URL(c.req.url)
      const call: Call = {
        n: this.calls.length + 1,
        service,
        name: await name(c),
        method: c.req.method,
        path: url.pathname + url.search,
        at: this.clock.now(),
      }
      this.calls.push(call)
      const fault = this.#strike(call)
      if (fault?.when === 'before') {
        const answer = await this.#perform(fault, c)
        if (answer) return answer
      }
      await next()
      call.status = c.res.status
      if (fault?.when === 'after') {
        const answer = await this.#perform(fault, c)
        if (answer) {
          c.res = undefined
          c.res = answer
        }
      }
      return undefined
    }
  }

  #strike(call: Call): Fault | undefined {
    for (const entry of this.#faults) {
      const { fault } = entry
      if (fault.service !== undefined && fault.service !== call.service) continue
      if (fault.name !== undefined && fault.name !== call.name) continue
      if (fault.call !== undefined && fault.call !== call.n) continue
      if (entry.passed++ < (fault.after ?? 0)) continue
      if (entry.struck++ >= (fault.times ?? 1)) continue
      return fault
    }
    return undefined
  }

  async #perform({ play }: Fault, c: Context<Env>): Promise<Response | undefined> {
    if (play === 'kill') {
      this.onKill()
      return silence()
    }
    if (play === 'hang') return silence()
    if (play === 'drop') {
      c.env.incoming.socket.destroy()
      return silence()
    }
    if ('slow' in play) {
      await new Promise((done) => setTimeout(done, play.slow))
      return undefined
    }
    return new Response(play.body ?? '', { status: play.status, headers: { ...play.headers } })
  }
}

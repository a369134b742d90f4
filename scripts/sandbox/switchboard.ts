/** Every call that reaches the sandbox passes here: it is written down, and a fault may be played on it. */
import type { Context, MiddlewareHandler } from 'hono'
import type { HonoEnv } from './server.ts'

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
  /** Who calls, where the caller says so (header `x-sandbox-run`): tells the runs of one process apart. */
  readonly run?: string
  /** The sandbox's time, ms since 1970. */
  readonly at: number
  /** As answered, a played answer included. Absent while unanswered, and where no answer was given. */
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
   * `cut` and `stall` send half of the answer, then cut the connection or fall silent (so both act first, whatever `when` says);
   * `slow` waits `ms`, `until` waits for what is promised, then they go on; an answer replaces the sandbox's own,
   * `change` makes another one of it (and so acts first).
   */
  readonly play:
    | 'kill'
    | 'drop'
    | 'hang'
    | 'cut'
    | 'stall'
    | { readonly slow: number }
    | { readonly until: () => Promise<unknown> }
    | { readonly change: (answer: Response) => Response | Promise<Response> }
    | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
}

export type Clock = { now(): number }

/** Asked at every call, before the faults that are played; it may hold the call by taking its time. */
export type Weather = (call: Call, c: Context<HonoEnv>) => Promise<Fault | undefined>
type Ending = Response | 'silence'

/** The open socket is all that is held; the server frees it when the client goes or the sandbox closes. */
const silence = (): Promise<never> => new Promise(() => {})
/** Needs the sandbox's own answer, whatever `when` says. */
const actsFirst = ({ play }: Fault): boolean =>
  play === 'cut' || play === 'stall' || (typeof play === 'object' && 'change' in play)

export class Switchboard {
  readonly calls: Call[] = []
  onKill: () => void = () => {}
  weather: Weather = async () => undefined
  readonly #time: (() => number) | undefined
  #faults: { fault: Fault; passed: number; struck: number }[] = []
  #skew = 0

  /** `time`: what `advance` adds to, in place of real time (ms since 1970); one that stands still moves by `advance` alone. */
  constructor(time?: () => number) {
    this.#time = time
  }

  /** The sandbox's time: real time plus what was skipped by `advance`. */
  readonly clock: Clock = { now: () => (this.#time?.() ?? Date.now()) + this.#skew }

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
    name: (c: Context<HonoEnv>) => string | Promise<string>,
  ): MiddlewareHandler<HonoEnv> {
    return async (c, next) => {
      const call = this.#record(service, await name(c), c)
      const fault = (await this.weather(call, c)) ?? this.#strike(call)
      if (fault?.when === 'before' && !actsFirst(fault)) {
        const ending = await this.#perform(fault, c)
        if (ending) return this.#end(ending, call)
      }
      await next()
      call.status = c.res.status
      this.#date(c.res)
      if (fault && (fault.when === 'after' || actsFirst(fault))) {
        const ending = await this.#perform(fault, c)
        if (ending) {
          const answer = await this.#end(ending, call)
          c.res = undefined
          c.res = answer
        }
      }
      return undefined
    }
  }

  #record(service: SandboxService, name: string, c: Context<HonoEnv>): Call {
    const url = new URL(c.req.url)
    const run = c.req.header('x-sandbox-run')
    const call: Call = {
      ...(run !== undefined && { run }),
      n: this.calls.length + 1,
      service,
      name,
      method: c.req.method,
      path: url.pathname + url.search,
      at: this.clock.now(),
    }
    this.calls.push(call)
    return call
  }

  /** Every fault counts the calls it matches; the first one that is due strikes. */
  #strike(call: Call): Fault | undefined {
    let due: Fault | undefined
    for (const entry of this.#faults) {
      const { fault } = entry
      if (fault.service !== undefined && fault.service !== call.service) continue
      if (fault.name !== undefined && fault.name !== call.name) continue
      if (fault.call !== undefined && fault.call !== call.n) continue
      if (entry.passed++ < (fault.after ?? 0) || due) continue
      if (entry.struck >= (fault.times ?? 1)) continue
      entry.struck++
      due = fault
    }
    return due
  }

  #end(ending: Ending, call: Call): Response | Promise<never> {
    if (ending === 'silence') {
      delete call.status
      return silence()
    }
    call.status = ending.status
    if (!ending.headers.has('date')) this.#date(ending)
    return ending
  }

  /** Servers say what time it is: these the sandbox's. */
  #date(answer: Response): void {
    answer.headers.set('date', new Date(this.clock.now()).toUTCString())
  }

  async #perform({ play }: Fault, c: Context<HonoEnv>): Promise<Ending | undefined> {
    if (play === 'kill') {
      this.onKill()
      return 'silence'
    }
    if (play === 'hang') return 'silence'
    if (play === 'drop') {
      c.env.incoming.socket.destroy()
      return 'silence'
    }
    if (play === 'cut' || play === 'stall') {
      await sendHalf(c)
      if (play === 'cut') c.env.incoming.socket.destroy()
      return 'silence'
    }
    if ('until' in play) {
      await play.until()
      return undefined
    }
    if ('slow' in play) {
      // Unreferenced: a sandbox that was closed meanwhile must not keep its process alive.
      await new Promise((done) => setTimeout(done, play.slow).unref())
      return undefined
    }
    if ('change' in play) return play.change(c.res)
    return new Response(play.body ?? '', { status: play.status, headers: { ...play.headers } })
  }
}

/** Promises the whole answer and sends the first half of it. */
async function sendHalf(c: Context<HonoEnv>): Promise<void> {
  const body = Buffer.from(await c.res.arrayBuffer())
  const { outgoing } = c.env
  outgoing.writeHead(c.res.status, {
    ...Object.fromEntries(c.res.headers),
    'content-length': String(body.length),
  })
  await new Promise((sent) => outgoing.write(body.subarray(0, Math.ceil(body.length / 2)), sent))
}

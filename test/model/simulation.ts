/** Virtual time. Every call on a party is a point where a run may be delayed, frozen, or die, and its call land late or never. */

export const fates = [
  'lost',
  'answer lost',
  'dies before',
  'dies after',
  'frozen',
  'twice',
  'clock set back',
  'refused',
] as const
export type Fate = (typeof fates)[number]

/** What befalls one call: the `nth` of that name (from 0) of that run. */
export type Fault = {
  readonly run: number
  readonly call: string
  readonly nth: number
  readonly fate: Fate
  /** Ms: how long it is frozen, or how late the call lands. */
  readonly ms: number
}

export type Runner = {
  readonly name: string
  readonly index: number
  readonly startedAt: number
  /** Ms it may take; Infinity for a person's machine. */
  readonly budget: number
  readonly faults: readonly Fault[]
  readonly counts: Map<string, number>
  /** Its wall clock is so many ms ahead. */
  skew: number
  /** Ms its monotonic clock stood still. */
  frozen: number
  dead: boolean
  /** Promised to no one: its call is open, and thaws. */
  asleep: boolean
}

export type Call<T> = {
  readonly name: string
  readonly land: () => T
  /** What the caller is told when there is no answer. */
  readonly lost: () => unknown
  /** What a refusal is; undefined for calls that are not refused. */
  readonly refused?: () => unknown
  /** Ms until a caller gives up. */
  readonly deadline: number
  /** Ms after its start that it may still land. */
  readonly latest: number
  /** Whether its sender may repeat it unasked. */
  readonly repeats?: boolean
  /** Whether it is a write of `sending`, which alone the guard protects. */
  readonly guards?: boolean
}

type Event = { readonly at: number; readonly order: number; readonly happen: () => void }

export class Simulation {
  now: number
  readonly trace: string[] = []
  readonly #random: () => number
  readonly #pace: number
  #events: Event[] = []
  #order = 0

  /** `pace`: ms that a leg of a call takes at most, when nothing befalls it. */
  constructor(now: number, seed: number, pace: number) {
    this.now = now
    this.#random = mulberry(seed)
    this.#pace = pace
  }

  at(time: number, happen: () => void): void {
    this.#events.push({ at: Math.max(time, this.now), order: this.#order++, happen })
  }

  say(line: string): void {
    this.trace.push(`${((this.now - epoch) / 1000).toFixed(1)}s ${line}`)
  }

  /** Lets the next thing happen; false when nothing is left. */
  async step(): Promise<boolean> {
    let next: Event | undefined
    for (const event of this.#events) {
      if (next === undefined || event.at < next.at || (event.at === next.at && event.order < next.order))
        next = event
    }
    if (next === undefined) return false
    const taken = next
    this.#events = this.#events.filter((event) => event !== taken)
    this.now = taken.at
    taken.happen()
    // Every continuation is a microtask: after one turn each run stands at its next call.
    await new Promise((turn) => setImmediate(turn))
    return true
  }

  call<T>(runner: Runner, call: Call<T>): Promise<T> {
    if (runner.dead) return never()
    const nth = runner.counts.get(call.name) ?? 0
    runner.counts.set(call.name, nth + 1)
    const fault = runner.faults.find((each) => each.call === call.name && each.nth === nth)
    return new Promise<T>((resolve, reject) => {
      const answer = (after: number, give: () => void): void =>
        this.at(this.now + after, () => {
          runner.asleep = false
          if (!runner.dead) give()
        })
      const land = (after: number, answerAfter?: () => number): void =>
        this.at(this.now + after, () => {
          this.say(`${runner.name}: ${call.name} lands`)
          try {
            const value = call.land()
            if (answerAfter) answer(answerAfter(), () => resolve(value))
          } catch (error) {
            if (answerAfter) answer(answerAfter(), () => reject(error))
          }
        })
      const late = Math.min(fault?.ms ?? 0, call.latest)
      if (fault) this.say(`${runner.name}: ${call.name} ${fault.fate} ${fault.ms / 1000}s`)
      switch (fault?.fate) {
        case 'lost':
          return answer(call.deadline, () => reject(call.lost()))
        case 'answer lost':
          land(late)
          return answer(call.deadline, () => reject(call.lost()))
        case 'dies before':
          runner.dead = true
          return
        case 'dies after':
          runner.dead = true
          return land(late)
        case 'frozen':
          runner.asleep = true
          runner.frozen += fault.ms
          return land(this.#leg(), () => fault.ms)
        case 'clock set back':
          if (!call.guards) break
          runner.asleep = true
          this.at(this.now + fault.ms - 1, () => {
            runner.skew -= fault.ms
          })
          return land(this.#leg(), () => fault.ms)
        case 'twice':
          land(this.#leg(), () => this.#leg())
          if (call.repeats) land(fault.ms)
          return
        case 'refused':
          if (call.refused === undefined) break
          return answer(this.#leg(), () => reject(call.refused?.()))
      }
      land(this.#leg(), () => this.#leg())
    })
  }

  #leg(): number {
    return 5 + this.#random() * this.#pace
  }
}

/** Where the story begins, ms since 1970. */
export const epoch = 1_790_000_000_000

const never = <T>(): Promise<T> => new Promise(() => {})

/** A small random generator: the same seed, the same run of numbers. */
function mulberry(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

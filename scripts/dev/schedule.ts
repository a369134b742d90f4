/** What EventBridge does in the cloud: it invokes the function at a fixed rate, whether or not a run is going on. */

export interface Schedule {
  /** 0: paused. */
  readonly everyMs: number
  /** Changes the rate. The next run begins after so many ms. */
  set(everyMs: number): void
  close(): void
}

/** The first run begins at once, unless the schedule is paused. */
export function startSchedule(everyMs: number, tick: () => void): Schedule {
  let every = everyMs
  let timer: NodeJS.Timeout | undefined
  const set = (ms: number): void => {
    clearInterval(timer)
    every = ms
    if (ms > 0) timer = setInterval(tick, ms)
  }
  if (everyMs > 0) tick()
  set(everyMs)
  return {
    get everyMs() {
      return every
    },
    set,
    close: () => set(0),
  }
}

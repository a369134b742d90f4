/** What EventBridge does in the cloud: it invokes the function again and again, whatever the function is at. */

export interface Schedule {
  /** 0: paused. */
  readonly everyMs: number
  /** From now on; the next one is due in so many ms. */
  set(everyMs: number): void
  close(): void
}

/** The first one is due at once, unless it is paused. */
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

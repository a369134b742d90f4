/** A queue of things that happen at any time, to be taken one by one. */

export interface Inbox<T> {
  put(thing: T): void
  /** The next thing; undefined if none comes within so many ms. Only one caller at a time. */
  take(ms: number): Promise<T | undefined>
}

export function createInbox<T>(): Inbox<T> {
  const things: T[] = []
  let wake = (): void => {}
  return {
    put(thing) {
      things.push(thing)
      wake()
    },
    async take(ms) {
      if (things.length === 0)
        await new Promise<void>((done) => {
          const timer = setTimeout(done, ms)
          wake = () => {
            clearTimeout(timer)
            done()
          }
        })
      return things.shift()
    },
  }
}

/** The answer differs so much from what Tumblr documents that no post can be made of it. */
export class UnreadableError extends Error {
  /** The id of the post, where that much could be read. */
  readonly id: string | undefined
  constructor(expected: string, what: string, received: unknown, id?: string) {
    super(`Expected ${expected} for ${what} but received ${described(received)}`)
    this.name = 'UnreadableError'
    this.id = id
  }
}

/** In a few words, however large or deep. */
function described(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : String(value)
}

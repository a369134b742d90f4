/** What an invocation asks for. */
export type Ask = {
  /** That route alone. */
  readonly route?: string
  readonly mode: 'run' | 'plan' | 'doctor'
  /** That post now. */
  readonly post?: string
  /** The number of the copy, from 2. */
  readonly again?: number
  readonly retry?: 'parked' | readonly string[]
  /** Not the schedule: a stopped route is tried at once. */
  readonly byHand: boolean
  /** How many runs before this one sent themselves on, one after the other (V4); absent where it is the first. */
  readonly turn?: number
}

/** An event that asks for nothing Levity knows; nothing has happened yet. */
export class EventError extends Error {
  override readonly name = 'EventError'
}

type Fields = Readonly<Record<string, unknown>>

const fields = ['route', 'mode', 'post', 'again', 'retry']

/**
 * Reads the event of an invocation; `routes` are the names there are. Nothing at all, `{}` and the schedule's own event
 * (https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html) mean an ordinary run; of one route,
 * where the schedule's `detail` names it. Its `turn` is there where a run sent itself on.
 * Throws EventError with one sentence.
 */
export function parseEvent(event: unknown, routes: readonly string[]): Ask {
  if (event === undefined || event === null) return { mode: 'run', byHand: true }
  if (typeof event !== 'object' || Array.isArray(event))
    throw refuse('an object such as {} or {"post":"ID"}', 'the event', event)
  const asked: Fields = { ...event }
  if (typeof asked['detail-type'] === 'string' && typeof asked['source'] === 'string')
    return { mode: 'run', byHand: false, ...readDetail(asked['detail'], routes) }
  const unknown = Object.keys(asked).find((name) => !fields.includes(name))
  if (unknown !== undefined) throw refuse(`one of ${fields.join(', ')}`, 'a field of the event', unknown)
  const { route, mode, post, again, retry } = asked
  const ask: Ask = {
    ...(route !== undefined && { route: readRoute(route, routes) }),
    mode: mode === undefined ? 'run' : readMode(mode),
    ...(post !== undefined && { post: readPost(post, 'post') }),
    ...(again !== undefined && { again: readAgain(again) }),
    ...(retry !== undefined && { retry: readRetry(retry) }),
    byHand: true,
  }
  checkTogether(ask, routes)
  return ask
}

function readRoute(value: unknown, routes: readonly string[]): string {
  const route = routes.find((name) => name === value)
  if (route === undefined) throw refuse(`one of the routes ${routes.join(', ')}`, 'route', value)
  return route
}

function readDetail(detail: unknown, routes: readonly string[]): Pick<Ask, 'route' | 'turn'> {
  if (typeof detail !== 'object' || detail === null || !('route' in detail)) return {}
  const turn = 'turn' in detail && typeof detail.turn === 'number' ? detail.turn : undefined
  return { route: readRoute(detail.route, routes), ...(turn !== undefined && { turn }) }
}

function readMode(value: unknown): 'plan' | 'doctor' {
  if (value !== 'plan' && value !== 'doctor')
    throw refuse('"plan", "doctor", or no mode at all,', 'mode', value)
  return value
}

/** Whether it asks for a doctor: one is called where the settings are wrong, too. */
export const asksForDoctor = (event: unknown): boolean =>
  typeof event === 'object' && event !== null && 'mode' in event && event.mode === 'doctor'

/** As a number it would be another post: JSON's numbers are exact up to 2^53, and ids are larger. */
function readPost(value: unknown, name: string): string {
  if (typeof value === 'number')
    throw new EventError(
      `Expected the id in quotes for ${name} but received a number: ids are larger than numbers can hold`,
    )
  if (typeof value !== 'string' || !/^[1-9]\d{0,19}$/.test(value))
    throw refuse('the id of a post (digits, in quotes)', name, value)
  return value
}

function readAgain(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 2)
    throw refuse('the number of the copy, from 2,', 'again', value)
  return value
}

function readRetry(value: unknown): 'parked' | readonly string[] {
  if (value === 'parked') return value
  if (!Array.isArray(value) || value.length === 0) throw refuse('"parked" or a list of ids', 'retry', value)
  return [...new Set(value.map((id) => readPost(id, 'retry')))]
}

function checkTogether({ route, mode, post, again, retry }: Ask, routes: readonly string[]): void {
  if (again !== undefined && post === undefined)
    throw new EventError('Expected post beside again: which post is to be posted again?')
  if (retry !== undefined && post !== undefined)
    throw new EventError('Expected either post or retry but received both')
  if (retry !== undefined && mode !== 'run')
    throw new EventError(
      `Expected either "mode":"${mode}" or retry but received both: a ${mode} changes nothing`,
    )
  if (post !== undefined && mode === 'doctor')
    throw new EventError(
      'Expected either "mode":"doctor" or post but received both: a doctor looks at whole routes',
    )
  if (route === undefined && routes.length > 1 && (post !== undefined || Array.isArray(retry)))
    throw new EventError(`Expected route beside the post's id: which of ${routes.join(', ')} is meant?`)
}

function refuse(expected: string, name: string, value: unknown): EventError {
  const text = JSON.stringify(value) ?? String(value)
  const received = text.length > 100 ? `${text.slice(0, 100)}…` : text
  return new EventError(`Expected ${expected} for ${name} but received ${received}`)
}

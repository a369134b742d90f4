/** Events to this very function: each of several routes is given an invocation of its own, with its own time, memory, retries and failure. */
import type { Ask } from './event.ts'

export type RouteEvent = { readonly route: string; readonly event: Readonly<Record<string, unknown>> }

/** Why an event could not be sent: a ServiceError ('Lambda'). */
export type Unsent = { readonly route: string; readonly error: unknown }

/**
 * The events to send, one for each of `routes`; undefined where this very invocation does the work. What names a route is
 * never sent on, so that nothing goes round in a circle, and a plan is answered where it was asked for.
 */
export function fanOut(ask: Ask, routes: readonly string[]): readonly RouteEvent[] | undefined {
  const { mode, route, post, retry, byHand } = ask
  if (mode !== 'run' || route !== undefined || post !== undefined || routes.length < 2) return undefined
  return routes.map((name) => ({
    route: name,
    event: byHand ? { route: name, ...(retry !== undefined && { retry }) } : scheduled({ route: name }),
  }))
}

const scheduled = (detail: { readonly route: string; readonly turn?: number }): RouteEvent['event'] => ({
  source: 'levity',
  'detail-type': 'Scheduled Event',
  detail,
})

/**
 * Lambda ends a chain of about sixteen invocations that began each other, and writes to the owner of the account:
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html. The schedule's own and a fan-out count too.
 */
const mostTurns = 12

/**
 * V4: the events that let the work on these routes go on at once, because a schedule may come only when the uploads of this run
 * have vanished. None where a person asked, whose next word is their own.
 */
export function goOn({ byHand, turn = 0 }: Ask, unfinished: readonly string[]): readonly RouteEvent[] {
  if (byHand || turn >= mostTurns) return []
  return unfinished.map((route) => ({ route, event: scheduled({ route, turn: turn + 1 }) }))
}

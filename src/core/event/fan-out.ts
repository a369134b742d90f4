/** Several routes: each is given an invocation of its own, and with it its own time, memory, retries and failure. */
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
    event: byHand
      ? { route: name, ...(retry !== undefined && { retry }) }
      : { source: 'levity', 'detail-type': 'Scheduled Event', detail: { route: name } },
  }))
}

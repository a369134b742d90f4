/** The story of an invocation: sent on to its routes, or every route run side by side, and the report of it all. */
import type { Config } from '../../core/config/config.ts'
import type { RouteConfig } from '../../core/config/route.ts'
import { secretsOf } from '../../core/config/route.ts'
import { redact } from '../../core/config/secrets.ts'
import type { Ask } from '../../core/event/event.ts'
import { fanOut, type RouteEvent, type Unsent } from '../../core/event/fan-out.ts'
import { emptyReport } from '../../core/report/draft.ts'
import type { Report, RouteReport } from '../../core/report/report.ts'
import type { Images, World } from '../../world.ts'
import { runRoute } from './run.ts'

export type Invocation = {
  readonly ask: Ask
  readonly config: Config
  readonly worldOf: (route: RouteConfig) => World
  /** Sends events to this very function, and gives back those that were not taken; undefined where no function is known. */
  readonly send?: ((events: readonly RouteEvent[]) => Promise<readonly Unsent[]>) | undefined
}

/** Never throws for what the outside does: the report says it. */
export async function carryOut({
  ask,
  config,
  worldOf,
  send,
}: Invocation): Promise<Pick<Report, 'routes' | 'sent' | 'unsent'>> {
  const names = config.routes.map(({ name }) => name)
  const events = send && fanOut(ask, names)
  if (send && events) return { routes: [], ...outcomeOf(events, await send(events)) }
  const chosen = config.routes.filter(({ name }) => ask.route === undefined || name === ask.route)
  return { routes: await Promise.all(chosen.map((route) => runSafely(ask, worldOf(route)))) }
}

function outcomeOf(
  events: readonly RouteEvent[],
  unsent: readonly Unsent[],
): Pick<Report, 'sent' | 'unsent'> {
  const failed = new Set(unsent.map(({ route }) => route))
  const sent = events.map(({ route }) => route).filter((route) => !failed.has(route))
  const reasons = unsent.map(({ route, error }) => ({ route, reason: reasonOf(error) }))
  return { sent, ...(reasons.length > 0 && { unsent: reasons }) }
}

/** A route that breaks in a way nobody foresaw must not take the others with it. */
async function runSafely(ask: Ask, world: World): Promise<RouteReport> {
  try {
    return await runRoute(ask, world)
  } catch (error) {
    const why = redact(reasonOf(error), secretsOf([world.config]))
    return { ...emptyReport(world.config.name), outcome: 'stopped', why, failed: true }
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Over all routes: two large photographs at once do not fit into the memory of a small function. */
export function oneAtATime(images: Images): Images {
  let turn: Promise<unknown> = Promise.resolve()
  return {
    fitImage(...args) {
      const fitted = turn.then(() => images.fitImage(...args))
      turn = fitted.catch(() => undefined)
      return fitted
    },
  }
}

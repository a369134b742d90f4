/** The story of an invocation: it gives each route an invocation of its own, or runs the routes side by side and lets unfinished work go on, and reports. */
import type { RunConfig, StoppedRoute } from '../../core/config/config.ts'
import type { RouteConfig } from '../../core/config/route.ts'
import { secretsOf } from '../../core/config/route.ts'
import { redact } from '../../core/config/secrets.ts'
import type { Ask } from '../../core/event/event.ts'
import { fanOut, goOn, type RouteEvent, type Unsent } from '../../core/event/fan-out.ts'
import { emptyReport } from '../../core/report/draft.ts'
import type { Report, RouteReport } from '../../core/report/report.ts'
import type { Images, World } from '../../world.ts'
import { runRoute } from './run.ts'

export type Invocation = {
  readonly ask: Ask
  readonly config: RunConfig
  readonly worldOf: (route: RouteConfig) => World
  /** Sends events to this function, and returns those that it did not take. Undefined where no function is known. */
  readonly send?: ((events: readonly RouteEvent[]) => Promise<readonly Unsent[]>) | undefined
}

/** Does not throw for failures of services: the report says them. */
export async function carryOut({
  ask,
  config,
  worldOf,
  send,
}: Invocation): Promise<Pick<Report, 'routes' | 'sent' | 'unsent'>> {
  const names = namesOf(config)
  const events = send && fanOut(ask, names)
  if (send && events) return { routes: [], ...outcomeOf(events, await send(events)) }
  const isChosen = ({ name }: { readonly name: string }): boolean =>
    ask.route === undefined || name === ask.route
  const routes = await Promise.all(
    config.routes.filter(isChosen).map((route) => runSafely(ask, worldOf(route))),
  )
  const unfinished = routes.filter(({ cutShort }) => cutShort).map(({ route }) => route)
  const further = send === undefined ? [] : goOn(ask, unfinished)
  return {
    routes: [...routes, ...config.stopped.filter(isChosen).map(reportStopped)],
    ...(send && further.length > 0 && outcomeOf(further, await send(further))),
  }
}

/** Of every route, those that cannot run too. */
export const namesOf = ({ routes, stopped }: RunConfig): readonly string[] =>
  [...routes, ...stopped].map(({ name }) => name)

/** V7: its own invocation says so, where each route has one. */
const reportStopped = ({ name, problems }: StoppedRoute): RouteReport => ({
  ...emptyReport(name),
  ...{ outcome: 'stopped', why: problems.join('\n'), failed: true },
})

function outcomeOf(
  events: readonly RouteEvent[],
  unsent: readonly Unsent[],
): Pick<Report, 'sent' | 'unsent'> {
  const failed = new Set(unsent.map(({ route }) => route))
  const sent = events.map(({ route }) => route).filter((route) => !failed.has(route))
  const reasons = unsent.map(({ route, error }) => ({ route, reason: reasonOf(error) }))
  return { sent, ...(reasons.length > 0 && { unsent: reasons }) }
}

/** An unexpected error in one route must not end the others. */
async function runSafely(ask: Ask, world: World): Promise<RouteReport> {
  try {
    return await runRoute(ask, world)
  } catch (error) {
    const why = redact(reasonOf(error), secretsOf([world.config]))
    return { ...emptyReport(world.config.name), outcome: 'stopped', why, failed: true }
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Fits one image at a time, for all routes: a small function has no memory for two large photographs at once. */
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

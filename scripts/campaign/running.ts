/** One run of Levity in a scene: wired as `src/repost.ts` wires it, with the scene's time. */
import { createHash } from 'node:crypto'
import type { RouteReport } from '../../src/core/report/report.ts'
import type { Ledger } from '../../src/io/ledger/ledger.ts'
import type { World } from '../../src/world.ts'
import type { SandboxService } from '../sandbox/switchboard.ts'
import { asRun } from './caller.ts'
import type { Levity } from './levity.ts'
import { beginning, type Run, type Scene } from './scene.ts'
import { blog, type Stage } from './stage.ts'

/** What the gate and the runner know of one run while it lives. */
export class Running {
  readonly name: string
  readonly plan: Run
  readonly startedAt: number
  readonly counts = new Map<SandboxService, number>()
  /** From now on nothing of it reaches a server, and nothing reaches it. */
  dead = false
  ended = false
  report: RouteReport | undefined
  /** Ms that its monotonic clock stood still. */
  stoodStill = 0
  /** Ms that its wall clock is ahead. */
  ahead: number
  held: PromiseWithResolvers<void> = Promise.withResolvers()
  thaw: PromiseWithResolvers<void> = Promise.withResolvers()
  done: Promise<void> = Promise.resolve()
  /** Where it has a process of its own. */
  kill: () => Promise<void> = async () => {}

  constructor(name: string, plan: Run, startedAt: number) {
    this.name = name
    this.plan = plan
    this.startedAt = startedAt
    this.ahead = plan.ahead ?? 0
  }

  /** Ms of the scene's time when it must have ended. */
  get end(): number {
    return this.startedAt + (this.plan.life ?? Number.POSITIVE_INFINITY)
  }

  count(service: SandboxService): number {
    const nth = (this.counts.get(service) ?? 0) + 1
    this.counts.set(service, nth)
    return nth
  }
}

/** What stands before a ledger of this very process. */
export type Pass = (ledger: Ledger, running: Running) => Ledger

export function start(running: Running, levity: Levity, place: Omit<Place, 'end'>): void {
  const end = new AbortController()
  running.done = asRun(running.name, async () => {
    try {
      const world = worldOf(running, levity, { ...place, end })
      running.report = await levity.runRoute({ mode: 'run', byHand: false }, world)
    } catch (error) {
      // As `repost.ts` takes it: a route that breaks in a way nobody foresaw has stopped.
      running.report = {
        ...{ route: 'main', outcome: 'stopped', posted: [], skipped: [], retrying: [], parked: [] },
        ...{ edited: [], deleted: [], waiting: 0, failed: true },
        why: error instanceof Error ? (error.stack ?? error.message) : String(error),
      }
    } finally {
      running.ended = true
      end.abort()
    }
  })
}

/** Real ms: the one wait of Levity's that its own clock measures. A look at the media counts for a second of the scene's. */
const polling = { pollMs: 20, deadlines: { processing: 300 } } as const

type Place = {
  readonly scene: Scene
  readonly stage: Stage
  readonly pass: Pass
  readonly end: AbortController
}

function worldOf(running: Running, levity: Levity, { scene, stage, pass, end }: Place): World {
  const { switchboard } = stage
  const { signal } = end
  const clock = levity.createClock(
    () => switchboard.clock.now() + running.ahead,
    () => switchboard.clock.now() - beginning - running.stoodStill,
  )
  const ledger = stage.ledger.open(levity, clock.listenTo('DynamoDB'))
  const { routes } = levity.parseConfig(variablesOf(scene, stage))
  const [config] = routes
  if (!config) throw new Error('Expected a route but received none')
  const { apiUrl } = config.tumblr
  return {
    config,
    tumblr: levity.createTumblr({ ...config.tumblr, signal, ...clock.listenTo('Tumblr') }),
    mastodon: levity.createMastodon({
      ...config.mastodon,
      ...{ version: 'storm', signal, ...polling, ...clock.listenTo('Mastodon') },
    }),
    source: levity.createImageSource({ apiUrl, signal }),
    images: levity.oneAtATime(levity.createImages()),
    ledger: stage.ledger.local ? pass(ledger, running) : ledger,
    clock,
    owner: `${running.name} of ${scene.seed}`,
    timeLeft: () => running.end - switchboard.clock.now(),
    digest: (text) => createHash('sha256').update(text).digest('hex').slice(0, 16),
    tell: () => {},
  }
}

/** Of every run of the scene. */
export const variablesOf = (
  { archive, follow, withLink }: Scene,
  { tumblr, mastodon }: Stage,
): Readonly<Record<string, string>> => ({
  TUMBLR_BLOG: blog,
  TUMBLR_CONSUMER_KEY: tumblr.keys.consumerKey,
  TUMBLR_API_URL: tumblr.url,
  MASTODON_URL: mastodon.url,
  MASTODON_ACCESS_TOKEN: mastodon.accessToken,
  LEVITY_DELAY: '0',
  ...(archive && { LEVITY_START: 'all' }),
  ...(follow && { LEVITY_FOLLOW: 'edits' }),
  ...(!withLink && { LEVITY_TEMPLATE: '{text} {tags}' }),
})

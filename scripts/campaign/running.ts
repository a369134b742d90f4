/** One run of Levity in a scene: wired as `src/repost.ts` wires it, with the scene's time. */
import { createHash } from 'node:crypto'
import type { Ask } from '../../src/core/event/event.ts'
import type { RouteReport } from '../../src/core/report/report.ts'
import type { Ledger } from '../../src/io/ledger/ledger.ts'
import type { World } from '../../src/world.ts'
import type { SandboxService } from '../sandbox/switchboard.ts'
import { asRun } from './caller.ts'
import type { RouteOf } from './ledgers.ts'
import type { Levity } from './levity.ts'
import { beginning, type Run, type Scene } from './scene.ts'
import { blogOf, type Stage } from './stage.ts'

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
  /** How long the call that it makes may take at most, in ms, where it says so. */
  patience: (() => number) | undefined
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
      const reports: RouteReport[] = []
      for (const route of routesOf(place.scene)) {
        const ask = askOf(running, route, place)
        if (ask === undefined) continue
        reports.push(await levity.runRoute(ask, worldOf(running, route, levity, { ...place, end })))
      }
      running.report = joined(reports)
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

export const routesOf = ({ twoRoutes }: Scene): readonly RouteOf[] =>
  twoRoutes ? [{}, { other: true }] : [{}]

/** Of all routes of the run as if they were one, with the outcome of the one that has most left to do. */
function joined(reports: readonly RouteReport[]): RouteReport | undefined {
  const worst = ['stopped', 'busy', 'more', 'done'] as const
  const [first] = reports.toSorted((a, b) => worst.indexOf(a.outcome) - worst.indexOf(b.outcome))
  return (
    first && {
      ...first,
      posted: reports.flatMap(({ posted }) => posted),
      skipped: reports.flatMap(({ skipped }) => skipped),
      retrying: reports.flatMap(({ retrying }) => retrying),
      parked: reports.flatMap(({ parked }) => parked),
      waiting: reports.reduce((sum, { waiting }) => sum + waiting, 0),
    }
  )
}

/** A post that is not published yet cannot be named: then everything is asked for. Undefined for a route that is not meant. */
function askOf(
  { plan: { ask } }: Running,
  route: RouteOf,
  { scene, stage: { ids } }: Pick<Place, 'scene' | 'stage'>,
): Ask | undefined {
  if (ask === undefined) return { mode: 'run', byHand: false }
  const byHand = { mode: 'run', byHand: true } as const
  if (ask.do === 'retry') return { ...byHand, retry: 'parked' }
  const named = scene.posts.find(({ key }) => key === ask.post)
  if (named?.other !== route.other) return undefined
  const post = ids.get(ask.post)
  return { ...byHand, ...(post !== undefined && { post, ...(ask.do === 'again' && { again: ask.copy }) }) }
}

/** Real ms: the one wait of Levity's that its own clock measures. A look at the media counts for a second of the scene's. */
const polling = { pollMs: 20, deadlines: { processing: 300 } } as const

type Place = {
  readonly scene: Scene
  readonly stage: Stage
  readonly pass: Pass
  readonly end: AbortController
}

function worldOf(
  running: Running,
  route: RouteOf,
  levity: Levity,
  { scene, stage, pass, end }: Place,
): World {
  const { switchboard } = stage
  const { signal } = end
  const clock = levity.createClock(
    () => switchboard.clock.now() + running.ahead,
    () => switchboard.clock.now() - beginning - running.stoodStill,
  )
  const ledger = stage.ledger.open(levity, route, clock.listenTo('DynamoDB'))
  const { routes } = levity.parseConfig(variablesOf(scene, stage, route))
  const [config] = routes
  if (!config) throw new Error('Expected a route but received none')
  const { apiUrl } = config.tumblr
  const mastodon = levity.createMastodon({
    ...config.mastodon,
    ...{ version: 'storm', signal, ...polling, ...clock.listenTo('Mastodon') },
  })
  const source = levity.createImageSource({ apiUrl, signal })
  return {
    config,
    tumblr: levity.createTumblr({ ...config.tumblr, signal, ...clock.listenTo('Tumblr') }),
    mastodon: {
      ...mastodon,
      uploadMedia: (media, left) => withPatience(running, left, () => mastodon.uploadMedia(media, left)),
    },
    source: {
      fetchImage: (url, left) => withPatience(running, left, () => source.fetchImage(url, left)),
    },
    images: levity.oneAtATime(levity.createImages()),
    ledger: stage.ledger.local ? pass(ledger, running) : ledger,
    clock,
    owner: `${running.name} of ${scene.seed}`,
    timeLeft: () => running.end - switchboard.clock.now(),
    digest: (text) => createHash('sha256').update(text).digest('hex').slice(0, 16),
    tell: () => {},
  }
}

/** A client that gives up by a time of its own does so in real time, and the scene has another: the gate must know. */
async function withPatience<T>(
  running: Running,
  patience: (() => number) | undefined,
  call: () => Promise<T>,
): Promise<T> {
  running.patience = patience
  try {
    return await call()
  } finally {
    running.patience = undefined
  }
}

/** Of every run of the scene. */
export const variablesOf = (
  { archive, follow, deletions, withLink }: Scene,
  { tumblr, mastodon }: Stage,
  route: RouteOf = {},
): Readonly<Record<string, string>> => ({
  TUMBLR_BLOG: blogOf(route),
  TUMBLR_CONSUMER_KEY: tumblr.keys.consumerKey,
  TUMBLR_API_URL: tumblr.url,
  MASTODON_URL: mastodon.url,
  MASTODON_ACCESS_TOKEN: mastodon.accessToken,
  LEVITY_DELAY: '0',
  ...(archive && { LEVITY_START: 'all' }),
  ...((follow || deletions) && {
    LEVITY_FOLLOW: [...(follow ? ['edits'] : []), ...(deletions ? ['deletions'] : [])].join(),
  }),
  ...(!withLink && { LEVITY_TEMPLATE: '{text} {tags}' }),
})

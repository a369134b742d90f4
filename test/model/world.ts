/** One history: three runs that overlap, with what befalls them; then fresh runs, one after another, until all is quiet. */
import * as v from 'valibot'
import type { RouteConfig } from '../../src/core/config/route.ts'
import { RouteSettings } from '../../src/core/config/settings.ts'
import type { FailureFacts, Service } from '../../src/core/failure/failure.ts'
import type { PostRecord } from '../../src/core/record/record.ts'
import type { Images } from '../../src/io/image/images.ts'
import type { ImageSource } from '../../src/io/image/source.ts'
import type { World } from '../../src/world.ts'
import { wishesWith } from '../support/wishes.ts'
import { type Condition, createMemoryLedger, Table } from './ledger.ts'
import { createMemoryMastodon, type Family, type Kept, refusal, Server } from './mastodon.ts'
import { epoch, type Fault, type Runner, Simulation } from './simulation.ts'
import type { Story } from './story.ts'
import { createMemoryTumblr, imagesOf, postOfImage, type Written, writtenAt } from './tumblr.ts'

export type History = {
  readonly seed: number
  /** Ms of one leg of a call, at most. */
  readonly pace: number
  readonly family: Family
  readonly pageSize: number
  /** Ms after the beginning; one second apart at least. */
  readonly posts: readonly { readonly at: number; readonly images: 1 | 2; readonly changedAt?: number }[]
  readonly starts: readonly number[]
  readonly budgets: readonly number[]
  /** Ms that each run's wall clock is off, a minute at most. */
  readonly skews: readonly number[]
  readonly faults: readonly Fault[]
}

/** What of the world outside is taken out. */
export type Without = { readonly condition?: Condition; readonly passesOverClaimed?: boolean }

export type Verdict = {
  readonly wrong: readonly string[]
  readonly trace: readonly string[]
  readonly parked: number
}

const minute = 60_000
/** After the run that takes its bearings. */
const beginning = epoch + 60 * minute
const freshEvery = 7 * minute
const lambdaMs = 15 * minute

export const config: RouteConfig = {
  name: 'main',
  tumblr: { blog: 'moss', consumerKey: 'key', apiUrl: 'https://api.tumblr.com' },
  mastodon: { url: 'https://social.example', accessToken: 'token' },
  wishes: wishesWith(),
  ...v.parse(RouteSettings.entries.run, {}),
  delayMs: 0,
  maxPosts: 10,
}

export async function play(story: Story, history: History, without: Without = {}): Promise<Verdict> {
  const simulation = new Simulation(epoch, history.seed, history.pace)
  const table = new Table(without.condition)
  const server = new Server(
    history.family,
    () => simulation.now,
    (facts) => new story.ServiceError(facts),
  )
  const old = [3, 2, 1].map((days) => writtenAt(epoch - days * 24 * 60 * minute))
  const posts = history.posts.map(({ at, images, changedAt }, n) =>
    writtenAt(beginning + at + n * 1000, {
      images: [images, changedAt === undefined ? images : images === 1 ? 2 : 1],
      ...(changedAt !== undefined && { changedAt: beginning + changedAt }),
    }),
  )
  const start = (runner: Runner): void => {
    simulation.say(`${runner.name} starts`)
    const world = worldOf(story, runner, {
      simulation,
      table,
      server,
      blog: [...old, ...posts],
      history,
      without,
    })
    void story.runRoute({ mode: 'run', byHand: false }, world).then((report) => {
      simulation.say(`${runner.name} ends: ${report.outcome} ${report.why ?? ''}`)
    })
    if (Number.isFinite(runner.budget)) {
      simulation.at(runner.startedAt + runner.budget, () => {
        if (!runner.asleep && runner.frozen === 0) runner.dead = true
      })
    }
  }
  simulation.at(epoch, () => start(newRunner(history, -1, epoch)))
  for (const [index, after] of history.starts.entries()) {
    simulation.at(beginning + after, () => start(newRunner(history, index, beginning + after)))
  }
  const last = Math.max(...history.starts, ...history.posts.map(({ at }) => at)) + beginning
  let fresh = last + freshEvery
  const zombiesUntil = last + Math.max(0, ...history.faults.map(({ ms }) => ms)) + lambdaMs
  for (let left = freshRuns; left > 0; left -= 1) {
    const at = fresh
    const isQuiet = at > zombiesUntil && posts.every((post) => isFinished(table, post))
    if (isQuiet) break
    simulation.at(at, () => start(newRunner(history, freshRuns - left + 3, at)))
    while (simulation.now < at + freshEvery - 1 && (await simulation.step())) {
      // Runs go on until the next one is due.
      if (simulation.now > at + freshEvery) break
    }
    fresh = Math.max(fresh + freshEvery, simulation.now)
  }
  while (await simulation.step()) {
    // Whatever is still on its way.
  }
  return {
    wrong: judge(posts, table, server.statuses),
    trace: simulation.trace,
    parked: posts.filter((post) => recordOf(table, post)?.state === 'parked').length,
  }
}

const freshRuns = 60

const newRunner = (history: History, index: number, startedAt: number): Runner => ({
  name: index < 0 ? 'first' : index < history.starts.length ? `R${index}` : `fresh${index}`,
  index,
  startedAt,
  budget: history.budgets[index] ?? lambdaMs,
  faults: history.faults.filter((fault) => fault.run === index),
  counts: new Map(),
  skew: history.skews[index] ?? 0,
  frozen: 0,
  dead: false,
  asleep: false,
})

type Scene = {
  readonly simulation: Simulation
  readonly table: Table
  readonly server: Server
  readonly blog: readonly Written[]
  readonly history: History
  readonly without: Without
}

function worldOf(story: Story, runner: Runner, scene: Scene): World {
  const { simulation, table, server, blog, history } = scene
  const owner = `${runner.name}-${history.seed}`
  const silent = (service: Service): FailureFacts => ({
    service,
    doing: 'answer',
    answer: 'nothing',
    reason: 'no answer',
  })
  const through =
    (service: Service) =>
    <T>(name: string, land: () => T, repeats = false): Promise<T> => {
      const creates = name === 'createStatus'
      return simulation.call(runner, {
        name,
        land,
        lost: () => new story.ServiceError(silent(service)),
        ...(creates && {
          refused: () => new story.ServiceError(refusal(422, 'Validation failed: not today')),
        }),
        deadline: creates ? 60_000 : 20_000,
        latest: creates ? 170_000 : 19_000,
        repeats,
        guards: name === 'sending',
      })
    }
  const ledger = createMemoryLedger(table, through('DynamoDB'), owner)
  const clock = story.createClock(
    () => simulation.now + runner.skew,
    () => simulation.now - runner.frozen,
  )
  return {
    config,
    ledger: scene.without.passesOverClaimed
      ? {
          ...ledger,
          async read() {
            const { route, todo } = await ledger.read()
            return {
              route,
              todo: todo.filter(({ claim }) => !claim || claim.owner === owner || claim.until <= clock.now()),
            }
          },
        }
      : ledger,
    mastodon: createMemoryMastodon(server, through('Mastodon')),
    tumblr: createMemoryTumblr(blog, history.pageSize, () => simulation.now, through('Tumblr')),
    source,
    images,
    clock,
    owner,
    timeLeft: () => runner.startedAt + runner.budget - simulation.now,
    digest: (text) => text,
    tell: () => {},
  }
}

/** An image is its address. */
export const source: ImageSource = { fetchImage: async (url) => new TextEncoder().encode(url) }
export const images: Images = {
  fitImage: async (bytes) => ({
    bytes,
    mimeType: 'image/jpeg',
    width: 1,
    height: 1,
    change: 'kept',
    before: { bytes: bytes.length, width: 1, height: 1, format: 'jpeg' },
  }),
}

const recordOf = (table: Table, { id }: Written): PostRecord | undefined =>
  table.posts.get(id.padStart(20, '0'))?.record
const isFinished = (table: Table, post: Written): boolean =>
  ['settled', 'parked'].includes(recordOf(table, post)?.state ?? '')

/** The promise of "once", in words; empty where it was kept. */
function judge(posts: readonly Written[], table: Table, statuses: readonly Kept[]): string[] {
  const roots = statuses
    .filter(({ inReplyToId }) => inReplyToId === undefined)
    .map(({ of }) => postOfImage(of))
  const wrong = posts.flatMap((post) => judgePost(post, recordOf(table, post), statuses))
  const inOrder = roots.every((id, at) => at === 0 || BigInt(roots[at - 1] ?? 0) <= BigInt(id))
  return inOrder ? wrong : [...wrong, `order: ${roots}`]
}

function judgePost(post: Written, record: PostRecord | undefined, statuses: readonly Kept[]): string[] {
  const mine = statuses.filter(({ of }) => postOfImage(of) === post.id)
  const roots = mine.filter(({ inReplyToId }) => inReplyToId === undefined)
  if (roots.length > 1) return [`double: ${post.id}`]
  if (record === undefined) return [`lost: ${post.id} was never noted`]
  if (record.state === 'parked')
    return record.reason === undefined ? [`parked for no reason: ${post.id}`] : []
  if (record.state !== 'settled' || record.outcome !== 'posted')
    return [`lost: ${post.id} is ${record.state} ${record.outcome} ${record.reason}`]
  const chained = mine.every(({ inReplyToId }, at) => inReplyToId === mine[at - 1]?.id)
  const known = mine.map(({ id }) => id).join() === record.statuses.map(({ id }) => id).join()
  const shown = mine.flatMap(({ shows }) => shows).join()
  const whole = ([0, 1] as const).some((shape) => imagesOf(post, shape).join() === shown)
  return chained && known && whole ? [] : [`torn: ${post.id} shows ${shown} in ${mine.map(({ id }) => id)}`]
}

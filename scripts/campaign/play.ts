/** Plays a scene from its beginning to the quiet after it, and gives what is to be judged. */
import type { PostRecord } from '../../src/core/record/record.ts'
import { perform } from './acts.ts'
import type { Breach, ByHand, Verdict } from './aftermath.ts'
import { asRun } from './caller.ts'
import { Gate, onlooker } from './gate.ts'
import { judge } from './judge.ts'
import type { Levity } from './levity.ts'
import { startProcess } from './process-run.ts'
import { type Pass, Running, routesOf, start } from './running.ts'
import { beginning, day, epoch, hour, minute, type Post, type Scene } from './scene.ts'
import { Sky } from './sky.ts'
import { blogOf, publish, type Stage, setStage, textOf } from './stage.ts'
import { StaleReads } from './stale-reads.ts'

export type Played = {
  readonly verdicts: readonly Verdict[]
  readonly calls: number
  readonly runs: readonly Running[]
  readonly records: readonly PostRecord[]
}

type Event = { readonly at: number; readonly happen: () => Promise<void> }

/** A run on a function of the template. */
const life = 5 * minute
/** Real ms: a run that takes longer hangs, whatever the scene's clock says. */
const realLife = 30_000
const mostQuietRuns = 60

export async function play(scene: Scene, levity: Levity): Promise<Played> {
  const stage = await setStage(scene)
  try {
    return await asRun(onlooker, () => new Player(scene, levity, stage).play())
  } finally {
    await stage.close()
  }
}

class Player {
  readonly #scene: Scene
  readonly #levity: Levity
  readonly #stage: Stage
  readonly #gate: Gate
  readonly #byHand: ByHand = { words: new Map(), deleted: new Map() }
  readonly #runs: Running[] = []
  readonly #hung: Breach[] = []
  #events: Event[] = []

  constructor(scene: Scene, levity: Levity, stage: Stage) {
    this.#scene = scene
    this.#levity = levity
    this.#stage = stage
    this.#gate = new Gate(scene, stage, new Sky(scene, stage, new StaleReads()))
  }

  async play(): Promise<Played> {
    const { posts, runs, acts } = this.#scene
    for (const post of posts) if (post.at < 0) await publish(post, this.#stage)
    await this.#run({ at: epoch - beginning, life })
    for (const post of posts) {
      if (post.at >= 0) this.#at(post.at, () => publish(post, this.#stage))
      if (post.edited !== undefined) this.#at(post.edited, () => this.#edit(post))
      if (post.hidden) {
        this.#at(post.hidden.from, () => this.#show(post, 'private'))
        this.#at(post.hidden.until, () => this.#show(post, 'published'))
      }
      if (post.deleted !== undefined) this.#at(post.deleted, () => this.#remove(post))
    }
    for (const run of runs) this.#at(run.at, () => this.#run(run))
    for (const act of acts) {
      this.#at(act.at, async () => {
        const later = await perform(act, {
          scene: this.#scene,
          stage: this.#stage,
          levity: this.#levity,
          byHand: this.#byHand,
        })
        if (later) this.#at(later.at, later.undo)
      })
    }
    await this.#happen()
    await this.#quieten()
    const records = await this.#records()
    const verdicts = judge({
      scene: this.#scene,
      stage: this.#stage,
      records,
      byHand: this.#byHand,
      runs: this.#runs,
      breaches: [...this.#gate.breaches, ...this.#hung],
    })
    return { verdicts, calls: this.#stage.switchboard.calls.length, runs: this.#runs, records }
  }

  #at(at: number, happen: () => Promise<void>): void {
    this.#events.push({ at, happen })
  }

  /** One after the other: at any moment at most one run is not held. */
  async #happen(): Promise<void> {
    for (;;) {
      const next = this.#events.reduce<Event | undefined>(
        (first, event) => (first === undefined || event.at < first.at ? event : first),
        undefined,
      )
      if (next === undefined) return
      this.#events = this.#events.filter((event) => event !== next)
      this.#moveTo(next.at)
      await next.happen()
    }
  }

  #moveTo(at: number): void {
    const { switchboard } = this.#stage
    switchboard.advance(Math.max(0, beginning + at - switchboard.clock.now()))
  }

  get #now(): number {
    return this.#stage.switchboard.clock.now() - beginning
  }

  async #run(plan: Scene['runs'][number]): Promise<void> {
    const running = new Running(`run ${this.#runs.length}`, plan, this.#stage.switchboard.clock.now())
    this.#runs.push(running)
    this.#gate.runs.set(running.name, running)
    const { fate } = plan
    if (plan.process) {
      this.#gate.process = running
      await startProcess(running, this.#scene, this.#stage)
    } else {
      const pass: Pass = (ledger, whose) => this.#gate.before(ledger, whose)
      start(running, this.#levity, { scene: this.#scene, stage: this.#stage, pass })
    }
    if (fate?.is !== 'frozen') return this.#untilItEnds(running, running.done)
    await this.#untilItEnds(running, Promise.race([running.done, running.held.promise]))
    if (running.ended) return
    this.#at(this.#now + fate.ms, async () => {
      if (plan.process) this.#gate.process = running
      running.thaw.resolve()
      await this.#untilItEnds(running, running.done)
    })
  }

  async #untilItEnds(running: Running, end: Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<'hung'>()
    const timer = setTimeout(() => resolve('hung'), realLife)
    if ((await Promise.race([end, promise])) === 'hung') {
      running.dead = true
      await running.kill()
      this.#hung.push({ is: 'hung', run: running.name, why: `it still ran after ${realLife / 1000} s` })
    }
    clearTimeout(timer)
  }

  /** Undefined where its author has deleted it. */
  #idOnTumblr(key: number): string | undefined {
    const { deleted } = this.#scene.posts.find((post) => post.key === key) ?? {}
    return deleted !== undefined && deleted <= this.#now ? undefined : this.#stage.ids.get(key)
  }

  async #show(post: Post, state: 'private' | 'published'): Promise<void> {
    const id = this.#idOnTumblr(post.key)
    if (id !== undefined) this.#stage.tumblr.edit(blogOf(post), id, { state })
  }

  async #edit(post: Post): Promise<void> {
    const id = this.#idOnTumblr(post.key)
    if (id !== undefined) this.#stage.tumblr.edit(blogOf(post), id, { text: `${textOf(post)} And more.` })
  }

  async #remove(post: Post): Promise<void> {
    const id = this.#stage.ids.get(post.key)
    if (id !== undefined) this.#stage.tumblr.remove(blogOf(post), id)
  }

  /** All weather is over: runs an hour apart until nothing is left to do, then two that are a day apart, then again. */
  async #quieten(): Promise<void> {
    const last = Math.max(0, ...this.#scene.weather.map(({ until }) => until), this.#now)
    let left = mostQuietRuns
    const settle = async (from: number): Promise<void> => {
      let calm = 0
      for (let at = from; calm < 2 && left > 0; left--) {
        this.#moveTo(at)
        await this.#run({ at, life })
        const report = this.#runs.at(-1)?.report
        calm = report?.outcome === 'done' && report.waiting === 0 ? calm + 1 : 0
        // A run that its time has cut short sends itself on at once (V4).
        at = this.#now + (report?.cutShort ? 0 : hour + minute)
      }
    }
    await settle(last + hour)
    for (let days = 0; days < 2 && left > 0; days++) {
      const at = this.#now + day + hour
      this.#moveTo(at)
      await this.#run({ at, life })
    }
    await settle(this.#now + hour)
  }

  async #records(): Promise<readonly PostRecord[]> {
    const records: PostRecord[] = []
    for (const route of routesOf(this.#scene))
      for await (const record of this.#stage.ledger.open(this.#levity, route).posts()) records.push(record)
    return records
  }
}

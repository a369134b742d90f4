/** Stands before every server: lets calls of the living through, at the scene's pace, and plays what befalls their runs. */
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { PostRecord } from '../../src/core/record/record.ts'
import type { RouteRecord } from '../../src/core/record/route.ts'
import type { Ledger } from '../../src/io/ledger/ledger.ts'
import type { Call, Fault } from '../sandbox/switchboard.ts'
import type { Breach } from './aftermath.ts'
import type { Running } from './running.ts'
import type { Fate, Scene } from './scene.ts'
import { deadlineOf, type Sky } from './sky.ts'
import type { Stage } from './stage.ts'

type C = Context<{ Bindings: HttpBindings }>

/** Who looks at the ledger when no run does; no weather meets it. */
export const onlooker = 'onlooker'

const drop = (when: Fault['when']): Fault => ({ when, play: 'drop' })

export class Gate {
  readonly runs = new Map<string, Running>()
  readonly breaches: Breach[] = []
  /** The run that has a process of its own, while there is one. */
  process: Running | undefined
  readonly #stage: Stage
  readonly #scene: Scene
  readonly #sky: Sky

  constructor(scene: Scene, stage: Stage, sky: Sky) {
    this.#scene = scene
    this.#stage = stage
    this.#sky = sky
    stage.switchboard.weather = (call, c) => this.#meet(call, c)
  }

  async #meet(call: Call, c: C): Promise<Fault | undefined> {
    if (call.run === onlooker) return undefined
    // A process of its own says nothing of itself; it is the only run that goes on then.
    const running = call.run === undefined ? this.process : this.runs.get(call.run)
    if (running === undefined || running.dead) return drop('before')
    if (running.ended) {
      // What was on its way when the run ended is cut off by it.
      await new Promise((cut) => setTimeout(cut, 50))
      if (!c.env.incoming.socket.destroyed)
        this.breaches.push({ is: 'late call', run: running.name, why: `${call.service} ${call.name}` })
      return drop('before')
    }
    const { switchboard } = this.#stage
    const pace = paceOf(call, this.#scene)
    const patience = patienceOf(running)
    switchboard.advance(Math.min(pace, patience))
    if (switchboard.clock.now() > running.end) return this.#overrun(running, call)
    // The server goes on, and whoever asked has given up.
    if (pace > patience) return drop('after')
    const { fate } = running.plan
    const counts = fate?.sending !== true || (await saysSending(call, c))
    const nth = counts ? running.count(call.service) : 0
    const meets = fate?.service === call.service && fate.nth === nth
    if (!meets || fate === undefined) return this.#sky.over(call, c, patienceOf(running))
    if (fate.is === 'killed') {
      running.dead = true
      if (fate.when === 'before') await running.kill()
      return fate.when === 'before' ? drop('before') : killedAfter(running, c)
    }
    if (fate.when === 'after') return this.#holdAnswer(running, fate, call, c)
    await this.#hold(running, fate)
    if (running.dead) return drop('before')
    return isOverdue(fate, call) ? drop('before') : this.#sky.over(call, c, patienceOf(running))
  }

  /** The same for a ledger in this very process: fates meet its calls as they meet those to DynamoDB. */
  before(ledger: Ledger, running: Running): Ledger {
    const pass =
      <A extends readonly unknown[], T>(call: (...args: A) => Promise<T>) =>
      async (...args: A): Promise<T> => {
        if (running.dead) throw new Error('this run is dead')
        if (running.ended) this.breaches.push({ is: 'late call', run: running.name, why: 'the ledger' })
        this.#stage.switchboard.advance(1)
        const { fate } = running.plan
        const counts = fate?.sending !== true || isSending(args[0])
        const nth = counts ? running.count('dynamodb') : 0
        const met = fate?.service === 'dynamodb' && fate.nth === nth ? fate : undefined
        if (met?.when === 'before') await this.#befall(running, met)
        const result = await call(...args)
        if (met?.when === 'after') await this.#befall(running, met)
        return result
      }
    return {
      read: pass(() => ledger.read()),
      countTodo: pass(() => ledger.countTodo()),
      fetchPosts: pass((keys: Parameters<Ledger['fetchPosts']>[0]) => ledger.fetchPosts(keys)),
      writePost: pass((record: PostRecord) => ledger.writePost(record)),
      writeRoute: pass((record: RouteRecord) => ledger.writeRoute(record)),
      posts: () => ledger.posts(),
    }
  }

  async #befall(running: Running, fate: Fate): Promise<void> {
    if (fate.is === 'frozen') await this.#hold(running, fate)
    else running.dead = true
    if (running.dead) throw new Error('this run is dead')
  }

  /** Lambda ends what is not done in time; a run should have ended by itself before. */
  #overrun(running: Running, call: Call): Fault {
    running.dead = true
    if (running.plan.fate?.is !== 'frozen')
      this.breaches.push({
        is: 'hung',
        run: running.name,
        why: `${call.service} ${call.name} came after its time`,
      })
    return drop('before')
  }

  async #hold(running: Running, { ms, clock }: Fate & { readonly is: 'frozen' }): Promise<void> {
    running.held.resolve()
    await running.thaw.promise
    if (clock === 'stands still') running.stoodStill += ms
    if (clock === 'set back') running.ahead -= ms
    if (this.#stage.switchboard.clock.now() > running.end) running.dead = true
  }

  #holdAnswer(running: Running, fate: Fate & { readonly is: 'frozen' }, call: Call, c: C): Fault {
    const change = async (answer: Response): Promise<Response> => {
      await this.#hold(running, fate)
      if (running.dead || isOverdue(fate, call)) c.env.incoming.socket.destroy()
      return answer
    }
    return { when: 'after', play: { change } }
  }
}

const isSending = (record: unknown): boolean =>
  typeof record === 'object' && record !== null && 'state' in record && record.state === 'sending'

const saysSending = async ({ name }: Call, c: C): Promise<boolean> =>
  name === 'PutItem' && (await c.req.text()).includes('"state":{"S":"sending"}')

/** The server has acted; whoever asked is gone before the answer is. */
function killedAfter(running: Running, c: C): Fault {
  const change = async (answer: Response): Promise<Response> => {
    await running.kill()
    c.env.incoming.socket.destroy()
    return answer
  }
  return { when: 'after', play: { change } }
}

const patienceOf = ({ patience }: Running): number => Math.max(0, patience?.() ?? Number.POSITIVE_INFINITY)

/** Levity looks at media once a second while they are processed. */
const paceOf = ({ name }: Call, { pace }: Scene): number =>
  name === 'upload' ? pace.upload : name === 'media' ? 1000 + pace.other : pace.other

/** The client gave up meanwhile. The ledger's answer lies in the socket, and is read first. */
const isOverdue = ({ ms }: Fate & { readonly is: 'frozen' }, call: Call): boolean =>
  call.service !== 'dynamodb' && ms > deadlineOf(call)

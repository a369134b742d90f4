/** One run that ends in the middle, and the runs after it. */
import { certificateOfThisProcess, writeCertificate } from '../../scripts/sandbox/certificate.ts'
import type { MastodonOptions } from '../../scripts/sandbox/mastodon/mastodon.ts'
import type { Call } from '../../scripts/sandbox/switchboard.ts'
import { type Scene, setScene } from './crash-scene.ts'
import { type Ended, type FunctionProcess, startFunction } from './function-process.ts'

/** Which run ends: the one that takes its bearings, or the one that publishes three posts. */
export type Which = 'first' | 'publishing'
/** `thaws`: the old run stands still, and goes on when all is done; `races`: while the next one works. */
export type Next = 'soon' | 'after an hour' | 'after a day' | 'thaws' | 'races'

export type Crash = {
  readonly which: Which
  readonly mastodon: MastodonOptions
  /** The n-th call of that run, from 1. */
  readonly call: number
  readonly when: 'before' | 'after'
  readonly next: Next
}

export type Aftermath = {
  /** The call that was struck; undefined where the run made fewer. */
  readonly struck: Call | undefined
  /** Sentences; empty where all is well. */
  readonly wrong: readonly string[]
}

const minute = 60_000
/** Longer than QUIET. */
const quiet = 11 * minute
/** Longer than a claim. */
const claim = 16 * minute
const lambdaLife = 5 * minute
const mostRuns = 12
const waits = {
  soon: 0,
  'after an hour': 70 * minute,
  'after a day': 26 * 60 * minute,
  thaws: 0,
  races: 0,
} as const

/** Processes that live on from case to case, for the runs that nothing happens to. */
export class Crew {
  readonly #idle: FunctionProcess[] = []
  readonly #all: FunctionProcess[] = []
  #certificate: ReturnType<typeof writeCertificate> | undefined

  async with<T>(scene: Scene, work: (process: FunctionProcess) => Promise<T>): Promise<T> {
    const member = this.#idle.pop() ?? (await this.#hire(scene))
    const done = await work(member)
    this.#idle.push(member)
    return done
  }

  async #hire(scene: Scene): Promise<FunctionProcess> {
    // A scene's own file goes with the scene; the certificate is the same in all.
    this.#certificate ??= certificateOfThisProcess().then(writeCertificate)
    const { path } = await this.#certificate
    const hired = startFunction({ ...scene.env(), NODE_EXTRA_CA_CERTS: path })
    this.#all.push(hired)
    return hired
  }

  async dismiss(): Promise<void> {
    for (const member of this.#all) member.kill()
    await (await this.#certificate)?.remove()
  }
}

/** The calls of a run that nothing happens to. Throws where it does not do its work. */
export async function callsOf(which: Which, mastodon: MastodonOptions, crew: Crew): Promise<readonly Call[]> {
  const scene = await setScene(mastodon)
  try {
    return await crew.with(scene, async (member) => {
      const { calls } = scene.sandbox.switchboard
      if (which === 'first') {
        await member.run(scene.env(), lambdaLife)
        return [...calls]
      }
      await member.run(scene.env(), lambdaLife)
      const before = calls.length
      scene.publish()
      const ended = await member.run(scene.env(), lambdaLife)
      const made = calls.slice(before)
      const wrong = await scene.judge()
      if (wrong.length > 0)
        throw new Error(
          `Expected three posts of an undisturbed run but received ${JSON.stringify(ended)}: ${wrong.join('; ')}`,
        )
      return made
    })
  } finally {
    await scene.close()
  }
}

export async function crash(which: Crash, crew: Crew): Promise<Aftermath> {
  const scene = await setScene(which.mastodon)
  try {
    return await crew.with(scene, (member) => play(which, scene, member))
  } finally {
    await scene.close()
  }
}

async function play(
  { which, call, when, next }: Crash,
  scene: Scene,
  member: FunctionProcess,
): Promise<Aftermath> {
  const { switchboard } = scene.sandbox
  if (which === 'publishing') {
    await member.run(scene.env(), lambdaLife)
    scene.publish()
  }
  const n = switchboard.calls.length + call
  const old = startFunction(scene.env())
  const lives = next === 'thaws' || next === 'races'
  const { struck, release } = lives ? hold(n, when, scene) : kill(n, when, scene, old)
  // With the time that Lambda gives, and with as much as it likes: the claims end within QUIET, and after it.
  const running = old.run(scene.env(), lives || when === 'after' ? undefined : lambdaLife)
  await Promise.race([running, struck])
  const target = switchboard.calls.find((one) => one.n === n)
  switchboard.playNothing()
  if (!lives) {
    old.kill()
    await running
  }
  switchboard.advance(waits[next])
  await member.run(scene.env(), lambdaLife)
  if (which === 'first') scene.publish()
  // A create that waits for longer than its deadline is given up, and never let through.
  const givenUp = next === 'thaws' && target?.name === 'create' && when === 'before'
  if (givenUp) {
    old.kill()
    await running
  }
  if (next === 'soon') {
    switchboard.advance(lambdaLife + minute)
    await member.run(scene.env(), lambdaLife)
  }
  if (next === 'races') await race(scene, member, old, target, release)
  let ended = await recover(scene, member)
  if (next === 'thaws') {
    await old.shift(scene.env())
    if (!givenUp) release()
    await running
    ended = await recover(scene, member)
  }
  if (!givenUp) release()
  await running
  old.kill()
  const wrong = [...(await scene.judge())]
  if (ended !== undefined) wrong.push(`the runs after it do not end: ${JSON.stringify(ended)}`)
  return { struck: target, wrong }
}

type Strike = { readonly struck: Promise<void>; readonly release: () => void }

function kill(n: number, when: Crash['when'], { sandbox }: Scene, old: FunctionProcess): Strike {
  const { promise, resolve } = Promise.withResolvers<void>()
  sandbox.switchboard.onKill = () => {
    old.kill()
    resolve()
  }
  sandbox.switchboard.play({ call: n, when, play: 'kill' })
  return { struck: promise, release: () => {} }
}

function hold(n: number, when: Crash['when'], { sandbox }: Scene): Strike {
  const released = Promise.withResolvers<void>()
  const struck = Promise.withResolvers<void>()
  const until = (): Promise<void> => {
    struck.resolve()
    return released.promise
  }
  sandbox.switchboard.play({ call: n, when, play: { until } })
  return { struck: struck.promise, release: () => released.resolve() }
}

/** The old run goes on at the very moment when the next one may take over. */
async function race(
  scene: Scene,
  member: FunctionProcess,
  old: FunctionProcess,
  target: Call | undefined,
  release: () => void,
): Promise<void> {
  // A create that was sent arrives within its deadline.
  scene.sandbox.switchboard.advance(target?.name === 'create' ? minute : claim)
  await old.shift(scene.env())
  const run = member.run(scene.env(), lambdaLife)
  release()
  await run
}

/** Runs until all is done. Undefined when it is, else how the last run ended. */
async function recover(scene: Scene, member: FunctionProcess): Promise<Ended | undefined> {
  const { switchboard } = scene.sandbox
  let ended: Ended | undefined
  for (let run = 0; run < mostRuns; run++) {
    switchboard.advance(run === 0 ? quiet : claim)
    ended = await member.run(scene.env(), lambdaLife)
    if (ended.is === 'report' && ended.outcome === 'done' && ended.waiting === 0) return undefined
  }
  return ended
}

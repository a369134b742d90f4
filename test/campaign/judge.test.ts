/** The oracle: each of its words is said where it is true, and none where all is well. */
import { afterAll, expect, test } from 'vitest'
import type { Word } from '../../scripts/campaign/aftermath.ts'
import { closeLedgers } from '../../scripts/campaign/ledgers.ts'
import { type Levity, loadLevity } from '../../scripts/campaign/levity.ts'
import { planted } from '../../scripts/campaign/planted.ts'
import { play } from '../../scripts/campaign/play.ts'
import { removeCertificate } from '../../scripts/campaign/process-run.ts'
import { day, hour, minute, type Scene, type Weather } from '../../scripts/campaign/scene.ts'
import { quietScene } from './quiet-scene.ts'

const timeout = 120_000

afterAll(async () => {
  await closeLedgers()
  await removeCertificate()
})

const changeOf = (wanted: string) => {
  const found = planted.find(({ fault }) => fault === wanted)
  if (!found) throw new Error(`Expected a planted fault but received "${wanted}"`)
  return [found.change]
}

const lostAnswer: Weather = {
  doors: ['creates'],
  sky: { is: 'reset', when: 'after' },
  ...{ from: 0, until: hour, times: 1 },
}
const forgetful = { idempotency: 'none', unknownMedia: 'twice', attachedMediaVisible: true } as const
const spoilt: Scene['posts'] = [{ key: 0, at: minute, images: 1, length: 30, spoilt: 'missing' }]

const faulty: readonly (readonly [word: Word, fault: string, scene: Partial<Scene>])[] = [
  ['doubled', 'the look-up is skipped', { server: forgetful, weather: [lostAnswer] }],
  ['doubled', 'the look-up is skipped', { server: forgetful, weather: [lostAnswer], ledger: 'sqlite' }],
  ['torn', 'the images are turned round', {}],
  ['torn', 'the alt text is dropped', {}],
  ['disordered', 'the newest post goes first', { weather: [{ ...lostAnswer, doors: ['uploads'] }] }],
  ['held', 'an attempt is not counted', { posts: spoilt }],
  [
    'parked for an outage',
    'the claim is not given back in an outage',
    {
      weather: [{ doors: ['uploads'], sky: { is: 'reset', when: 'before' }, from: 0, until: day }],
      runs: Array.from({ length: 24 }, (_, n) => ({ at: (n + 1) * hour, life: 5 * minute })),
    },
  ],
]

test.each(faulty)('"%s" where %s', { timeout }, async (word, fault, scene) => {
  const { verdicts } = await play(quietScene(scene), await loadLevity(changeOf(fault)))
  expect(verdicts.map((one) => one.word)).toContain(word)
  const without = await play(quietScene(scene), await loadLevity())
  expect(without.verdicts).toEqual([])
})

test('"hung" where a run does not look at its time', { timeout }, async () => {
  const careless = { from: "if (tooLate && step.do !== 'park'", to: "if (!tooLate && step.do === 'park'" }
  const scene = quietScene({
    pace: { upload: 95_000, other: 500 },
    posts: [{ key: 0, at: minute, images: 4, length: 30 }],
    runs: [{ at: 10 * minute, life: 4 * minute }],
  })
  const hung = async (levity: Levity): Promise<boolean> =>
    (await play(scene, levity)).verdicts.some(({ word }) => word === 'hung')
  const noImageEither = {
    from: 'if (world.timeLeft() < imageTimeMs) return',
    to: 'if (Number.isNaN(world.timeLeft())) return',
  }
  expect(await hung(await loadLevity([careless, noImageEither]))).toBe(true)
  expect(await hung(await loadLevity())).toBe(false)
})

test('"foreign status touched" where the owner’s own words are written over', { timeout }, async () => {
  const scene = quietScene({
    follow: true,
    posts: [{ key: 0, at: minute, images: 1, length: 30, edited: 40 * minute }],
    acts: [{ at: 20 * minute, do: 'edit' }],
  })
  const { verdicts } = await play(scene, await loadLevity())
  expect(verdicts.map(({ word }) => word)).toEqual(['foreign status touched'])
})

test('"lost" where the owner’s own status with a link is taken for a post, and nothing by the rule (V6)', {
  timeout,
}, async () => {
  const anyLink = {
    from: "if (keepsMediaIds && status.mediaIds.length > 0) return 'not ours'",
    to: "if (linksTo(status.content, record)) return 'ours'",
  }
  const scene = quietScene({
    posts: [{ key: 0, at: minute, images: 1, length: 30 }],
    weather: [{ doors: ['creates'], sky: { is: 'reset', when: 'before' }, from: 0, until: hour, times: 1 }],
    runs: [10, 30].map((at) => ({ at: at * minute, life: 5 * minute })),
    acts: [{ at: 20 * minute, do: 'write', images: 1, link: true }],
  })
  const words = async (levity: Levity): Promise<readonly string[]> =>
    (await play(scene, levity)).verdicts.map(({ word }) => word)
  expect(await words(await loadLevity([anyLink]))).toEqual(['lost'])
  expect(await words(await loadLevity())).toEqual([])
})

test('a process that is really killed, at a create that was done, posts everything once', {
  timeout,
}, async () => {
  const killed = { service: 'mastodon', nth: 6, when: 'after', is: 'killed' } as const
  const scene = quietScene({ runs: [{ at: 10 * minute, life: 5 * minute, process: true, fate: killed }] })
  const { verdicts, runs } = await play(scene, await loadLevity())
  expect(runs.map(({ dead }) => dead).filter(Boolean)).toEqual([true])
  expect(verdicts).toEqual([])
})

test('a run is killed at its write of the ledger file, and what it wrote stands', { timeout }, async () => {
  const killed = { service: 'dynamodb', nth: 4, when: 'after', is: 'killed' } as const
  const [first, ...others] = quietScene().runs
  const scene = quietScene({
    ledger: 'sqlite',
    runs: [{ at: 10 * minute, ...first, fate: killed }, ...others],
  })
  const { verdicts, runs } = await play(scene, await loadLevity())
  expect(runs.filter(({ dead }) => dead).length).toBe(1)
  expect(verdicts).toEqual([])
})

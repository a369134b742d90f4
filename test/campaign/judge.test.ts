/** The oracle: each of its words is said where it is true, and none where all is well. */
import { afterAll, expect, test } from 'vitest'
import type { Word } from '../../scripts/campaign/aftermath.ts'
import type { Change } from '../../scripts/campaign/changed-source.ts'
import { closeLedgers } from '../../scripts/campaign/ledgers.ts'
import { type Levity, loadLevity } from '../../scripts/campaign/levity.ts'
import { planted } from '../../scripts/campaign/planted.ts'
import { play } from '../../scripts/campaign/play.ts'
import { removeCertificate } from '../../scripts/campaign/process-run.ts'
import { day, hour, minute, type Run, type Scene, type Weather } from '../../scripts/campaign/scene.ts'
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
  ['held', 'a post that is always refused is never given up', { posts: spoilt }],
  [
    'parked for an outage',
    'an outage counts against a post',
    {
      weather: [{ doors: ['uploads'], sky: { is: 'reset', when: 'before' }, from: 0, until: day }],
      runs: Array.from({ length: 24 }, (_, n) => ({ at: (n + 1) * hour, life: 5 * minute })),
    },
  ],
]

const byHand = (ask: NonNullable<Run['ask']>): Pick<Scene, 'runs'> => ({
  runs: [...quietScene().runs, { at: 80 * minute, life: 5 * minute, ask }],
})
const killedAtItsSecondWrite = { service: 'dynamodb', nth: 3, when: 'before', is: 'killed' } as const

const more: typeof faulty = [
  ['doubled', 'a post by hand is posted again and again', byHand({ do: 'post', post: 1 })],
  [
    'lost',
    'the page is written down before its posts',
    { runs: [{ at: 10 * minute, life: 5 * minute, fate: killedAtItsSecondWrite }] },
  ],
]

test.each([...faulty, ...more])('"%s" where %s', { timeout }, async (word, fault, scene) => {
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
    from: 'if (hadMs < imageTimeMs) return',
    to: 'if (Number.isNaN(hadMs)) return',
  }
  const noEnd = {
    from: 'const timeLeft = (): number => world.timeLeft() - endTimeMs',
    to: 'const timeLeft = (): number => Number.POSITIVE_INFINITY',
  }
  expect(await hung(await loadLevity([careless, noImageEither, noEnd]))).toBe(true)
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

/** The first run has time for the first part of a thread alone. The second is dropped, and parked, until a person tries it again. */
const halfDropped: Partial<Scene> = {
  pace: { upload: 1000, other: 3000 },
  posts: [
    { key: 0, at: 5 * minute, images: 6, length: 30 },
    { key: 1, at: 20 * minute, images: 1, length: 30 },
  ],
  acts: [{ at: 30 * minute, do: 'drop', creates: 1 }],
  runs: [
    { at: 10 * minute, life: 2 * minute },
    ...Array.from({ length: 11 }, (_, n) => ({ at: (40 + 30 * n) * minute, life: 15 * minute })),
    { at: 7 * hour, life: 15 * minute, ask: { do: 'retry' } },
  ],
}

const others: readonly (readonly [word: Word, fault: string, change: Change, scene: Partial<Scene>])[] = [
  [
    'late call',
    'a write is not waited for',
    {
      from: 'await world.ledger.writeRoute({ ...route, trouble }).catch(() => undefined)',
      to: 'world.ledger.writeRoute({ ...route, trouble }).catch(() => undefined)',
    },
    {
      weather: [
        { doors: ['a page of Tumblr'], sky: { is: 'reset', when: 'before' }, from: 0, until: 20 * minute },
      ],
    },
  ],
  [
    'unasked for',
    'what was deleted on Tumblr stays',
    { from: 'world.config.follow.deletions ? [...changed, ...absent] : changed', to: 'changed' },
    { deletions: true, posts: [{ key: 0, at: minute, images: 1, length: 30, deleted: 40 * minute }] },
  ],
  [
    'lost',
    'a copy is taken for posted',
    {
      from: "const begun = existing?.state === 'settled'",
      to: "if (copy > 1) return\n  const begun = existing?.state === 'settled'",
    },
    byHand({ do: 'again', post: 1, copy: 2 }),
  ],
  [
    'doubled',
    'links to posts are not looked for when the ledger was lost',
    {
      from: 'ids.add(post.id)',
      to: 'ids.delete(post.id)',
    },
    { archive: true, acts: [{ at: 40 * minute, do: 'lose the ledger' }] },
  ],
  [
    'held',
    'a post that fails is tried for more than four hours, and another one waits behind it',
    { from: 'export const holdMs = 3 * ', to: 'export const holdMs = 6 * ' },
    {
      posts: [...spoilt, { key: 1, at: 2 * minute, images: 1, length: 30 }],
      runs: Array.from({ length: 40 }, (_, n) => ({ at: (5 + 10 * n) * minute, life: 5 * minute })),
    },
  ],
  [
    'doubled',
    'what is parked begins anew when it is tried again',
    {
      from: "state: record.parkedFrom ?? 'queued',",
      to: "statuses: [], sentAt: undefined, media: undefined, thread: undefined, state: 'queued',",
    },
    halfDropped,
  ],
]

test.each(others)('"%s" where %s', { timeout }, async (word, _, change, scene) => {
  const { verdicts } = await play(quietScene(scene), await loadLevity([change]))
  expect(verdicts.map((one) => one.word)).toContain(word)
  const without = await play(quietScene(scene), await loadLevity())
  expect(without.verdicts).toEqual([])
})

test('copies that are asked for come, each once, though the event comes twice', { timeout }, async () => {
  const copies = [2, 2, 3, 3].map(
    (copy, n): Run => ({
      ...{ at: (80 + n) * minute, life: 5 * minute },
      ask: { do: 'again', post: 1, copy },
    }),
  )
  const scene = quietScene({ runs: [...quietScene().runs, ...copies] })
  const { verdicts, records } = await play(scene, await loadLevity())
  expect(verdicts).toEqual([])
  expect(records.map(({ copy, outcome }) => [copy, outcome])).toEqual([
    [1, 'posted'],
    [1, 'posted'],
    [2, 'posted'],
    [3, 'posted'],
  ])
})

test.each(['dynamodb', 'sqlite'] as const)(
  'two routes to one account, on %s',
  { timeout },
  async (ledger) => {
    const more: Scene['posts'] = [2, 3].map((key) => ({
      ...{ key, at: (key + 5) * minute, images: 5, length: 30, other: true },
    }))
    const scene = quietScene({ ledger, twoRoutes: true, posts: [...quietScene().posts, ...more] })
    const { verdicts, records } = await play(scene, await loadLevity())
    expect(verdicts).toEqual([])
    expect(records.map(({ outcome }) => outcome)).toEqual(['posted', 'posted', 'posted', 'posted'])
  },
)

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

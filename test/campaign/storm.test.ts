/** A sample of the storm, and that a failure is told so that it can be replayed. */
import { afterAll, expect, test } from 'vitest'
import { runCampaign, shrinkFailed } from '../../scripts/campaign/campaign.ts'
import { drawScene } from '../../scripts/campaign/draw.ts'
import { type KindName, kinds } from '../../scripts/campaign/kinds.ts'
import { closeLedgers } from '../../scripts/campaign/ledgers.ts'
import { loadLevity } from '../../scripts/campaign/levity.ts'
import { planted } from '../../scripts/campaign/planted.ts'
import { play } from '../../scripts/campaign/play.ts'
import { removeCertificate } from '../../scripts/campaign/process-run.ts'
import { hour, minute } from '../../scripts/campaign/scene.ts'
import { tell } from '../../scripts/campaign/tell.ts'
import { posts, quietScene } from './quiet-scene.ts'

const timeout = 180_000
const all = Object.keys(kinds) as KindName[]

afterAll(async () => {
  await closeLedgers()
  await removeCertificate()
})

test('forty scenes', { timeout }, async () => {
  const plan = { seed: 1, scenes: 40, kinds: all, ledger: undefined }
  const { failed } = await runCampaign(plan, await loadLevity())
  const told = failed.map(({ scene, verdicts }) => [
    `npm run campaign -- --scenes 1 --seed ${scene.seed}`,
    ...verdicts.map(({ word, why }) => `${word}: ${why}`),
  ])
  expect(told).toEqual([])
})

test('a seed is a scene: the same twice, in its data and in its calls', { timeout }, async () => {
  const levity = await loadLevity()
  for (const seed of [3, 4]) {
    expect(drawScene(seed, all)).toEqual(drawScene(seed, all))
    const [one, other] = [await play(drawScene(seed, all), levity), await play(drawScene(seed, all), levity)]
    expect(other.calls).toBe(one.calls)
    expect(other.verdicts.map(({ word }) => word)).toEqual(one.verdicts.map(({ word }) => word))
  }
})

test('a failure is cut down to what it needs, and told in words', { timeout }, async () => {
  const turned = planted.find(({ fault }) => fault === 'the images are turned round')
  const levity = await loadLevity(turned ? [turned.change] : [])
  const scene = quietScene({
    posts,
    server: { idempotency: 'none' },
    weather: [{ doors: ['uploads'], sky: { is: 'reset', when: 'before' }, from: 0, until: hour, times: 1 }],
    acts: [{ at: 20 * minute, do: 'write' }],
  })
  const { verdicts } = await play(scene, levity)
  const small = await shrinkFailed({ scene, verdicts }, levity)
  expect(tell(small.scene)).toEqual([
    '1. 0:05: Post 0 is published with 2 images.',
    '2. Then all weather is over, and runs come an hour apart until nothing is left to do.',
  ])
  expect(small.verdicts.map(({ word }) => word)).toEqual(['torn'])
})

test('every planted fault stands in a sentence that src/ still has', { timeout }, async () => {
  expect(planted.length).toBeGreaterThanOrEqual(15)
  for (const { change } of planted) await loadLevity([change])
})

/** The claims of "once" over random histories: kept as the story stands, broken when any one rule is taken out. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { histories } from './histories.ts'
import { rules } from './rules.ts'
import { loadStory } from './story.ts'
import { type History, play } from './world.ts'

const numRuns = 1500
/** Ms; a few seconds each where nothing else runs. */
const timeout = 120_000

test('three overlapping runs, frozen and dying, post everything once, whole and in order', {
  timeout,
}, async () => {
  const story = await loadStory()
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      const { wrong, trace } = await play(story, history)
      if (wrong.length > 0) throw new Error([...wrong, ...trace].join('\n'))
    }),
    // Always the same histories, so that a change fails here and chance does not. `npm run campaign` looks further.
    { numRuns: 4 * numRuns, seed: 7 },
  )
})

/** R1's wall clock is set back by as long as it stood still, while it writes its claim on a post that was sent before. */
const setBack: History = {
  seed: 0,
  pace: 100,
  family: 'bare',
  pageSize: 20,
  posts: [{ at: -300_000, images: 1 }],
  starts: [1000, 720_000, 0],
  budgets: [900_000, 900_000, 900_000],
  skews: [0, 0, 0],
  faults: [
    { run: 1, call: 'sending', nth: 0, fate: 'clock set back', ms: 780_000 },
    { run: 1, call: 'createStatus', nth: 0, fate: 'answer lost', ms: 168_000 },
    { run: 2, call: 'createStatus', nth: 0, fate: 'lost', ms: 50_000 },
  ],
}

test('V5: a wall clock that is set back during a claim makes no `sentAt` too early', async () => {
  const { wrong, trace } = await play(await loadStory(), setBack)
  expect(wrong, trace.join('\n')).toEqual([])
})

test.each(rules)(
  'without $rule something breaks: $breaks',
  { timeout },
  async ({ changes = [], breaks, ...without }) => {
    const story = await loadStory(changes)
    let found: readonly string[] = []
    const { failed } = await fc.check(
      fc.asyncProperty(histories, async (history) => {
        const { wrong } = await play(story, history, without)
        found = wrong.filter((line) => breaks.some((kind) => line.startsWith(kind)))
        return found.length === 0
      }),
      { numRuns: 4 * numRuns, seed: 7, endOnFailure: true },
    )
    expect({ failed, found }).toMatchObject({ failed: true })
  },
)

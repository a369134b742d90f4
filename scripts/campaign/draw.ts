/** A scene from a seed: a quiet blog, and two to six of the kinds there are. */
import { drawRuns, type Kind, newDraft } from './draft.ts'
import { type KindName, kinds } from './kinds.ts'
import { createRandom } from './random.ts'
import type { LedgerKind, Scene } from './scene.ts'

/** `ledger`: on which; the seed chooses unless said. */
export function drawScene(seed: number, from: readonly KindName[], ledger?: LedgerKind): Scene {
  const random = createRandom(seed)
  const draft = newDraft(random)
  const chosen = new Set<KindName>()
  for (let left = random.int(2, 6); left > 0; left--) {
    const name = from[random.int(0, from.length - 1)]
    if (name !== undefined) chosen.add(name)
  }
  // What befalls runs is what the heart is for: more often than the rest.
  const ofRuns = from.filter((name) => kinds[name].phase === 'runs')
  const [first] = ofRuns
  if (first !== undefined && random.chance(0.5)) chosen.add(random.pick([first, ...ofRuns.slice(1)]))
  const names = [...chosen]
  const drawAll = (phase: Kind['phase']): void => {
    for (const name of names) if (kinds[name].phase === phase) kinds[name].draw(draft, random)
  }
  drawAll('blog')
  draft.posts = draft.posts.toSorted((a, b) => a.at - b.at)
  drawAll('outside')
  drawRuns(draft, random)
  drawAll('runs')
  const { span: _, ...rest } = draft
  const drawn = random.chance(0.3) ? 'sqlite' : 'dynamodb'
  // The function of AWS has its ledger in DynamoDB.
  const isFunction = draft.runs.some((run) => run.process)
  return { ...rest, seed, kinds: names, ledger: isFunction ? 'dynamodb' : (ledger ?? drawn) }
}

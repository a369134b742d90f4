/** Cuts a scene down to what its verdict needs: one thing at a time, as long as the same word stays. */
import type { Fate, Post, Run, Scene, Weather } from './scene.ts'
import { hour } from './scene.ts'

/** Whether a smaller scene still fails in the same way. */
export type StillFails = (scene: Scene) => Promise<boolean>

export async function shrink(scene: Scene, stillFails: StillFails, mostPlays = 160): Promise<Scene> {
  let smallest = scene
  let plays = 0
  const better = async (smaller: Scene): Promise<boolean> => {
    if (plays >= mostPlays) return false
    plays += 1
    if (!(await stillFails(smaller))) return false
    smallest = smaller
    return true
  }
  for (let before: Scene | undefined; before !== smallest && plays < mostPlays; ) {
    before = smallest
    for (const list of ['weather', 'acts', 'posts', 'runs'] as const)
      await cutList(list, () => smallest, better)
    await cutPlain(() => smallest, better)
    await cutEach('posts', simplerPosts, () => smallest, better)
    await cutEach('weather', simplerWeather, () => smallest, better)
    await cutEach('runs', simplerRuns, () => smallest, better)
  }
  return smallest
}

type List = 'weather' | 'acts' | 'posts' | 'runs'
type Better = (smaller: Scene) => Promise<boolean>

/** Halves first, then smaller pieces, down to single ones. */
async function cutList(list: List, current: () => Scene, better: Better): Promise<void> {
  for (
    let size = Math.ceil(current()[list].length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let from = 0; from < current()[list].length; ) {
      const left = current()[list].filter((_, n) => n < from || n >= from + size)
      if (!(await better(tidied({ ...current(), [list]: left })))) from += size
    }
  }
}

/** Weather of a post that is no more meets nobody. */
const tidied = (scene: Scene): Scene => ({
  ...scene,
  weather: scene.weather.filter(
    ({ post }) => post === undefined || scene.posts.some(({ key }) => key === post),
  ),
})

async function cutPlain(current: () => Scene, better: Better): Promise<void> {
  for (const name of Object.keys(current().server)) {
    const server = Object.fromEntries(Object.entries(current().server).filter(([key]) => key !== name))
    await better({ ...current(), server })
  }
  const { old, archive, follow, withLink, pace } = current()
  if (old > 2) await better({ ...current(), old: 2 })
  if (archive)
    await better({ ...current(), archive: false, posts: current().posts.filter(({ at }) => at >= 0) })
  if (follow) await better({ ...current(), follow: false })
  if (current().twoRoutes) {
    const { twoRoutes: _, ...scene } = current()
    await better({ ...scene, posts: scene.posts.filter(({ other }) => !other) })
  }
  if (current().deletions) {
    const { deletions: _, ...scene } = current()
    await better(scene)
  }
  if (!withLink) await better({ ...current(), withLink: true })
  if (pace.upload !== 1000 || pace.other !== 100)
    await better({ ...current(), pace: { upload: 1000, other: 100 } })
}

async function cutEach<L extends 'posts' | 'weather' | 'runs'>(
  list: L,
  simpler: (one: Scene[L][number]) => readonly Scene[L][number][],
  current: () => Scene,
  better: Better,
): Promise<void> {
  for (let n = 0; n < current()[list].length; n++) {
    const one: Scene[L][number] | undefined = current()[list][n]
    if (one === undefined) continue
    for (const smaller of simpler(one)) {
      const changed = current()[list].map((each, at) => (at === n ? smaller : each))
      if (await better({ ...current(), [list]: changed })) break
    }
  }
}

/** Without an optional field, where it has it. */
const without = <T extends object>(one: T, name: keyof T & string): readonly T[] => {
  if (!(name in one)) return []
  const { [name]: _, ...rest } = one
  return [rest as T]
}

const simplerPosts = (post: Post): readonly Post[] => [
  ...(['dated', 'hidden', 'deleted', 'bare', 'pinned', 'huge', 'unreadable', 'edited'] as const).flatMap(
    (name) => without(post, name),
  ),
  ...(post.images > 1 && post.spoilt === undefined ? [{ ...post, images: 1 }] : []),
  ...(post.images > 2 ? [{ ...post, images: Math.ceil(post.images / 2) }] : []),
  ...(post.length > 30 ? [{ ...post, length: 30 }] : []),
]

const simplerWeather = (one: Weather): readonly Weather[] => [
  ...(one.doors.length > 1 ? one.doors.map((door): Weather => ({ ...one, doors: [door] })) : []),
  ...(one.times === undefined ? [{ ...one, times: 1 }] : []),
  ...(one.until - one.from > hour ? [{ ...one, until: one.from + hour }] : []),
  ...(one.until - one.from > 4 * hour ? [{ ...one, until: one.from + 4 * hour }] : []),
]

const simplerRuns = (run: Run): readonly Run[] => [
  ...without(run, 'fate'),
  ...without(run, 'ahead'),
  ...without(run, 'ask'),
  ...(run.fate?.is === 'frozen' ? [{ ...run, fate: killedInstead(run.fate) }] : []),
]

const killedInstead = ({ service, nth, when, sending }: Fate): Fate => ({
  ...{ service, nth, when, is: 'killed' },
  ...(sending && { sending }),
})

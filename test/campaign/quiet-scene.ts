/** A scene in which nothing happens but what a test adds. */
import { minute, type Scene } from '../../scripts/campaign/scene.ts'

export const posts: Scene['posts'] = [
  { key: 0, at: 5 * minute, images: 2, length: 30 },
  { key: 1, at: 8 * minute, images: 1, length: 30 },
]

export const quietScene = (more: Partial<Scene> = {}): Scene => ({
  ...{
    seed: 0,
    kinds: [],
    ledger: 'dynamodb',
    server: {},
    pace: { upload: 1000, other: 100 },
    withLink: true,
  },
  ...{ old: 2, archive: false, follow: false, posts, weather: [], acts: [] },
  runs: [10, 30, 50, 70].map((at) => ({ at: at * minute, life: 5 * minute })),
  ...more,
})

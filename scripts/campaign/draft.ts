/** A scene while it is drawn: the kinds add to it. */
import type { MastodonOptions } from '../sandbox/mastodon/mastodon.ts'
import type { Random } from './random.ts'
import { type Act, hour, minute, type Post, type Run, second, type Weather } from './scene.ts'

/** Changeable; the scene that is made of it is not. */
export type Draft = {
  span: number
  server: MastodonOptions
  pace: { upload: number; other: number }
  withLink: boolean
  old: number
  archive: boolean
  follow: boolean
  deletions?: true
  twoRoutes?: true
  posts: Post[]
  runs: Run[]
  weather: Weather[]
  acts: Act[]
}

/** `blog` adds to the posts, `outside` to servers, weather and owner, `runs` to the runs, in this order. */
export type Kind = {
  readonly phase: 'blog' | 'outside' | 'runs'
  readonly draw: (draft: Draft, random: Random) => void
}

export function newDraft(random: Random): Draft {
  const span = random.int(2, 6) * hour
  const count = random.int(1, 4)
  return {
    span,
    server: {},
    pace: { upload: random.int(1, 4) * second, other: random.int(20, 400) },
    withLink: true,
    old: 2,
    archive: false,
    follow: false,
    posts: Array.from({ length: count }, (_, key) => ({
      key,
      at: random.int(0, span / 2 / minute) * minute,
      images: random.chance(0.7) ? random.int(1, 2) : random.int(3, 6),
      length: random.chance(0.8) ? random.int(25, 60) : random.int(150, 380),
      ...(random.chance(0.2) && { bare: true }),
    }))
      .toSorted((a, b) => a.at - b.at)
      .map((post, key) => ({ ...post, key })),
    runs: [],
    weather: [],
    acts: [],
  }
}

export const anyOf = <T>(random: Random, from: readonly T[]): T | undefined =>
  from[random.int(0, from.length - 1)]

/** Shortly before or after a post is published, so that it meets something. */
export function nearPost({ posts, span }: Draft, random: Random): number {
  const post = anyOf(random, posts)
  return Math.max(0, (post?.at ?? random.int(0, span)) + random.int(-15, 25) * minute)
}

/** Runs from the beginning to the span's end, and what makes each its own. */
export function drawRuns(draft: Draft, random: Random): void {
  const last = Math.max(draft.span, ...draft.weather.map(({ until }) => until))
  const every = (last > 12 * hour ? random.int(35, 60) : random.int(8, 30)) * minute
  for (let at = random.int(0, every); at < last; at += every)
    draft.runs.push({ at, life: (random.chance(0.5) ? 5 : 15) * minute })
}

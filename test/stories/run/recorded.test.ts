/** Posts as Tumblr really sent them, reposted by whole runs. */
import { describe, expect, test } from 'vitest'
import { isRecord } from '../../../src/core/npf/field.ts'
import { parsePost } from '../../../src/core/npf/npf.ts'
import { readRecorded } from '../../support/recorded.ts'
import { blog, startDriver } from '../../support/run.ts'

/** A tenth of their pixels, because drawing them takes most of the time. */
const smaller = (key: string, value: unknown): unknown =>
  /^(width|height)$/.test(key) && typeof value === 'number' ? Math.ceil(value / 10) : value

const envelope = { blog_name: blog, state: 'published', tags: [] }

function recordedPosts(): readonly unknown[] {
  const alone = readRecorded('posts', smaller).map(([, post]) => ({ ...envelope, ...post }))
  const listed = readRecorded('responses', smaller).flatMap(([, json]) => {
    const response = isRecord(json['response']) ? json['response'] : json
    return Array.isArray(response['posts']) ? response['posts'] : []
  })
  return [...alone, ...listed]
}

describe('recorded posts, each with images that count becomes lawful statuses with all of them', () => {
  test.each(['own', 'all'] as const)(
    'LEVITY_REBLOGS=%s',
    async (reblogs) => {
      const { runUntilDone, sandbox } = await startDriver({
        bearings: false,
        // A server that makes films of GIFs would be waited for, in real seconds.
        mastodon: { gifv: false },
        env: { LEVITY_START: 'all', LEVITY_REBLOGS: reblogs, LEVITY_MAX_POSTS: '100' },
      })
      sandbox.tumblr.serve(blog, recordedPosts(), 'new')
      const wanted = new Map(
        sandbox.tumblr.posts(blog).map((json) => {
          const { id, images, published } = parsePost(json)
          const counted = images.filter(({ origin }) => reblogs === 'all' || origin === 'own')
          return [id, published ? counted.length : 0] as const
        }),
      )
      const runs = await runUntilDone(60)
      expect(runs.flatMap(({ route }) => route.parked)).toEqual([])
      expect(sandbox.mastodon.unlawful()).toEqual([])
      const came = new Map(
        runs.flatMap(({ route }) =>
          route.posted.map(({ post, statuses }) => [
            post,
            sandbox.mastodon.statuses
              .filter(({ url }) => statuses.includes(url))
              .reduce((sum, { media }) => sum + media.length, 0),
          ]),
        ),
      )
      expect(came.size).toBeGreaterThan(20)
      expect([...came].sort()).toEqual([...wanted].filter(([, images]) => images > 0).sort())
    },
    60_000,
  )
})

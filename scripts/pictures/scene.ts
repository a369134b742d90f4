/** What the pictures show: `npm run dev` after a run has reposted one post, with another post since. */
import { functionName } from '../dev/function.ts'
import { type Dev, startDev } from '../dev/start.ts'
import { sandboxBlog } from '../sandbox/blog.ts'
import type { ImageDraft, PostDraft } from '../sandbox/tumblr/post.ts'

/** The time of the run, and how long before it the post was published. */
const now = Date.UTC(2026, 5, 7, 12, 20)
const lateMs = 8 * 60_000

const image = (seed: string, altText: string): ImageDraft => ({ seed, width: 1280, height: 960, altText })
const post: PostDraft = {
  at: now - lateMs,
  text: 'A night on the ridge, five photographs long.',
  images: [
    image('friday', 'The sun goes down behind rose-coloured hills; the valleys are dark already.'),
    image('ridge', 'Night. The moon comes up from behind a blue ridge.'),
    image('summer', 'Midnight: a full moon, high above hills that are nearly black.'),
    image('snow', 'A pale sun, half risen over violet hills in the mist.'),
    image('thursday', 'Morning. The sun stands on golden hills, and the night is over.'),
  ],
  tags: ['landscape', 'night sky', 'cw heights'],
}

/** Its photograph lies on its side and holds the place where it was taken, as photographs of a phone do. */
const next: PostDraft = {
  at: now + 60_000,
  text: 'Two more, from the way down.',
  images: [
    {
      ...image('storm', 'The sun at the left of a rose-coloured sky, over dark hills.'),
      orientation: 6,
      gps: true,
    },
    { seed: 'autumn', width: 1280, height: 960 },
  ],
  tags: ['landscape', 'cw heights'],
}

export type Scene = Dev & { readonly postId: string; readonly nextId: string }

/** Throws where the run did not post. `close` ends everything. */
export async function startScene(): Promise<Scene> {
  // Changes of the source must not start a build while the pictures are taken.
  const dev = await startDev({ everyMs: 0, port: 0, empty: true, code: { watched: import.meta.dirname } })
  try {
    const { sandbox, lambda, letPass } = dev.world
    await letPass(now - dev.world.now())
    const { id } = sandbox.tumblr.publish(sandboxBlog, post)
    const run = await fetch(`${lambda.url}/2015-03-31/functions/${functionName}/invocations`, {
      method: 'POST',
      body: '{}',
    })
    const report = await run.text()
    if (sandbox.mastodon.statuses.length !== 2)
      throw new Error(`Expected a thread of two statuses but received ${report}`)
    const { id: nextId } = sandbox.tumblr.publish(sandboxBlog, next)
    return { ...dev, postId: id, nextId }
  } catch (error) {
    await dev.close()
    throw error
  }
}

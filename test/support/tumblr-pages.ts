/** Pages of Tumblr that show less than there is. */
import type { Fault } from '../../scripts/sandbox/switchboard.ts'

type Page = { readonly posts: readonly unknown[]; readonly total_posts: number }

/** The next pages (one unless said), after so many that are right. */
export const changedPages = (
  change: (page: Page) => Page,
  { times = 1, after = 0 }: Pick<Fault, 'times' | 'after'> = {},
): Fault => ({
  ...{ service: 'tumblr', name: 'posts', when: 'after', times, after },
  play: {
    change: async (answer) => {
      if (!answer.ok) return answer
      const whole = JSON.parse(await answer.text())
      return Response.json({ ...whole, response: change(whole.response) })
    },
  },
})

export const emptyPages = (how?: Pick<Fault, 'times' | 'after'>): Fault =>
  changedPages((page) => ({ ...page, posts: [] }), how)

/** Pages that leave out the newest posts. */
export const withoutNewest = (count: number, how?: Pick<Fault, 'times' | 'after'>): Fault =>
  changedPages((page) => ({ ...page, posts: page.posts.slice(count) }), how)

/** From now on Tumblr counts so many posts more than it shows. */
export const countedTooHigh = (more: number): Fault =>
  changedPages((page) => ({ ...page, total_posts: page.total_posts + more }), {
    times: Number.POSITIVE_INFINITY,
  })

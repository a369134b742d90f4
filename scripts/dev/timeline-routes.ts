/** The account's pages: everything, one thread, one hashtag. */
import type { Hono } from 'hono'
import type { HonoEnv } from '../sandbox/server.ts'
import { answer } from './actions.ts'
import { timelineBody, timelineNews } from './pages/blog.ts'
import { layout } from './pages/layout.ts'
import { threadCard } from './pages/status.ts'
import { threadsOf, threadWith } from './threads.ts'
import type { DevWorld } from './world.ts'

export function timelineRoutes(app: Hono<HonoEnv>, world: DevWorld): void {
  const { mastodon } = world.sandbox
  const server = new URL(mastodon.url).host
  app.get('/timeline', (c) => {
    const threads = threadsOf(mastodon.statuses)
    const [news, body] = [timelineNews(threads), timelineBody(threads, server)]
    return c.html(layout(world, { title: 'Timeline', section: '/timeline', news, body }))
  })
  app.get('/timeline/tags/:tag', (c) => {
    const tag = c.req.param('tag')
    const has = (tags: readonly string[]): boolean =>
      tags.some((one) => one.toLowerCase() === tag.toLowerCase())
    const threads = threadsOf(mastodon.statuses).filter((thread) =>
      thread.some(({ hashtags }) => has(hashtags)),
    )
    const [news, body] = [timelineNews(threads), timelineBody(threads, server)]
    return c.html(layout(world, { title: `#${tag}`, section: '/timeline', news, body }))
  })
  app.get('/timeline/media/:id', (c) => {
    const media = mastodon.statuses
      .flatMap((status) => status.media)
      .find(({ id }) => id === c.req.param('id'))
    if (!media) return c.notFound()
    return c.body(new Uint8Array(media.bytes), 200, { 'content-type': media.mimeType })
  })
  app.get('/timeline/:id', (c) => {
    const thread = threadWith(mastodon.statuses, c.req.param('id'))
    if (!thread) return c.notFound()
    const body = threadCard(thread, server)
    return c.html(
      layout(world, { title: thread.length > 1 ? 'Thread' : 'Status', section: '/timeline', body }),
    )
  })
  app.post('/timeline/:id/delete', (c) => {
    const id = c.req.param('id')
    if (threadWith(mastodon.statuses, id) === undefined) return c.notFound()
    mastodon.deleteStatus(id)
    world.touch()
    return answer(c, 'The status is deleted.', '/timeline')
  })
}

/** The pages' addresses. */
import { Hono } from 'hono'
import { html } from 'hono/html'
import type { HonoEnv } from '../sandbox/server.ts'
import { actionRoutes } from './actions.ts'
import { assetRoutes } from './assets.ts'
import { listPosts } from './blog-posts.ts'
import { blogRoutes } from './blog-routes.ts'
import { guard } from './guard.ts'
import { layout } from './pages/layout.ts'
import { ledgerBody, ledgerNews } from './pages/ledger.ts'
import { overviewBody } from './pages/overview.ts'
import { runBody, runsBody, runsNews } from './pages/runs.ts'
import { timelineRoutes } from './timeline-routes.ts'
import type { DevWorld } from './world.ts'

export function createApp(world: DevWorld): Hono<HonoEnv> {
  const app = new Hono<HonoEnv>()
  guard(app)
  assetRoutes(app)
  actionRoutes(app, world)
  blogRoutes(app, world)
  timelineRoutes(app, world)
  app.get('/version', (c) => c.text(world.version()))
  app.get('/', (c) =>
    c.html(layout(world, { title: 'Levity on this machine', section: '/', body: overviewBody(world) })),
  )
  app.get('/runs', (c) => {
    const { all } = world.runs
    const body = runsBody(all, world.failures)
    return c.html(layout(world, { title: 'Runs', section: '/runs', news: runsNews(all), body, wide: true }))
  })
  app.get('/runs/:n{\\d+}', (c) => {
    const run = world.runs.find(Number(c.req.param('n')))
    if (!run) return c.notFound()
    return c.html(layout(world, { title: `Run ${run.n}`, section: '/runs', body: runBody(run), wide: true }))
  })
  app.get('/ledger', async (c) => {
    const { route } = await world.ledger.read()
    const posts = await Array.fromAsync(world.ledger.posts())
    const body = ledgerBody(route, posts, listPosts(world.sandbox.tumblr), world.now())
    return c.html(
      layout(world, { title: 'Ledger', section: '/ledger', news: ledgerNews(posts), body, wide: true }),
    )
  })
  const sorry = (title: string, why: string) =>
    layout(world, { title, section: '/', body: html`<p>${why}</p><p><a href="/">To the overview</a></p>` })
  app.notFound((c) => c.html(sorry('Not here', 'There is nothing at this address, or no longer.'), 404))
  app.onError((error, c) => {
    if ('getResponse' in error) return error.getResponse()
    return c.html(sorry('That went wrong', error.message), 500)
  })
  return app
}

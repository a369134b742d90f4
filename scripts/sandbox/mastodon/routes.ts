/** The client API around statuses: the instance, the account, media (https://docs.joinmastodon.org/methods/). */
import type { Context, Hono } from 'hono'
import type { HonoEnv } from '../server.ts'
import { grantedTo, needs } from './access.ts'
import { accountJson, instanceJson, mediaJson } from './entities.ts'
import { readDescription } from './params.ts'
import { MastodonRefusal } from './refusal.ts'
import type { MastodonWorld } from './world.ts'

const html404 = (): Response =>
  new Response('<h1>404 Not Found</h1>', { status: 404, headers: { 'content-type': 'text/html' } })

export function serverRoutes(app: Hono<HonoEnv>, world: MastodonWorld): void {
  const { place, traits } = world
  app.get('/.well-known/nodeinfo', (c) =>
    c.json({
      links: [{ rel: 'http://nodeinfo.diaspora.software/ns/schema/2.0', href: `${place.url}/nodeinfo/2.0` }],
    }),
  )
  app.get('/nodeinfo/2.0', (c) =>
    c.json({
      version: '2.0',
      software: { name: traits.software, version: traits.version },
      protocols: ['activitypub'],
    }),
  )
  app.get('/api/v1/instance', (c) => c.json(instanceJson(place, 1)))
  app.get('/api/v2/instance', (c) => {
    if (traits.instance === 'v2 and v1') return c.json(instanceJson(place, 2))
    throw new MastodonRefusal('missing', 'Not implemented')
  })
  app.get('/api/v1/accounts/verify_credentials', needs(world, 'read:accounts', 'profile'), (c) =>
    c.json(accountJson(place)),
  )
  app.get('/api/v1/apps/verify_credentials', (c) => {
    const scopes = grantedTo(c, world)
    if (!traits.tellsScopes) throw new MastodonRefusal('missing', 'Record not found')
    return c.json({ name: 'Levity', website: null, scopes })
  })
  /** A status as a person opens it; the API has nothing there. */
  app.get('/@levity/:id', (c) =>
    place.pages === undefined ? html404() : c.redirect(`${place.pages}/${c.req.param('id')}`),
  )
  /** The bytes as they came, for people who look. */
  app.get('/media/:id', (c) => {
    const media = world.media.held.get(c.req.param('id'))
    if (!media) return html404()
    return new Response(new Uint8Array(media.bytes), { headers: { 'content-type': media.mimeType } })
  })
}

export function mediaRoutes(app: Hono<HonoEnv>, world: MastodonWorld): void {
  const { media, place } = world
  const write = needs(world, 'write:media')
  const upload = async (c: Context<HonoEnv>): Promise<Response> => {
    const { file, description } = await c.req.parseBody()
    const made = await media.accept(
      file instanceof File ? file : undefined,
      typeof description === 'string' ? description : undefined,
      c.req.path.startsWith('/api/v1'),
    )
    return c.json(mediaJson(made, place), made.pending > 0 ? 202 : 200)
  }
  app.post('/api/v2/media', write, upload)
  app.post('/api/v1/media', write, upload)
  app.get('/api/v1/media/:id', write, (c) => {
    const seen = media.see(c.req.param('id'))
    if (seen.pending > 0) seen.pending--
    return c.json(mediaJson(seen, place), seen.pending > 0 ? 206 : 200)
  })
  app.put('/api/v1/media/:id', write, async (c) => {
    const seen = media.see(c.req.param('id'))
    const description = await readDescription(c)
    media.checkDescription(description)
    if (description !== undefined) seen.description = description
    return c.json(mediaJson(seen, place))
  })
  app.delete('/api/v1/media/:id', write, (c) => {
    media.discard(c.req.param('id'))
    return c.json({})
  })
}

/** The client API, as far as a poster of images meets it (https://docs.joinmastodon.org/methods/). */
import type { Context, Hono } from 'hono'
import { type Env, needs } from './mastodon-doors.ts'
import { accountJson, instanceJson, mediaJson, statusJson } from './mastodon-entities.ts'
import { readDescription, readStatusParams } from './mastodon-params.ts'
import { Refusal } from './mastodon-refusal.ts'
import type { World } from './mastodon-world.ts'

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))
const html404 = (): Response =>
  new Response('<h1>404 Not Found</h1>', { status: 404, headers: { 'content-type': 'text/html' } })

export function serverRoutes(app: Hono<Env>, world: World): void {
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
    return traits.software === 'snac' ? html404() : c.json({ error: 'Not implemented' }, 404)
  })
  app.get('/api/v1/accounts/verify_credentials', needs(world, 'read:accounts', 'profile'), (c) =>
    c.json(accountJson(place)),
  )
  app.get('/api/v1/apps/verify_credentials', needs(world, 'read', 'write', 'profile'), (c) => {
    if (traits.software === 'snac') return html404()
    if (traits.software === 'gotosocial') throw new Refusal('missing', 'Record not found')
    return c.json({ name: 'Levity', website: null, scopes: world.access.scopes })
  })
  /** The bytes as they came, for people who look. */
  app.get('/media/:id', (c) => {
    const media = world.media.held.get(c.req.param('id'))
    if (!media) return html404()
    return new Response(new Uint8Array(media.bytes), { headers: { 'content-type': media.mimeType } })
  })
}

export function mediaRoutes(app: Hono<Env>, world: World): void {
  const { media, place } = world
  const write = needs(world, 'write:media')
  const upload = async (c: Context<Env>): Promise<Response> => {
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
    if (seen.pending === 0) return c.json(mediaJson(seen, place))
    const answer = mediaJson(seen, place)
    seen.pending--
    return c.json(answer, 206)
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

export function statusRoutes(app: Hono<Env>, world: World): void {
  const { statuses, place, traits, rates, keys } = world
  const write = needs(world, 'write:statuses')
  const read = needs(world, 'read:statuses')
  app.post('/api/v1/statuses', write, async (c) => {
    if (!world.landings.reach(c.env.incoming)) return c.body(null, 408)
    const params = await readStatusParams(c)
    const key = c.req.header('idempotency-key')
    const made = await keys.once(key, async () => {
      const checked = world.check(params)
      await wait(traits.latency)
      rates.take('statuses')
      const status = world.make(checked, 'post', key)
      if (statuses.exists(status.id)) keys.remember(key, status.id)
      return status
    })
    return c.json(statusJson(typeof made === 'string' ? statuses.find(made) : made, place))
  })
  app.get('/api/v1/statuses/:id', read, (c) => c.json(statusJson(statuses.find(c.req.param('id')), place)))
  app.put('/api/v1/statuses/:id', write, async (c) => {
    const status = statuses.find(c.req.param('id'))
    const checked = world.check({ ...(await readStatusParams(c)), inReplyToId: undefined }, status.id)
    rates.take('statuses')
    for (const { id, description } of traits.software === 'hollo' ? [] : checked.params.mediaAttributes) {
      const media = checked.media.find((one) => one.id === id)
      world.media.checkDescription(description)
      if (media && description !== undefined) media.description = description
    }
    return c.json(statusJson(statuses.edit(status, checked), place))
  })
  app.delete('/api/v1/statuses/:id', write, (c) => {
    const status = statuses.find(c.req.param('id'))
    const answer = { ...statusJson(status, place), text: status.text }
    const freed = statuses.remove(status)
    if (c.req.query('delete_media') === 'true') for (const id of freed) world.media.held.delete(id)
    return c.json(answer)
  })
  app.get('/api/v1/statuses/:id/context', read, (c) => c.json(contextJson(world, c.req.param('id'))))
  app.get('/api/v1/accounts/:id/statuses', read, (c) => c.json(listJson(world, c)))
}

function contextJson(
  { statuses, place }: World,
  id: string,
): { ancestors: unknown[]; descendants: unknown[] } {
  const family = new Set([statuses.find(id).id])
  const ancestors: unknown[] = []
  for (let above = statuses.find(id).inReplyToId; above !== undefined && statuses.exists(above); ) {
    const status = statuses.find(above)
    ancestors.unshift(statusJson(status, place))
    above = status.inReplyToId
  }
  const descendants: unknown[] = []
  for (const status of statuses.all) {
    if (status.deleted || status.inReplyToId === undefined || !family.has(status.inReplyToId)) continue
    family.add(status.id)
    descendants.push(statusJson(status, place))
  }
  return { ancestors, descendants }
}

function listJson({ statuses, place }: World, c: Context<Env>): unknown[] {
  if (c.req.param('id') !== place.accountId) throw new Refusal('missing', 'Record not found')
  const asks = (name: string): boolean => ['true', '1'].includes(c.req.query(name) ?? '')
  const list = statuses.list({
    limit: Math.min(40, Math.max(1, Number(c.req.query('limit') ?? 20) || 20)),
    maxId: c.req.query('max_id'),
    minId: c.req.query('min_id'),
    sinceId: c.req.query('since_id'),
    onlyMedia: asks('only_media'),
    excludeReblogs: asks('exclude_reblogs'),
  })
  const [first, last] = [list[0], list.at(-1)]
  const url = `${place.url}${c.req.path}`
  if (first && last)
    c.header('link', `<${url}?max_id=${last.id}>; rel="next", <${url}?min_id=${first.id}>; rel="prev"`)
  return list.map((status) => statusJson(status, place))
}

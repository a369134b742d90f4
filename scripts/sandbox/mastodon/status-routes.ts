/** The client API of statuses (https://docs.joinmastodon.org/methods/statuses/). */
import type { Context, Hono } from 'hono'
import type { HonoEnv } from '../server.ts'
import { needs } from './access.ts'
import { statusJson } from './entities.ts'
import { readStatusParams } from './params.ts'
import { MastodonRefusal } from './refusal.ts'
import type { MastodonWorld } from './world.ts'

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

export function statusRoutes(app: Hono<HonoEnv>, world: MastodonWorld): void {
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
  app.get('/api/v1/statuses/:id', read, (c) => c.json(statusJson(statuses.show(c.req.param('id')), place)))
  app.put('/api/v1/statuses/:id', write, async (c) => {
    const status = statuses.find(c.req.param('id'))
    const checked = world.check({ ...(await readStatusParams(c)), inReplyToId: undefined }, status.id)
    rates.take('statuses')
    for (const { id, description } of traits.editsAltTexts ? checked.params.mediaAttributes : []) {
      const media = checked.media.find((one) => one.id === id)
      world.media.checkDescription(description)
      if (media && description !== undefined) media.description = description
    }
    const { media } = traits.renamesMedia ? status : checked
    return c.json(statusJson(statuses.edit(status, { ...checked, media }), place))
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
  { statuses, place }: MastodonWorld,
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

function listJson({ statuses, place }: MastodonWorld, c: Context<HonoEnv>): unknown[] {
  if (c.req.param('id') !== place.accountId) throw new MastodonRefusal('missing', 'Record not found')
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

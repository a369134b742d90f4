/** A Mastodon on this machine, as strict as the real ones, of any family (`MastodonOptions`). */
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import type { HonoEnv } from '../server.ts'
import type { Switchboard } from '../switchboard.ts'
import { limitRates, nameCall } from './access.ts'
import type { MastodonOptions } from './families.ts'
import { unlawful } from './judge.ts'
import { oauthRoutes } from './oauth-routes.ts'
import type { StatusParams } from './params.ts'
import { answerRefusal, MastodonRefusal } from './refusal.ts'
import { mediaRoutes, serverRoutes } from './routes.ts'
import type { SandboxStatus } from './status.ts'
import { statusRoutes } from './status-routes.ts'
import type { Traits } from './traits.ts'
import { type MastodonWorld, makeWorld } from './world.ts'

export type { MastodonOptions, Software } from './families.ts'
export type { SandboxMedia } from './media.ts'
export type { SandboxStatus } from './status.ts'
export type { Traits } from './traits.ts'

export interface MastodonSandbox {
  readonly url: string
  readonly accessToken: string
  readonly accountId: string
  /** May be changed while it runs. */
  readonly traits: Traits
  /** Everything that was ever published, oldest first, the deleted marked; the owner's own posts too (`kind`). */
  readonly statuses: readonly SandboxStatus[]
  /** What is wrong with what was published over the API, in sentences; empty where all is well. */
  unlawful(): readonly string[]
  /** With so many small pictures of the owner's. */
  postByHand(text: string, pictures?: number, inReplyToId?: string): SandboxStatus
  boostByHand(): SandboxStatus
  /** As the owner does: other words, the same images. */
  editByHand(id: string, text: string): SandboxStatus
  /** As the owner does: the media go with it, or stay unattached for a day (most apps: "delete and redraft"). */
  deleteStatus(id: string, media?: 'gone' | 'kept'): void
  revokeToken(): void
  /** Posts with this tag are refused from now on. */
  refuseHashtag(tag: string): void
  /** Unattached media older than a day vanish; happens by itself too. */
  sweepMedia(): void
  /** Leads whoever opens a status to a page that shows it: this address, `/` and its id. */
  showAt(pages: string): void
  close(): Promise<void>
}

const bare: StatusParams = {
  text: '',
  spoilerText: '',
  sensitive: false,
  visibility: undefined,
  language: undefined,
  inReplyToId: undefined,
  mediaIds: [],
  allowedMentions: undefined,
  mediaAttributes: [],
}

function makeApp(world: MastodonWorld, switchboard: Switchboard): Hono<HonoEnv> {
  const app = new Hono<HonoEnv>()
  app.onError((error) => {
    if (error instanceof MastodonRefusal) return answerRefusal(error, world.traits)
    throw error
  })
  app.notFound(() => answerRefusal(new MastodonRefusal('missing', 'Not Found'), world.traits))
  app.use('*', async (_, next) => {
    world.catchUp()
    return next()
  })
  app.post('/api/v1/statuses', world.landings.watch())
  app.use('*', switchboard.watch('mastodon', nameCall))
  app.use('/api/*', limitRates(world))
  app.use('*', world.keys.replay())
  serverRoutes(app, world)
  oauthRoutes(app, world)
  mediaRoutes(app, world)
  statusRoutes(app, world)
  return app
}

export async function startMastodon(
  switchboard: Switchboard,
  options: MastodonOptions = {},
): Promise<MastodonSandbox> {
  const world = makeWorld(options, switchboard.clock)
  const { statuses, media, traits, access, place } = world
  const server = createServer(
    getRequestListener(makeApp(world, switchboard).fetch, { overrideGlobalObjects: false }),
  )
  await new Promise<void>((done, fail) => {
    server.once('error', fail)
    server.listen(options.port ?? 0, '127.0.0.1', done)
  })
  const address = server.address()
  if (typeof address !== 'object' || !address)
    throw new Error('Expected a port for the sandbox Mastodon but received none')
  place.url = `http://127.0.0.1:${address.port}`
  const all = (): readonly SandboxStatus[] => {
    world.catchUp()
    return statuses.all
  }
  return {
    url: place.url,
    accessToken: access.token,
    accountId: place.accountId,
    traits,
    get statuses() {
      return all()
    },
    unlawful: () => all().flatMap((status) => unlawful(status, traits)),
    postByHand: (text, pictures = 0, inReplyToId) => {
      const own = Array.from({ length: pictures }, () => media.acceptByHand())
      return world.make({ params: { ...bare, text, inReplyToId }, media: own }, 'by hand')
    },
    boostByHand: () => world.make({ params: bare, media: [] }, 'boost'),
    editByHand: (id, text) => {
      const status = statuses.find(id)
      const { spoilerText, sensitive } = status
      return statuses.edit(status, { params: { ...bare, text, spoilerText, sensitive }, media: status.media })
    },
    deleteStatus: (id, kept = 'gone') => {
      const freed = statuses.remove(statuses.find(id))
      if (kept === 'gone') for (const one of freed) media.held.delete(one)
    },
    revokeToken: () => {
      access.revoked = true
    },
    refuseHashtag: (tag) => {
      world.refusedHashtags.add(tag.replace(/^#/, '').toLowerCase())
    },
    sweepMedia: () => media.sweep(),
    showAt: (pages) => {
      place.pages = pages
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

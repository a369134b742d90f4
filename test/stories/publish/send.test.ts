import { expect, test } from 'vitest'
import { ServiceError } from '../../../src/core/failure/failure.ts'
import { newRecord, type PostRecord } from '../../../src/core/record/record.ts'
import { defaultLimits, type Limits } from '../../../src/core/server/limits.ts'
import { createClock } from '../../../src/io/clock.ts'
import { newTrial } from '../../../src/stories/publish/progress.ts'
import { publishPost } from '../../../src/stories/publish/publish.ts'
import type { World } from '../../../src/world.ts'
import { createMemoryLedger, Table } from '../../model/ledger.ts'
import { createMemoryMastodon, refusal, Server } from '../../model/mastodon.ts'
import { createMemoryTumblr } from '../../model/tumblr.ts'
import { config, images, source } from '../../model/world.ts'
import { wishesWith } from '../../support/wishes.ts'

const now = 1_790_000_000_000
const { mimeTypes: _, ...limits } = defaultLimits
const minutes = 60_000
const refuse = (facts: ConstructorParameters<typeof ServiceError>[0]) => new ServiceError(facts)

/** A post that waits to be sent: again, where `sentAt` says that it was sent before. */
async function send(
  software: Limits['software'],
  fields: Partial<PostRecord>,
  refused = refusal(404, 'Record not found'),
): Promise<PostRecord | undefined> {
  const server = new Server('fence', () => now, refuse)
  const media = { ids: [server.upload(new Uint8Array())], uploadedAt: now - 11 * minutes }
  const ledger = createMemoryLedger(new Table(), async (_, land) => land(), 'me')
  const draft = {
    text: 'moss',
    sensitive: false,
    visibility: 'public',
    images: [{ variants: [{ url: 'https://64.media.tumblr.com/7/0/0.jpg' }] }],
  } as const
  const first = newRecord('7', {
    state: 'claimed',
    attempts: 1,
    thread: [draft],
    seed: 's',
    media,
    ...fields,
  })
  const claimed = await ledger.writePost({ ...first, claim: { owner: 'me', until: now + minutes } })
  const mastodon = {
    ...createMemoryMastodon(server, async (_, land) => land()),
    createStatus: () => Promise.reject(refuse(refused)),
  }
  const world: World = {
    config,
    source,
    images,
    tumblr: createMemoryTumblr(
      [],
      20,
      () => now,
      async (_, land) => land(),
    ),
    ledger,
    mastodon,
    clock: createClock(
      () => now,
      () => 0,
    ),
    owner: 'me',
    timeLeft: () => Number.POSITIVE_INFINITY,
    digest: (text) => text,
    tell: () => {},
  }
  if (!claimed) throw new Error('Expected the post to be written')
  await publishPost(claimed, {
    world,
    server: {
      digest: '',
      account: { id: '1', name: 'moss', url: 'https://social.example/@moss' },
      limits: { ...limits, software },
      checkedAt: now,
    },
    wishes: wishesWith(),
    findPost: async () => undefined,
    readLimits: async () => false,
    trial: newTrial(),
  })
  return (await ledger.fetchPosts([{ id: '7', copy: 1 }]))[0]
}

const sentBefore = { state: 'sending', sentAt: now - 11 * minutes } as const

test("V1: a 404 for a post sent again is a first look: its key's status may be deleted, or the answer wrong", async () => {
  expect(await send('mastodon', sentBefore)).toMatchObject({
    state: 'sending',
    missing: { what: 'made status', since: now },
    notBefore: now + 60 * minutes,
  })
})

test('a 404 for what was never sent before is a refusal like any other', async () => {
  expect(await send('mastodon', {})).toMatchObject({ state: 'queued', generation: 2 })
})

test('nor does it tell anything on a server that has no such keys', async () => {
  const look = { what: 'status', since: now - 60 * minutes } as const
  expect(await send('other', { ...sentBefore, missing: look })).toMatchObject({ generation: 2 })
})

test('images that the server works on still are sent again, and others in their place where it refuses them', async () => {
  const slow = refusal(422, 'Cannot attach files that have not finished processing. Try again in a moment!')
  const kept = await send('mastodon', {}, slow)
  expect(kept).toMatchObject({
    state: 'queued',
    generation: 2,
    attempts: 0,
    failing: { tries: 1, door: 'creates' },
  })
  expect(kept?.media?.ids).toHaveLength(1)
  expect((await send('mastodon', {}, refusal(422, 'Validation failed')))?.media).toBeUndefined()
})

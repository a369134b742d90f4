import sharp from 'sharp'
import { createClient } from 'tumblr.js'
import { expect, test } from 'vitest'
import type { Sandbox } from '../../../../scripts/sandbox/sandbox.ts'
import { startWorld } from '../world.ts'

type Post = Record<string, unknown> & { id: number; id_string: string; timestamp: number }
type Body = {
  meta: { status: number; msg: string }
  response: {
    blog: Record<string, unknown>
    posts: Post[]
    total_posts: number
    _links?: { next: { href: string } }
  }
  errors?: { code: number; title: string; detail: string }[]
}

const ask = async (
  { tumblr }: Sandbox,
  query: Record<string, unknown> = {},
  blog = 'art',
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; text: string; body: Body }> => {
  const params = { npf: 'true', api_key: tumblr.keys.consumerKey, ...query }
  const given = Object.entries(params).flatMap(([key, value]): [string, string][] =>
    value === undefined ? [] : [[key, String(value)]],
  )
  const answer = await fetch(`${tumblr.url}/v2/blog/${blog}/posts?${new URLSearchParams(given)}`, { headers })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, text, body: JSON.parse(text) }
}
const ids = ({ body }: { body: Body }): string[] => body.response.posts.map(({ id_string }) => id_string)

const start = 1_700_000_000_000
/** A blog `art` with so many posts, a minute apart; their ids newest first. */
const filled = async (count: number): Promise<{ world: Sandbox; newestFirst: string[] }> => {
  const world = await startWorld({ content: 'none' })
  world.tumblr.addBlog({ name: 'art', title: 'Art', nsfw: true, uuid: 't:abc' })
  const made = Array.from({ length: count }, (_, at) =>
    world.tumblr.publish('art', { at: start + at * 60_000, text: `Post ${at}` }),
  )
  return { world, newestFirst: made.map(({ id }) => id).reverse() }
}

test('a page is the real envelope, newest first, with ids as numbers beyond 2^53 and as strings', async () => {
  const { world, newestFirst } = await filled(3)
  const { status, text, body } = await ask(world)
  expect(status).toBe(200)
  expect(body.meta).toEqual({ status: 200, msg: 'OK' })
  expect(body.response.blog).toMatchObject({
    name: 'art',
    title: 'Art',
    is_nsfw: true,
    uuid: 't:abc',
    total_posts: 3,
  })
  expect(ids({ body })).toEqual(newestFirst)
  expect(body.response.total_posts).toBe(3)
  expect(body.response._links).toBeUndefined()
  const [first] = body.response.posts
  expect(text).toContain(`"id":${newestFirst[0]},`)
  expect(typeof first?.id).toBe('number')
  expect(first).toMatchObject({
    type: 'blocks',
    state: 'published',
    date: '2023-11-14 22:15:20 GMT',
    timestamp: 1_700_000_120,
    post_url: `https://art.tumblr.com/post/${newestFirst[0]}/post-2`,
    content: [{ type: 'text', text: 'Post 2' }],
    trail: [],
  })
})

test('an id tells when a post was really published, whatever time its author set', async () => {
  const { world } = await filled(0)
  const { id } = world.tumblr.publish('art', { at: start + 7, timestamp: 1_400_000_000 })
  expect(id).toMatch(/^\d{18}$/)
  expect(Number(BigInt(id) >> 20n) + 1e12).toBe(start + 7)
  const { body } = await ask(world)
  expect(body.response.posts[0]?.timestamp).toBe(1_400_000_000)
})

test('a back-dated post sinks to its place', async () => {
  const { world, newestFirst } = await filled(3)
  const { id } = world.tumblr.publish('art', { at: start + 9e6, timestamp: start / 1000 + 90 })
  const [newest, ...older] = newestFirst
  expect(ids(await ask(world))).toEqual([newest, id, ...older])
})

test.each([
  ['offset', { limit: 7 }],
  ['before', { limit: 7, before: 2_000_000_000 }],
])('following _links by %s gives the list, whole and once', async (_, query) => {
  const { world, newestFirst } = await filled(33)
  const seen: string[] = []
  let next: Record<string, unknown> | undefined = query
  while (next) {
    const page = await ask(world, next)
    expect(page.text).not.toContain(world.tumblr.keys.consumerKey)
    seen.push(...ids(page))
    const href: string | undefined = page.body.response._links?.next.href
    next = href === undefined ? undefined : Object.fromEntries(new URL(href, 'https://x').searchParams)
  }
  expect(seen).toEqual(newestFirst)
})

test('before is exclusive, and posts of one second go together', async () => {
  const { world } = await filled(0)
  const [a, b, c] = [0, 1, 2].map((at) =>
    world.tumblr.publish('art', { at: start + at, timestamp: 100 + (at > 1 ? 1 : 0) }),
  )
  expect(ids(await ask(world, { before: 101 }))).toEqual([b?.id, a?.id])
  expect(ids(await ask(world, { before: 102 }))).toEqual([c?.id, b?.id, a?.id])
  expect(ids(await ask(world, { before: 100 }))).toEqual([])
})

test('a pinned post heads the first page, and only there', async () => {
  const { world, newestFirst } = await filled(25)
  const pinned = newestFirst[22] ?? ''
  world.tumblr.edit('art', pinned, { pinned: true })
  const others = newestFirst.filter((id) => id !== pinned)
  const first = await ask(world)
  expect(first.body.response.posts[0]).toMatchObject({ id_string: pinned, is_pinned: true })
  expect(ids(first)).toEqual([pinned, ...others.slice(0, 19)])
  expect(ids(await ask(world, { offset: 20 }))).toEqual(others.slice(19))
  expect(ids(await ask(world, { before: start / 1000 + 4 * 60 }))).toEqual(newestFirst.slice(21))
})

test.each([
  ['at most 20', 50, 20],
  ['at least 1', 0, 1],
  ['as asked', 3, 3],
])('limit: %s', async (_, limit, length) => {
  const { world } = await filled(22)
  expect(ids(await ask(world, { limit }))).toHaveLength(length)
})

test('id asks for one post, and 404 with code 0 where there is none', async () => {
  const { world, newestFirst } = await filled(3)
  expect(ids(await ask(world, { id: newestFirst[1] }))).toEqual([newestFirst[1]])
  const missing = await ask(world, { id: '1' })
  expect(missing).toMatchObject({
    status: 404,
    body: { response: [], errors: [{ title: 'Not Found', code: 0 }] },
  })
})

test('what is not published is not listed, keeps its id, and can surface late', async () => {
  const { world, newestFirst } = await filled(3)
  const id = newestFirst[2] ?? ''
  world.tumblr.edit('art', id, { state: 'private' })
  expect(ids(await ask(world))).toEqual(newestFirst.slice(0, 2))
  expect((await ask(world, { id })).status).toBe(404)
  world.tumblr.edit('art', id, { state: 'published', text: 'After all' })
  expect(ids(await ask(world))).toEqual(newestFirst)
  world.tumblr.remove('art', id)
  expect((await ask(world)).body.response.total_posts).toBe(2)
})

test.each(['art', 'art.tumblr.com', 'pictures.example', 't:abc'])('the blog answers to %s', async (name) => {
  const world = await startWorld({ content: 'none' })
  world.tumblr.addBlog({ name: 'art', customDomain: 'pictures.example', uuid: 't:abc' })
  world.tumblr.publish('art', { text: 'Hello' })
  const { body } = await ask(world, {}, name)
  expect(body.response.blog['url']).toBe('https://pictures.example/')
  expect(body.response.posts[0]?.['post_url']).toMatch(/^https:\/\/pictures\.example\/post\/\d+\/hello$/)
})

test('a blog that is not there answers 404 with words nobody can rely on', async () => {
  const { world } = await filled(1)
  const { status, body } = await ask(world, {}, 'nobody')
  expect(status).toBe(404)
  expect(body.errors).toMatchObject([{ code: 0 }])
})

const signed = ({ tumblr }: Sandbox, token = tumblr.keys.token): Record<string, string> => ({
  authorization: `OAuth oauth_consumer_key="${tumblr.keys.consumerKey}", oauth_token="${token}", oauth_signature="x%3D"`,
})

test('a hidden blog answers 404 with code 4012 to a key, and shows itself to a user', async () => {
  const { world, newestFirst } = await filled(1)
  world.tumblr.hide('art', true)
  expect(await ask(world)).toMatchObject({ status: 404, body: { errors: [{ code: 4012 }] } })
  expect(ids(await ask(world, { api_key: undefined }, 'art', signed(world)))).toEqual(newestFirst)
})

test.each([
  ['no key', { api_key: undefined }, {}],
  ['a wrong key', { api_key: 'wrong' }, {}],
  ['a wrong token', { api_key: undefined }, { token: 'wrong' }],
])('%s is refused with 401 and code 1016', async (_, query, { token }: { token?: string }) => {
  const { world } = await filled(1)
  const headers = token === undefined ? {} : signed(world, token)
  expect(await ask(world, query, 'art', headers)).toMatchObject({
    status: 401,
    body: { meta: { status: 401, msg: 'Unauthorized' }, response: [], errors: [{ code: 1016 }] },
  })
})

test.each([{ limit: 'x' }, { before: '-1' }, { offset: '1.5' }, { before: 5, offset: 5 }])(
  'what makes no sense is refused with 400: %o',
  async (query) => {
    const { world } = await filled(1)
    expect((await ask(world, query)).status).toBe(400)
  },
)

test('calls are counted, told in headers with the seconds left, and refused with 429 until the hour is over', async () => {
  const world = await startWorld({ content: 'none', tumblr: { limits: { perHour: 2, perDay: 9 } } })
  world.tumblr.addBlog({ name: 'art' })
  const said = async (): Promise<unknown[]> => {
    const { status, headers } = await ask(world)
    return [status, headers.get('x-ratelimit-perhour-remaining'), headers.get('x-ratelimit-perday-remaining')]
  }
  // To the start of an hour, so that the test cannot straddle two.
  const intoHour = world.switchboard.clock.now() % 3_600_000
  world.switchboard.advance(3_600_000 - intoHour + 1000)
  expect(await said()).toEqual([200, '1', '8'])
  expect(await said()).toEqual([200, '0', '7'])
  expect(await said()).toEqual([429, '0', '6'])
  const { headers } = await ask(world)
  const reset = Number(headers.get('x-ratelimit-perhour-reset'))
  expect(reset).toBeGreaterThan(0)
  expect(reset).toBeLessThan(3600)
  world.switchboard.advance(reset * 1000)
  expect((await said()).slice(0, 2)).toEqual([200, '1'])
})

test('a reblog has its pictures in the trail, and its source only where reblog_info asks', async () => {
  const { world } = await filled(0)
  world.tumblr.publish('art', { reblogOf: { blog: 'far', images: [{ width: 300, height: 200 }] } })
  const plain = (await ask(world)).body.response.posts[0]
  expect(plain).toMatchObject({
    content: [],
    trail: [{ blog: { name: 'far' }, content: [{ type: 'image' }] }],
  })
  expect(plain).not.toHaveProperty('reblogged_from_name')
  const told = (await ask(world, { reblog_info: true })).body.response.posts[0]
  expect(told).toMatchObject({ reblogged_from_name: 'far', reblogged_root_name: 'far' })
})

test('a broken trail has the name of the blog and no post', async () => {
  const { world } = await filled(0)
  world.tumblr.publish('art', { reblogOf: { blog: 'gone', text: 'x', broken: true } })
  const [item] = [(await ask(world)).body.response.posts[0]?.['trail']].flat()
  expect(item).toMatchObject({ broken_blog_name: 'gone' })
  expect(item).not.toHaveProperty('blog')
})

test('without npf=true no blocks are sent', async () => {
  const { world } = await filled(1)
  const [post] = (await ask(world, { npf: undefined })).body.response.posts
  expect(post).toMatchObject({ type: 'text' })
  expect(post).not.toHaveProperty('content')
})

test('recorded posts keep their fields and ids; their pictures become pictures of the sandbox, of the same pixels', async () => {
  const { world } = await filled(0)
  const recorded = {
    id: 679792700604776400,
    id_string: '679792700604776448',
    timestamp: 1_648_300_839,
    odd: { kept: true },
    content: [
      {
        type: 'image',
        media: [
          {
            url: 'https://64.media.tumblr.com/k/1-a8/s640x960/h.pnj',
            type: 'image/png',
            width: 320,
            height: 240,
          },
          { url: 'https://64.media.tumblr.com/k/1-a8/s75x75_c1/g.gifv', cropped: true },
        ],
      },
      { type: 'video', url: 'https://va.media.tumblr.com/tumblr_x.mp4' },
    ],
  }
  world.tumblr.serve('art', [recorded])
  const page = await ask(world)
  expect(page.text).toContain('"id":679792700604776448,')
  const [post] = page.body.response.posts
  const served = expect.stringMatching(new RegExp(`^${world.tumblr.url}/media/`))
  expect(post).toMatchObject({
    timestamp: 1_648_300_839,
    odd: { kept: true },
    content: [
      {
        media: [
          { url: served, type: 'image/png', width: 320, height: 240 },
          { url: served, cropped: true },
        ],
      },
      { url: 'https://va.media.tumblr.com/tumblr_x.mp4' },
    ],
  })
  // A `.pnj` says PNG and is a JPEG.
  const [address = ''] = page.text.match(/https:[^"]*\.pnj/) ?? []
  const picture = await fetch(address)
  expect(picture.headers.get('content-type')).toBe('image/png')
  const facts = await sharp(await picture.arrayBuffer()).metadata()
  expect([facts.format, facts.width, facts.height]).toEqual(['jpeg', 320, 240])
  const [{ id } = { id: '' }] = world.tumblr.serve('art', [recorded], 'new')
  expect(Number(BigInt(id) >> 20n) + 1e12).toBeGreaterThan(start)
  expect(ids(await ask(world))).toEqual([id, '679792700604776448'])
})

test.each([
  [
    'a legacy post without id_string stays as it is',
    { id: 188590847005, timestamp: 5 },
    { id: 188590847005 },
  ],
  [
    'a fragment without an id is given one',
    { timestamp: 5 },
    { id_string: expect.stringMatching(/^\d{18}$/) },
  ],
])('recorded: %s', async (_, recorded, sent) => {
  const { world } = await filled(0)
  world.tumblr.serve('art', [recorded])
  const { posts } = (await ask(world)).body.response
  expect(posts).toMatchObject([{ timestamp: 5, ...sent }])
  expect('id_string' in (posts[0] ?? {})).toBe('id_string' in sent)
})

test('tumblr.js reads it, by key and as a user', async () => {
  const { world } = await filled(2)
  const { keys, url } = world.tumblr
  const byKey = createClient({ baseUrl: url, consumer_key: keys.consumerKey })
  expect(await byKey.blogPosts('art', { npf: true, limit: 1 })).toMatchObject({ total_posts: 2, posts: [{}] })
  world.tumblr.hide('art', true)
  await expect(byKey.blogPosts('art', { npf: true })).rejects.toThrow('404')
  const byUser = createClient({
    baseUrl: url,
    consumer_key: keys.consumerKey,
    consumer_secret: keys.consumerSecret,
    token: keys.token,
    token_secret: keys.tokenSecret,
  })
  expect(await byUser.blogPosts('art', { npf: true })).toMatchObject({ total_posts: 2 })
})

test('every other address answers 404', async () => {
  const { world } = await filled(0)
  expect(
    (await fetch(`${world.tumblr.url}/v2/blog/art/info?api_key=${world.tumblr.keys.consumerKey}`)).status,
  ).toBe(404)
  expect((await fetch(`${world.tumblr.url}/nothing`)).status).toBe(404)
})

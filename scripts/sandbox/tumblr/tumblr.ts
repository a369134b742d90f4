/** A Tumblr on this machine: its API and its media host, over HTTPS. */
import { Hono } from 'hono'
import type { Certificate } from '../certificate.ts'
import { Pictures } from '../pictures/pictures.ts'
import { type HonoEnv, listen } from '../server.ts'
import type { Switchboard } from '../switchboard.ts'
import { checkKey, limitRate, type TumblrKeys, type TumblrLimits } from './access.ts'
import { refuse } from './answer.ts'
import { authorOf, type TumblrAuthor } from './author.ts'
import type { Blog } from './blog.ts'
import { listPosts } from './posts.ts'

export type TumblrOptions = {
  readonly port?: number
  /** 1,000 an hour and 5,000 a day unless said, as for a new app. */
  readonly limits?: TumblrLimits
}

export interface TumblrSandbox extends TumblrAuthor {
  /** For `TUMBLR_API_URL`: https, no path. */
  readonly url: string
  readonly keys: TumblrKeys
  readonly pictures: Pictures
  close(): Promise<void>
}

const keys: TumblrKeys = {
  consumerKey: 'sandboxConsumerKey',
  consumerSecret: 'sandboxConsumerSecret',
  token: 'sandboxToken',
  tokenSecret: 'sandboxTokenSecret',
}

export async function startTumblr(
  switchboard: Switchboard,
  certificate: Certificate,
  options: TumblrOptions = {},
): Promise<TumblrSandbox> {
  const blogs: Blog[] = []
  let origin = ''
  const pictures = new Pictures(() => origin)
  const app = new Hono<HonoEnv>()
  app.route('/', pictures.routes(switchboard))
  app.use(
    '/v2/*',
    switchboard.watch('tumblr', (c) => c.req.path.split('/').at(-1) ?? ''),
    checkKey(keys),
    limitRate(options.limits ?? { perHour: 1000, perDay: 5000 }, switchboard.clock),
  )
  app.get('/v2/blog/:blog/posts', (c) => listPosts(c, blogs, keys))
  app.notFound((c) => refuse(c, 404))
  const server = await listen(app, {
    certificate,
    ...(options.port !== undefined && { port: options.port }),
  })
  origin = server.url
  return { url: origin, keys, pictures, ...authorOf(blogs, pictures, switchboard.clock), close: server.close }
}

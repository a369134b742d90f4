/** What only Tumblr and Mastodon can tell: whose a status is, and whom a route serves. Asks, and changes nothing. */
import { parseConfig } from '../../src/core/config/config.ts'
import { wantedParameters } from '../../src/core/config/parameters.ts'
import type { RouteConfig } from '../../src/core/config/route.ts'
import { timeOfId } from '../../src/core/post/ids.ts'
import type { PostRecord } from '../../src/core/record/record.ts'
import type { RouteRecord } from '../../src/core/record/route.ts'
import { createParameterStore } from '../../src/io/aws/parameter-store.ts'
import { createMastodon } from '../../src/io/mastodon/create.ts'
import { createTumblr } from '../../src/io/tumblr/tumblr.ts'
import { version } from '../../src/repost.ts'
import { Refusal } from '../terminal/refusal.ts'
import type { OpenedLedger } from './open.ts'

type Statuses = PostRecord['statuses']

/** 1,000 statuses; one that is further down is not found. */
const mostPages = 25

/** The route's settings, all of them, from Parameter Store too where a stage keeps some there. Throws ConfigError. */
async function settingsOf({ env, stage }: OpenedLedger, route: string): Promise<RouteConfig> {
  const values = stage === undefined ? undefined : await createParameterStore().read(wantedParameters(env))
  const config = parseConfig(env, values).routes.find(({ name }) => name === route)
  if (!config) throw new Error(`Expected the settings of ${route} but received none`)
  return config
}

/** The account's own statuses at these addresses, in their order. Throws Refusal for one that is not among them. */
export async function findStatuses(
  opened: OpenedLedger,
  route: string,
  post: string,
  urls: readonly string[],
): Promise<Statuses> {
  if (urls.length === 0) return []
  const { mastodon } = await settingsOf(opened, route)
  const end = new AbortController()
  try {
    const server = createMastodon({ ...mastodon, version, signal: end.signal })
    const account = await server.fetchAccount()
    const found = new Map<string, Statuses[number]>()
    // No status is older than the post it shows.
    const since = timeOfId(post) ?? 0
    for await (const status of server.fetchStatuses(account.id, since, mostPages)) {
      for (const url of urls)
        if (isAt(url, status, mastodon.url))
          found.set(url, { id: status.id, url: status.url, mediaIds: [...status.mediaIds] })
      if (found.size === urls.length) break
    }
    return urls.map((url) => {
      const status = found.get(url)
      if (status) return status
      throw new Refusal(
        `Expected the address of a status that ${account.url} has posted since post ${post} but received ${url}: nothing was changed`,
      )
    })
  } finally {
    end.abort()
  }
}

/** As the server gives it, or as its own pages do: with the status's id at the end. */
const isAt = (url: string, status: { readonly id: string; readonly url: string }, origin: string): boolean =>
  url === status.url || (new URL(url).origin === origin && new URL(url).pathname.endsWith(`/${status.id}`))

/** Throws Refusal where the route's settings name another blog or account than its record. */
export async function expectSameIdentity(
  opened: OpenedLedger,
  route: string,
  record: RouteRecord,
): Promise<void> {
  const { tumblr, mastodon } = await settingsOf(opened, route)
  const end = new AbortController()
  try {
    const { signal } = end
    const [page, account] = await Promise.all([
      createTumblr({ ...tumblr, signal }).fetchPage(),
      createMastodon({ ...mastodon, version, signal }).fetchAccount(),
    ])
    expectSameRoute({ blog: page.blog, ...(record.server && { server: { account } }) }, record, route)
  } finally {
    end.abort()
  }
}

type Identity = {
  readonly blog: { readonly name: string; readonly uuid?: string | undefined }
  readonly server?: { readonly account: { readonly id: string; readonly url: string } }
}

/** L4: one blog to one account is one route. */
export function expectSameRoute(here: Identity, there: Identity, route: string): void {
  const uuids = [here.blog.uuid, there.blog.uuid]
  const isSameBlog = uuids.includes(undefined) ? here.blog.name === there.blog.name : uuids[0] === uuids[1]
  if (!isSameBlog)
    throw new Refusal(
      `Expected records of the blog ${here.blog.name}, which the route ${route} serves, but received those of ${there.blog.name}: nothing was imported`,
    )
  const [ours, theirs] = [here.server?.account, there.server?.account]
  if (ours && theirs && (ours.id !== theirs.id || ours.url !== theirs.url))
    throw new Refusal(
      `Expected records of the account ${ours.url}, which the route ${route} serves, but received those of ${theirs.url}: nothing was imported`,
    )
}

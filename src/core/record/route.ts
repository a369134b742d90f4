/** What the ledger knows of a route: how far its listing is, which blog and account it serves, and what is wrong with it. */
import * as v from 'valibot'
import { type FamilyName, isFamilyName } from '../server/families.ts'
import { backOffMs } from './record.ts'

const optional = v.exactOptional

const ListingSchema = v.object({
  kind: v.picklist(['new', 'archive', 'late']),
  top: v.number(),
  before: v.number(),
  until: v.number(),
  /** How many posts it looks for; it ends early when it has them. */
  wanted: optional(v.number()),
  /** V1: ms since 1970 of the first look that found nothing more, though the bottom was not in sight. */
  endedAt: optional(v.number()),
  /** V7: it cannot be read on: since when, how many tries failed, until when it rests (ms since 1970), and why. */
  rest: optional(v.object({ since: v.number(), tries: v.number(), until: v.number(), reason: v.string() })),
})

export const RouteRecordSchema = v.object({
  version: v.number(),
  /** The blog as first seen; another uuid under the same name stops the route (L4). */
  blog: v.object({ name: v.string(), uuid: optional(v.string()) }),
  /** F3: posts up to this id are from before the route's start. */
  start: v.string(),
  /** The `LEVITY_START` that was carried out. */
  startAs: v.string(),
  /** F1: unix seconds; publish time of the newest post seen by the last complete listing. */
  mark: v.number(),
  /** F2: the newest page as last noted, with a digest of each post. */
  page: v.array(
    v.object({
      id: v.string(),
      digest: v.string(),
      /** The page no longer shows it, though it was not pushed off. */
      missing: optional(v.literal(true)),
      /** V1: ms since 1970 of the first look that found it neither on the page nor by its id. */
      missingSince: optional(v.number()),
      /** V7: ms since 1970 of the first try to follow its change that failed. The digest is that of before the change. */
      failingSince: optional(v.number()),
    }),
  ),
  /** V1: the newest page shows fewer posts than it should. */
  short: v.optional(
    v.object({
      /** How many fewer. */
      gap: v.number(),
      /** Ms since 1970 of the first look. */
      since: v.number(),
      /** What ended without proof meanwhile, and is done again when the page is whole: an archive, and a look for so many late posts. */
      archive: optional(v.literal(true)),
      late: optional(v.number()),
    }),
  ),
  /** F4: how many of `total_posts` are accounted for, and when (ms) a deeper listing for the others was last begun. */
  total: optional(v.number()),
  deeperAt: optional(v.number()),
  /** A listing that is not finished: its kind, the time below which it goes on (unix seconds, exclusive), and the time at which it ends. */
  listing: v.optional(ListingSchema),
  server: optional(
    v.object({
      /** Of address and token (L4). */
      digest: v.string(),
      account: v.object({ id: v.string(), name: v.string(), url: v.string() }),
      limits: v.object({
        // A newer version of Levity may know more families.
        software: v.fallback(v.custom<FamilyName>(isFamilyName), 'other'),
        version: v.string(),
        characters: v.number(),
        charactersPerUrl: v.number(),
        imagesPerStatus: v.number(),
        altTextCharacters: v.number(),
        imageBytes: v.number(),
        imagePixels: v.number(),
        mimeTypes: optional(v.array(v.string())),
      }),
      /** Ms since 1970; once a day. */
      checkedAt: v.number(),
    }),
  ),
  trouble: v.optional(
    v.object({
      blame: v.picklist(['outside', 'route']),
      reason: v.string(),
      tries: v.number(),
      since: v.number(),
      retryAt: v.number(),
      /** A digest of the addresses, keys and tokens at that time. If they change, the route is tried at once. */
      settings: optional(v.string()),
    }),
  ),
  /** Ms since 1970: when blog, token and server last worked. Written once a day at least. */
  succeededAt: optional(v.number()),
})
export type RouteRecord = v.InferOutput<typeof RouteRecordSchema>
export type Listing = v.InferOutput<typeof ListingSchema>
export type Trouble = NonNullable<RouteRecord['trouble']>
export type KnownServer = NonNullable<RouteRecord['server']>

export const dayMs = 24 * 60 * 60 * 1000

/** The route without a post on its noted page, so that the next run finds the post again if it has no record by then (F2). */
export const withoutPost = (route: RouteRecord, id: string): RouteRecord => ({
  ...route,
  page: route.page.filter((item) => item.id !== id),
})

/** The route's trouble after another failure. The next try is in 10, 20, 40, then 60 minutes, or when a rate limit ends. */
export function troubleAfter(
  before: Trouble | undefined,
  verdict: { readonly blame: 'outside' | 'route'; readonly reason: string; readonly retryAt?: number },
  now: number,
  notAfter = 0,
): Trouble {
  const tries = (before?.tries ?? 0) + 1
  const retryAt = verdict.retryAt ?? now + backOffMs(tries)
  return {
    blame: verdict.blame,
    reason: verdict.reason,
    tries,
    since: before?.since ?? now,
    retryAt: notAfter > now ? Math.min(retryAt, notAfter) : retryAt,
  }
}

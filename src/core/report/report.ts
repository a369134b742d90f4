/**
 * The events of a run as they happen, and the report that it returns. A run imports only types from here: the schemas are
 * loaded by scripts that read a report back.
 */
import * as v from 'valibot'
import { statusWords } from '../status/status.ts'

const optional = v.exactOptional
/** Absent in the report of a version that did not know it yet. */
const list = <T extends v.GenericSchema>(item: T) => v.optional(v.array(item), [])

type Deep<T> = T extends readonly (infer U)[]
  ? readonly Deep<U>[]
  : T extends object
    ? { readonly [K in keyof T]: Deep<T[K]> }
    : T
type Read<T extends v.GenericSchema> = Deep<v.InferOutput<T>>

const SizeSchema = v.object({ bytes: v.number(), width: v.number(), height: v.number() })
/** Bytes and pixels of an image. */
export type Size = Read<typeof SizeSchema>

const PlannedStatusSchema = v.object({
  ...statusWords,
  /** Text and warning as the server counts them, and how many it takes. Older versions did not say it. */
  characters: optional(v.object({ count: v.number(), most: v.number() })),
  /** Its address, if it is posted already. A run goes on after it, and does not prepare its images again. */
  posted: optional(v.string()),
  images: v.array(
    v.object({
      url: v.string(),
      change: v.string(),
      altText: optional(v.string()),
      from: SizeSchema,
      to: v.object({ ...SizeSchema.entries, mimeType: v.string() }),
    }),
  ),
})
/** One status as it would be sent; sizes in bytes and pixels. */
export type PlannedStatus = Read<typeof PlannedStatusSchema>

const PlannedPostSchema = v.object({
  post: v.string(),
  url: v.string(),
  /** The earliest time at which it is posted (ISO 8601), if that is later than the next run. */
  due: optional(v.string()),
  statuses: v.array(PlannedStatusSchema),
})
/** One post as it would be posted. */
export type PlannedPost = Read<typeof PlannedPostSchema>

const CheckSchema = v.object({
  check: v.string(),
  ok: v.boolean(),
  says: v.string(),
  todo: optional(v.string()),
})
/** One check of a doctor: a tick or a cross, what it found, and what to do about it. */
export type Check = Read<typeof CheckSchema>

const failing = { post: v.string(), reason: v.string(), attempts: v.number() }

const RouteReportSchema = v.object({
  route: v.string(),
  outcome: v.picklist(['done', 'more', 'busy', 'stopped']),
  posted: list(v.object({ post: v.string(), statuses: v.array(v.string()) })),
  skipped: list(v.object({ post: v.string(), reason: v.string() })),
  /** `next`: when it is tried again, ISO 8601. `aside`: the others do not wait for it (V2). */
  retrying: list(v.object({ ...failing, next: v.string(), aside: optional(v.literal(true)) })),
  parked: list(v.object(failing)),
  edited: list(v.string()),
  deleted: list(v.string()),
  /** Posts that are known, wanted and not out yet. */
  waiting: v.optional(v.number(), 0),
  why: optional(v.string()),
  /** Its time ended while it got on: an image was uploaded or a status created in this run, and a post is not finished. */
  cutShort: optional(v.literal(true)),
  /** Of `{"mode":"plan"}` alone. */
  plan: optional(v.array(PlannedPostSchema)),
  /** Of a plan: what is posted after these. */
  next: optional(v.string()),
  /** Of `{"mode":"doctor"}` alone. */
  checks: optional(v.array(CheckSchema)),
  /** A try in this run stopped the route, or found a service not answering: the invocation fails. */
  failed: optional(v.literal(true)),
})
export type RouteReport = Read<typeof RouteReportSchema>

const ReportSchema = v.object({
  version: v.optional(v.string(), 'unknown'),
  ms: v.optional(v.number(), 0),
  routes: v.array(RouteReportSchema),
  /** The routes that were each given an invocation of their own, or another one to go on. */
  sent: optional(v.array(v.string())),
  /** Those that could not be given one: the invocation fails. */
  unsent: optional(v.array(v.object({ route: v.string(), reason: v.string() }))),
})
export type Report = Read<typeof ReportSchema>

const AnyRouteReportSchema = v.object({ ...RouteReportSchema.entries, outcome: v.string() })
const AnyReportSchema = v.object({ ...ReportSchema.entries, routes: v.array(AnyRouteReportSchema) })
/** The report of an older or newer function, which may have other outcomes. */
export type AnyRouteReport = Read<typeof AnyRouteReportSchema>
export type AnyReport = Read<typeof AnyReportSchema>

/** What a function of any version has answered, or written to its log; undefined where that is no report. */
export function readReport(answer: unknown): AnyReport | undefined {
  const read = v.safeParse(AnyReportSchema, answer)
  return read.success ? read.output : undefined
}

/** Something that happened in a run: one line of the log, or of the terminal. */
export type RunEvent =
  | { readonly event: 'noted'; readonly route: string; readonly post: string }
  | { readonly event: 'skipped'; readonly route: string; readonly post: string; readonly reason: string }
  | {
      readonly event: 'image'
      readonly route: string
      readonly post: string
      /** Which image of how many of the whole post, from 1. */
      readonly image: number
      readonly of: number
      readonly change: string
      readonly from: Size
      readonly to: Size
      readonly altText: boolean
    }
  | {
      readonly event: 'posted'
      readonly route: string
      readonly post: string
      readonly statuses: readonly string[]
      /** Seconds since Tumblr published it. Absent for posts of an archive and posts by hand, where it means nothing. */
      readonly lag?: number
    }
  | { readonly event: 'edited'; readonly route: string; readonly post: string }
  /** The post was deleted on Tumblr, and its statuses with it; or its owner deleted them on Mastodon. */
  | { readonly event: 'deleted'; readonly route: string; readonly post: string; readonly reason: string }
  | {
      readonly event: 'retrying'
      readonly route: string
      readonly post: string
      readonly reason: string
      readonly attempts: number
    }
  | { readonly event: 'parked'; readonly route: string; readonly post: string; readonly reason: string }
  | { readonly event: 'stopped'; readonly route: string; readonly reason: string; readonly retryAt?: string }

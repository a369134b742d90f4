/**
 * What a run tells: events as they happen, and the report it returns. A run takes types
 * alone from here: the schemas are loaded by those who read a report back.
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
  /** Its address, where it is out already: a run goes on behind it, and its images are not prepared again. */
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
  /** When it goes out at the soonest (ISO 8601), where that is not the next run. */
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
/** One thing a doctor looked at: a tick or a cross, what was found, and what to do about it. */
export type Check = Read<typeof CheckSchema>

const failing = { post: v.string(), reason: v.string(), attempts: v.number() }

const RouteReportSchema = v.object({
  route: v.string(),
  outcome: v.picklist(['done', 'more', 'busy', 'stopped']),
  posted: list(v.object({ post: v.string(), statuses: v.array(v.string()) })),
  skipped: list(v.object({ post: v.string(), reason: v.string() })),
  /** `next`: when it is tried again, ISO 8601. */
  retrying: list(v.object({ ...failing, next: v.string() })),
  parked: list(v.object(failing)),
  edited: list(v.string()),
  deleted: list(v.string()),
  /** Posts that are known, wanted and not out yet. */
  waiting: v.optional(v.number(), 0),
  why: optional(v.string()),
  /** Of `{"mode":"plan"}` alone. */
  plan: optional(v.array(PlannedPostSchema)),
  /** Of a plan: what comes when these are out, or though there are none. */
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
  /** The routes that were each given an invocation of their own. */
  sent: optional(v.array(v.string())),
  /** Those that could not be given one: the invocation fails. */
  unsent: optional(v.array(v.object({ route: v.string(), reason: v.string() }))),
})
export type Report = Read<typeof ReportSchema>

const AnyRouteReportSchema = v.object({ ...RouteReportSchema.entries, outcome: v.string() })
const AnyReportSchema = v.object({ ...ReportSchema.entries, routes: v.array(AnyRouteReportSchema) })
/** Of a function that may be older or newer: it may have other outcomes. */
export type AnyRouteReport = Read<typeof AnyRouteReportSchema>
export type AnyReport = Read<typeof AnyReportSchema>

/** What a function of any version has answered, or written to its log; undefined where that is no report. */
export function readReport(answer: unknown): AnyReport | undefined {
  const read = v.safeParse(AnyReportSchema, answer)
  return read.success ? read.output : undefined
}

/** One line for the log, or for a person who watches. */
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
      /** Seconds since Tumblr published it; of an archive's posts, and of those posted by hand, it would mean nothing. */
      readonly lag?: number
    }
  | { readonly event: 'edited'; readonly route: string; readonly post: string }
  /** On Tumblr, so that its statuses were too; or by its owner on Mastodon. */
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

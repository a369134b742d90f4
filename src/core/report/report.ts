/** What a run tells: events as they happen, and the report it returns. */
import type { StatusDraft } from '../status/status.ts'

/** Bytes and pixels of an image. */
export type Size = { readonly bytes: number; readonly width: number; readonly height: number }

/** One status as it would be sent; sizes in bytes and pixels. */
export type PlannedStatus = Omit<StatusDraft, 'images'> & {
  /** Text and warning as the server counts them, and how many it takes. */
  readonly characters: { readonly count: number; readonly most: number }
  /** Its address, where it is out already: a run goes on behind it, and its images are not prepared again. */
  readonly posted?: string
  readonly images: readonly {
    readonly url: string
    readonly change: string
    readonly altText?: string
    readonly from: Size
    readonly to: Size & { readonly mimeType: string }
  }[]
}

/** One post as it would be posted. */
export type PlannedPost = {
  readonly post: string
  readonly url: string
  /** When it goes out at the soonest (ISO 8601), where that is not the next run. */
  readonly due?: string
  readonly statuses: readonly PlannedStatus[]
}

/** One thing a doctor looked at: a tick or a cross, what was found, and what to do about it. */
export type Check = {
  readonly check: string
  readonly ok: boolean
  readonly says: string
  readonly todo?: string
}

export type RouteReport = {
  readonly route: string
  readonly outcome: 'done' | 'more' | 'busy' | 'stopped'
  readonly posted: readonly { readonly post: string; readonly statuses: readonly string[] }[]
  readonly skipped: readonly { readonly post: string; readonly reason: string }[]
  /** `next`: when it is tried again, ISO 8601. */
  readonly retrying: readonly {
    readonly post: string
    readonly reason: string
    readonly attempts: number
    readonly next: string
  }[]
  readonly parked: readonly { readonly post: string; readonly reason: string; readonly attempts: number }[]
  readonly edited: readonly string[]
  readonly deleted: readonly string[]
  /** Posts that are known, wanted and not out yet. */
  readonly waiting: number
  readonly why?: string
  /** Of `{"mode":"plan"}` alone. */
  readonly plan?: readonly PlannedPost[]
  /** Of a plan: what comes when these are out, or though there are none. */
  readonly next?: string
  /** Of `{"mode":"doctor"}` alone. */
  readonly checks?: readonly Check[]
  /** A try in this run stopped the route, or found a service not answering: the invocation fails. */
  readonly failed?: true
}

/** What a run collects while it goes; `outcome` and `why` are the last word. */
export type Draft = {
  -readonly [K in keyof RouteReport]: RouteReport[K] extends readonly (infer T)[] ? T[] : RouteReport[K]
}

/** Of a route where nothing has happened yet. */
export const emptyReport = (route: string): Draft => ({
  route,
  outcome: 'done',
  posted: [],
  skipped: [],
  retrying: [],
  parked: [],
  edited: [],
  deleted: [],
  waiting: 0,
})

export type Report = {
  readonly version: string
  readonly ms: number
  readonly routes: readonly RouteReport[]
  /** The routes that were each given an invocation of their own. */
  readonly sent?: readonly string[]
  /** Those that could not be given one: the invocation fails. */
  readonly unsent?: readonly { readonly route: string; readonly reason: string }[]
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

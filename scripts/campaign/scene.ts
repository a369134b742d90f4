/** A scene: what the blog, the runs, the weather and the owner do, as data that a seed makes and that can be cut down. */
import type { MastodonOptions } from '../sandbox/mastodon/mastodon.ts'
import type { SandboxService } from '../sandbox/switchboard.ts'

/** Ms after the scene's beginning, which is an hour after the run that takes its bearings. */
export type At = number

export type Post = {
  /** Names it in everything else of the scene. */
  readonly key: number
  /** Far below 0 in an archive. */
  readonly at: At
  readonly images: number
  /** Characters of its text. */
  readonly length: number
  /** The author sets another time: ms before (negative) or after its own. */
  readonly dated?: number
  /** Made private, and public again. */
  readonly hidden?: { readonly from: At; readonly until: At }
  readonly deleted?: At
  /** Nothing can ever be made of its second image (or its only one). */
  readonly spoilt?: 'missing' | 'no image' | 'elsewhere'
  /** Its first image has no alt text. */
  readonly bare?: boolean
  readonly pinned?: boolean
  /** Tumblr says a width that no number holds exactly. */
  readonly huge?: boolean
  /** Its blocks are of a shape that nobody can read. */
  readonly unreadable?: true
  /** Of the second blog, whose route posts to the same account. */
  readonly other?: true
  /** Its author writes more into it. */
  readonly edited?: At
}

/** One call of a run: the nth to that service, from 1. */
export type Moment = {
  readonly service: SandboxService
  readonly nth: number
  readonly when: 'before' | 'after'
  /** Of those writes of the ledger alone that say `sending`: a create follows. */
  readonly sending?: true
}

export type Fate = Moment &
  (
    | { readonly is: 'killed' }
    /** Stands still, and goes on. `setBack`: its wall clock is set back by as much; else its monotonic clock stands still. */
    | { readonly is: 'frozen'; readonly ms: number; readonly clock: 'goes on' | 'stands still' | 'set back' }
  )

/** What a person asks for by hand; `copy` is the number that `again` names. */
export type ByHandAsk =
  | { readonly do: 'post'; readonly post: number }
  | { readonly do: 'again'; readonly post: number; readonly copy: number }
  | { readonly do: 'retry' }

export type Run = {
  readonly at: At
  /** Ms it may take; absent on a person's machine. */
  readonly life?: number
  /** Ms that its clock is ahead. */
  readonly ahead?: number
  readonly fate?: Fate
  /** The built function in a process of its own, which is really killed. */
  readonly process?: true
  /** By hand, between those of the schedule. */
  readonly ask?: ByHandAsk
}

export const doors = {
  'a page of Tumblr': 'tumblr',
  'a post of Tumblr': 'tumblr',
  'the image host': 'pictures',
  uploads: 'mastodon',
  creates: 'mastodon',
  'a status': 'mastodon',
  'lists of statuses': 'mastodon',
  'looks at media': 'mastodon',
  'the account and the limits': 'mastodon',
  'reads of the ledger': 'dynamodb',
  'writes of the ledger': 'dynamodb',
} as const satisfies Record<string, SandboxService>
export type Door = keyof typeof doors

export type Form = 'JSON' | 'text' | 'HTML'
export type Sky =
  | { readonly is: 'answer'; readonly status: number; readonly form: Form; readonly when: 'before' | 'after' }
  | { readonly is: 'reset'; readonly when: 'before' | 'after' }
  /** Passes the deadline of the call. */
  | { readonly is: 'slow'; readonly when: 'before' | 'after' }
  | { readonly is: 'empty page' }
  | { readonly is: 'short page' }
  | { readonly is: 'broken page' }
  | { readonly is: 'throttled' }
  | { readonly is: 'unprocessed' }
  /** A ledger that is not asked for a consistent read answers as it stood before its last writes. */
  | { readonly is: 'stale' }

export type Weather = {
  readonly doors: readonly Door[]
  readonly sky: Sky
  readonly from: At
  readonly until: At
  /** At most so many calls. */
  readonly times?: number
  /** Meets that post alone. */
  readonly post?: number
}

/** What somebody does to the server or to their own statuses. */
export type Act = { readonly at: At } & (
  | { readonly do: 'limit'; readonly characters?: number; readonly attachments?: number; readonly until: At }
  | { readonly do: 'drop'; readonly creates: number }
  | { readonly do: 'lose an attachment' }
  | { readonly do: 'ban the hashtag' }
  /** Everything that Levity remembers of the route is gone. */
  | { readonly do: 'lose the ledger' }
  /** A status of the owner's own with so many images, and perhaps a link to the newest post. */
  | { readonly do: 'write'; readonly images?: number; readonly link?: true }
  /** The same with the very words of the newest post. */
  | { readonly do: 'copy'; readonly images?: number }
  /** Of Levity's newest status that it has settled. */
  | { readonly do: 'edit' }
  | { readonly do: 'delete' }
)

export type Scene = {
  readonly seed: number
  /** What it was drawn from. */
  readonly kinds: readonly string[]
  readonly ledger: LedgerKind
  readonly server: MastodonOptions
  /** Ms that a call takes there. */
  readonly pace: { readonly upload: number; readonly other: number }
  readonly withLink: boolean
  /** Posts from before the route's start, without images. */
  readonly old: number
  /** Where set, the posts from before are wanted too (`LEVITY_START=all`). */
  readonly archive: boolean
  /** A second route posts another blog to the same account. */
  readonly twoRoutes?: true
  /** Whether edits are followed (`LEVITY_FOLLOW=edits`). */
  readonly follow: boolean
  /** Whether deletions are (`LEVITY_FOLLOW=deletions`). */
  readonly deletions?: true
  readonly posts: readonly Post[]
  readonly runs: readonly Run[]
  readonly weather: readonly Weather[]
  readonly acts: readonly Act[]
}

/** One place to add a kind: `ledgers` in ledgers.ts. */
export type LedgerKind = 'dynamodb' | 'sqlite'

export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute
export const day = 24 * hour
/** Virtual: every scene begins here, ms since 1970. */
export const epoch = 1_790_000_000_000
export const beginning = epoch + hour

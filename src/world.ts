/** The types of everything a run touches. `repost.ts` builds the real things; the stories know the outside by these types alone. */
import type { RouteConfig } from './core/config/route.ts'
import type { RunEvent } from './core/report/report.ts'
import type { Clock } from './io/clock.ts'
import type { Images } from './io/image/images.ts'
import type { ImageSource } from './io/image/source.ts'
import type { Ledger, LedgerHome } from './io/ledger/ledger.ts'
import type { MastodonExam } from './io/mastodon/exam.ts'
import type { Mastodon } from './io/mastodon/mastodon.ts'
import type { SaidByHeaders } from './io/tumblr/headers.ts'
import type { Tumblr } from './io/tumblr/tumblr.ts'

export type { FittedImage, Images } from './io/image/images.ts'
export type { ImageSource } from './io/image/source.ts'
export type { SeenStatus } from './io/mastodon/mastodon.ts'
export type { SaidByHeaders } from './io/tumblr/headers.ts'

export type World = {
  readonly config: RouteConfig
  readonly tumblr: Tumblr
  readonly mastodon: Mastodon
  readonly source: ImageSource
  readonly images: Images
  readonly ledger: Ledger
  readonly clock: Clock
  /** Random per run: Lambda repeats a request under the same id. */
  readonly owner: string
  /** Ms until the run must have ended; Infinity where nothing ends it. */
  timeLeft(): number
  /** A short hexadecimal digest, for comparing only. */
  digest(text: string): string
  tell(event: RunEvent): void
  /** Told each image of a plan with all its bytes, which its report has no room for. */
  readonly keep?: ((image: KeptImage) => void) | undefined
}

export type KeptImage = {
  readonly route: string
  readonly post: string
  /** Which image of how many of the whole post, from 1. */
  readonly image: number
  readonly of: number
  readonly change: string
  readonly from: Picture
  readonly to: Picture
}

type Picture = {
  readonly bytes: Uint8Array
  readonly width: number
  readonly height: number
  readonly mimeType: string
}

/** What a doctor looks with: reads alone. */
export type Instruments = {
  openTumblr(
    settings: RouteConfig['tumblr'],
    onHeaders: (said: SaidByHeaders) => void,
  ): Pick<Tumblr, 'fetchPage'>
  openMastodon(settings: RouteConfig['mastodon']): MastodonExam
  readonly ledgers: Pick<LedgerHome, 'service' | 'open'>
  loadSharp(): Promise<string>
  /** Ms. What has not answered by then does not work. */
  readonly patienceMs: number
  /** Ms since 1970. */
  now(): number
}

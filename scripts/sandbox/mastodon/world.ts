/** The parts of the sandbox's Mastodon, on which its routes and its owner act. */
import { randomUUID } from 'node:crypto'
import type { Clock } from '../switchboard.ts'
import type { ServerFacts } from './entities.ts'
import { type MastodonOptions, traitsOf } from './families.ts'
import { IdempotencyKeys } from './idempotency.ts'
import { Landings } from './landing.ts'
import { MediaRoom } from './media.ts'
import { Oauth } from './oauth.ts'
import type { StatusParams } from './params.ts'
import { Rates } from './rates.ts'
import { type Checked, checkStatus, type Rules } from './rules.ts'
import type { SandboxStatus } from './status.ts'
import { StatusRoom } from './statuses.ts'
import type { Traits } from './traits.ts'

export type MastodonWorld = {
  readonly traits: Traits
  readonly clock: Clock
  readonly place: ServerFacts
  readonly media: MediaRoom
  readonly statuses: StatusRoom
  readonly rates: Rates
  readonly keys: IdempotencyKeys
  readonly landings: Landings
  readonly refusedHashtags: Set<string>
  readonly oauth: Oauth
  readonly access: { readonly token: string; revoked: boolean; readonly scopes: readonly string[] }
  /** Throws a MastodonRefusal. */
  check(params: StatusParams, editing?: string): Checked
  /** `at`: sandbox ms, now unless said. */
  make(checked: Checked, kind: SandboxStatus['kind'], key?: string, at?: number): SandboxStatus
  /** Does what is due by now: stores late statuses, and removes old media. */
  catchUp(): void
}

export function makeWorld(options: MastodonOptions, clock: Clock): MastodonWorld {
  const traits = traitsOf(options)
  const media = new MediaRoom(traits, clock)
  const statuses = new StatusRoom(traits, clock)
  const keys = new IdempotencyKeys(traits, clock)
  const refusedHashtags = new Set<string>()
  const place: ServerFacts = { url: '', accountId: '109876543210987654', traits }
  const rules: Rules = { traits, media, refusedHashtags, exists: (id) => statuses.exists(id) }
  const check: MastodonWorld['check'] = (params, editing) => checkStatus(params, rules, editing)
  const make: MastodonWorld['make'] = (checked, kind, key, at = clock.now()) =>
    statuses.make(checked, { server: place.url, kind, key, at })
  const landings = new Landings({ traits, clock, keys }, check, (checked, key, at) =>
    make(checked, 'post', key, at),
  )
  return {
    traits,
    clock,
    place,
    media,
    statuses,
    rates: new Rates(traits, clock),
    keys,
    landings,
    refusedHashtags,
    oauth: new Oauth(clock),
    access: {
      token: options.accessToken ?? `sandbox-${randomUUID()}`,
      revoked: false,
      scopes: options.scopes ?? ['read', 'write', 'profile'],
    },
    check,
    make,
    catchUp: () => {
      landings.catchUp()
      media.sweep()
    },
  }
}

/** The account's statuses. Nothing is ever taken out: the deleted are marked. */

import type { Clock } from '../switchboard.ts'
import { compareIds } from './ids.ts'
import type { SandboxMedia } from './media.ts'
import { MastodonRefusal } from './refusal.ts'
import { type Checked, isLanguage, visibilities } from './rules.ts'
import { type SandboxStatus, wordsOf } from './status.ts'
import type { Traits } from './traits.ts'

export type StatusQuery = {
  readonly limit: number
  readonly maxId?: string | undefined
  readonly minId?: string | undefined
  readonly sinceId?: string | undefined
  readonly onlyMedia?: boolean
  readonly excludeReblogs?: boolean
}

type Origin = {
  readonly server: string
  readonly kind: SandboxStatus['kind']
  readonly key?: string | undefined
  readonly at: number
}

export class StatusRoom {
  readonly #held = new Map<string, SandboxStatus>()
  readonly #traits: Traits
  readonly #clock: Clock
  #sequence = 0

  constructor(traits: Traits, clock: Clock) {
    this.#traits = traits
    this.#clock = clock
  }

  /** Oldest first, deleted ones too. */
  get all(): readonly SandboxStatus[] {
    return [...this.#held.values()]
  }

  exists(id: string): boolean {
    return this.#held.get(id)?.deleted === false
  }

  find(id: string): SandboxStatus {
    const status = this.#held.get(id)
    if (!status || status.deleted) throw new MastodonRefusal('missing', 'Record not found')
    return status
  }

  /** The same as the replica has it that answers reads. */
  show(id: string): SandboxStatus {
    const status = this.find(id)
    if (!this.#isShown(status)) throw new MastodonRefusal('missing', 'Record not found')
    return status
  }

  #isShown({ createdAt }: SandboxStatus): boolean {
    return this.#clock.now() - createdAt >= this.#traits.showLate
  }

  /** Makes a status, and stores it unless the server drops it without a word. */
  make({ params, media }: Checked, { server, kind, key, at }: Origin): SandboxStatus {
    const id = this.#traits.makeId(at, this.#sequence++)
    const visibility = params.visibility ?? 'public'
    const status: SandboxStatus = {
      ...wordsOf(params),
      id,
      url: `${server}/@levity/${id}`,
      visibility: visibilities.includes(visibility) ? visibility : 'direct',
      language: params.language !== undefined && isLanguage(params.language) ? params.language : 'en',
      inReplyToId: params.inReplyToId,
      createdAt: at,
      editedAt: undefined,
      media: this.#lose(media),
      idempotencyKey: key,
      kind,
      deleted: false,
    }
    if (kind === 'post' && this.#traits.silentDrop > 0) {
      this.#traits.silentDrop--
      return status
    }
    return this.#store(status)
  }

  #lose(media: readonly SandboxMedia[]): readonly SandboxMedia[] {
    if (media.length === 0 || this.#traits.loseAttachments <= 0) return media
    this.#traits.loseAttachments--
    return media.slice(0, -1)
  }

  /** Media that another status took since the check move to this one, as a slow create really does. Where media are attached twice, both show them. */
  #store(status: SandboxStatus): SandboxStatus {
    const taken = new Set(status.media)
    for (const other of this.#traits.unknownMedia === 'twice' ? [] : this.all)
      if (other.id !== status.id && other.media.some((media) => taken.has(media)))
        this.#held.set(other.id, { ...other, media: other.media.filter((media) => !taken.has(media)) })
    for (const media of status.media) media.attachedTo = status.id
    this.#held.set(status.id, status)
    return status
  }

  /** An edit replaces text, warning and media: what is not sent again is gone. */
  edit(status: SandboxStatus, { params, media }: Checked): SandboxStatus {
    return this.#store({ ...status, ...wordsOf(params), media, editedAt: this.#clock.now() })
  }

  /** The media become unattached again, for a redraft, or go with it. The caller discards the ids that are returned. */
  remove(status: SandboxStatus): readonly string[] {
    this.#held.set(status.id, { ...status, deleted: true })
    for (const media of status.media) if (media.attachedTo === status.id) media.attachedTo = undefined
    return status.media.map(({ id }) => id)
  }

  /** Newest first. Replies are all the account's own, so that leaving replies out leaves none out. */
  list({ limit, maxId, minId, sinceId, onlyMedia, excludeReblogs }: StatusQuery): readonly SandboxStatus[] {
    const fitting = this.all
      .filter((status) => this.#isShown(status))
      .filter(
        ({ id, deleted, media, kind }) =>
          !deleted &&
          (maxId === undefined || compareIds(id, maxId) < 0) &&
          compareIds(id, minId ?? sinceId ?? id) >= (minId === undefined && sinceId === undefined ? 0 : 1) &&
          !(onlyMedia && media.length === 0) &&
          !(excludeReblogs && kind === 'boost'),
      )
    return (minId === undefined ? fitting.slice(-limit) : fitting.slice(0, limit)).reverse()
  }
}

/**
 * A server in memory, without the belt: no idempotency. `fence` refuses media that are attached already (Mastodon since
 * 4.3), `bare` creates the status without them (Mastodon before), `twice` attaches them again (snac).
 */
import type { FailureFacts } from '../../src/core/failure/failure.ts'
import { defaultLimits } from '../../src/core/server/limits.ts'
import type { StatusDraft } from '../../src/core/status/status.ts'
import type { Mastodon, NewStatus, SeenStatus } from '../../src/io/mastodon/mastodon.ts'

export type Family = 'fence' | 'bare' | 'twice'

export type Kept = SeenStatus & {
  /** The first image of its draft tells whose it is, with its media or without. */
  readonly of: string
  /** The addresses of the images it shows. */
  readonly shows: readonly string[]
}

export class Server {
  readonly family: Family
  /** In the order in which they appeared. */
  statuses: Kept[] = []
  readonly #media = new Map<string, string>()
  readonly #now: () => number
  readonly #refuse: (facts: FailureFacts) => Error
  #ids = 0

  constructor(family: Family, now: () => number, refuse: (facts: FailureFacts) => Error) {
    this.family = family
    this.#now = now
    this.#refuse = refuse
  }

  upload(bytes: Uint8Array): string {
    const id = `m${++this.#ids}`
    this.#media.set(id, new TextDecoder().decode(bytes))
    return id
  }

  isAttached(id: string, except?: string): boolean {
    return this.statuses.some((status) => status.id !== except && status.mediaIds.includes(id))
  }

  mediaOf(id: string): 'there' | 'gone' | 'unknown' {
    if (this.family === 'twice') return 'unknown'
    return this.#media.has(id) && !this.isAttached(id) ? 'there' : 'gone'
  }

  create({ draft, mediaIds, inReplyToId }: NewStatus): Kept {
    const id = String(++this.#ids)
    const attached = this.#attach(mediaIds, id)
    const status: Kept = {
      id,
      url: `https://social.example/@moss/${id}`,
      createdAt: this.#now(),
      content: `<p>${draft.text}</p>`,
      ...(inReplyToId !== undefined && { inReplyToId }),
      of: draft.images[0].variants[0].url,
      ...attached,
    }
    this.statuses.push(status)
    return status
  }

  edit(id: string, draft: StatusDraft, mediaIds: readonly string[]): Kept {
    const at = this.statuses.findIndex((status) => status.id === id)
    const status = this.statuses[at]
    if (status === undefined) throw this.#refuse(refusal(404, 'Record not found'))
    const edited = { ...status, content: `<p>${draft.text}</p>`, ...this.#attach(mediaIds, id) }
    this.statuses[at] = edited
    return edited
  }

  #attach(ids: readonly string[], to: string): Pick<Kept, 'mediaIds' | 'shows'> {
    const taken = ids.filter((id) => this.isAttached(id, to))
    if (taken.length > 0 && this.family === 'fence')
      throw this.#refuse(refusal(422, `Media ${taken} not found or already attached to another post`))
    const mediaIds = this.family === 'twice' ? ids : ids.filter((id) => !taken.includes(id))
    return { mediaIds: [...mediaIds], shows: mediaIds.map((id) => this.#media.get(id) ?? '') }
  }
}

export const refusal = (status: number, reason: string): FailureFacts => ({
  service: 'Mastodon',
  doing: 'create a status',
  status,
  answer: 'json',
  reason,
})

type Through = <T>(name: string, land: () => T) => Promise<T>

export function createMemoryMastodon(server: Server, through: Through): Mastodon {
  const limits = {
    ...defaultLimits,
    software: server.family === 'twice' ? 'other' : 'mastodon',
    imagesPerStatus: 1,
  } as const
  const account = { id: '1', name: 'moss', url: 'https://social.example/@moss' }
  return {
    fetchLimits: () => through('fetchLimits', () => limits),
    fetchAccount: () => through('fetchAccount', () => account),
    uploadMedia: ({ bytes }) => through('uploadMedia', () => server.upload(bytes)),
    fetchMedia: (id) => through('fetchMedia', () => server.mediaOf(id)),
    createStatus: (status) => through('createStatus', () => server.create(status)),
    fetchStatus: (id) => through('fetchStatus', () => server.statuses.find((status) => status.id === id)),
    editStatus: (id, draft, mediaIds) => through('editStatus', () => server.edit(id, draft, mediaIds)),
    deleteStatus: (id) =>
      through('deleteStatus', () => {
        server.statuses = server.statuses.filter((status) => status.id !== id)
      }),
    async *fetchStatuses(_, since) {
      yield* await through('fetchStatuses', () =>
        server.statuses.filter(({ createdAt }) => createdAt >= since).toReversed(),
      )
    },
    uploadBudget: () => undefined,
  }
}

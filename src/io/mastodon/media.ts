/** Uploading: https://docs.joinmastodon.org/methods/media/ */

import { setTimeout as sleep } from 'node:timers/promises'
import type { mastodon } from 'masto'
import { ServiceError } from '../../core/failure/failure.ts'
import { mastodonLimitEnd } from '../../core/failure/rate-limit.ts'
import { parseMedia, refusalFacts, succeeded } from './answer.ts'
import type { Connection } from './connection.ts'
import type { ServerAnswer } from './exchange.ts'
import type { Mastodon, NewMedia } from './mastodon.ts'

/** How often "not found" is ignored for a new upload: a server may answer from a database replica that is behind. */
const NOT_FOUND_AT_MOST = 5

export function createMedia(
  connection: Connection,
): Pick<Mastodon, 'uploadMedia' | 'fetchMedia' | 'uploadBudget'> {
  const { client, ask, refuse, now, deadlines } = connection
  /** Some servers have v1 alone. */
  let version: 'v1' | 'v2' = 'v2'
  let budget: ReturnType<Mastodon['uploadBudget']>

  const upload = async (media: NewMedia, timeLeft: () => number): Promise<ServerAnswer> => {
    const params = {
      file: new File([media.bytes], `image.${extensionOf(media.mimeType)}`, {
        type: media.mimeType,
      }),
      // masto.js would send the word "undefined".
      ...(media.altText && { description: media.altText }),
    }
    const answer = await ask(UPLOAD, Math.min(deadlines.upload, timeLeft()), () =>
      version === 'v2'
        ? client.v2.media.create({ ...params, skipPolling: true })
        : client.v1.media.create(params),
    )
    budget = budgetOf(answer, now()) ?? budget
    if (version === 'v1' || (answer.status !== 404 && answer.status !== 405)) return answer
    version = 'v1'
    return upload(media, timeLeft)
  }

  return {
    async uploadMedia(media, timeLeft = () => Number.POSITIVE_INFINITY) {
      const answer = await upload(media, timeLeft)
      if (!succeeded(answer)) throw await refuse(answer, UPLOAD)
      const { id, ready } = parseMedia(answer, UPLOAD)
      if (!ready) await waitUntilProcessed(id, connection, timeLeft)
      return id
    },
    async fetchMedia(id) {
      const doing = `look for upload ${id}`
      const answer = await ask(doing, deadlines.other, () => fetchOne(client, id))
      if (succeeded(answer)) return 'there'
      const { status, answer: kind } = refusalFacts(answer, doing, now())
      const clientError = status !== undefined && status >= 400 && status < 500
      if (!clientError || [401, 408, 429].includes(status)) throw await refuse(answer, doing)
      // A page of HTML may come from a proxy, and proves nothing.
      return status === 404 && kind === 'json' ? 'gone' : 'unknown'
    },
    uploadBudget: () => budget,
  }
}

const UPLOAD = 'take an image'
const PROCESS = 'process an image'

const fetchOne = (client: mastodon.rest.Client, id: string): PromiseLike<unknown> =>
  client.v1.media.$select(encodeURIComponent(id)).fetch()

/**
 * Waits for 200. The server answers 206 while it processes the image, and 422 when it cannot. Uploads are limited (30 in half an
 * hour), so an outage, a rate limit or the end of the waiting time or of `timeLeft` (ms) does not give the upload up: its id is
 * kept, and if the image is not ready then, the status is refused with "not finished processing" (`isStillProcessing`).
 * Throws ServiceError where the server says that there is no such upload, or that it cannot process it.
 */
async function waitUntilProcessed(id: string, connection: Connection, timeLeft: () => number): Promise<void> {
  const { client, ask, refuse, signal, pollMs, deadlines } = connection
  const end = performance.now() + deadlines.processing
  let notFound = 0
  while (performance.now() < end && timeLeft() > pollMs && !signal.aborted) {
    await sleep(pollMs, undefined, { signal }).catch(() => undefined)
    const answer = await ask(PROCESS, Math.min(deadlines.other, timeLeft()), () =>
      fetchOne(client, id),
    ).catch((error: unknown) => {
      if (error instanceof ServiceError) return undefined
      throw error
    })
    if (answer === undefined) continue
    const { status } = answer
    if (status === 200 && succeeded(answer)) return
    if (status === 404) notFound++
    if (status === 422 || notFound > NOT_FOUND_AT_MOST) throw await refuse(answer, PROCESS)
    // The server does not let the upload be asked for, so there is nothing to wait for.
    if ([400, 401, 403, 405].includes(status)) return
  }
}

function budgetOf({ status, headers }: ServerAnswer, now: number): ReturnType<Mastodon['uploadBudget']> {
  const resetAt = mastodonLimitEnd((name) => headers.get(name), now)
  const left = status === 429 ? 0 : Number.parseInt(headers.get('x-ratelimit-remaining') ?? '', 10)
  return resetAt === undefined || !(left >= 0) ? undefined : { left, resetAt }
}

/** Some servers keep the name of the file, and tell its type by that. */
const extensionOf = (mimeType: string): string =>
  mimeType === 'image/jpeg' ? 'jpg' : (/^image\/([a-z0-9]+)/.exec(mimeType)?.[1] ?? 'bin')

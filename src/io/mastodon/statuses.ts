/** Statuses: https://docs.joinmastodon.org/methods/statuses/ */

import type { mastodon } from 'masto'
import { ServiceError } from '../../core/failure/failure.ts'
import type { StatusDraft } from '../../core/status/status.ts'
import { parseStatus, parseStatuses } from './answer.ts'
import { type Connection, callServer } from './connection.ts'
import type { Mastodon, NewStatus, SeenStatus } from './mastodon.ts'

/** Statuses on one page, and the most pages that are searched. A search that ended there would not prove that a status is missing. */
const STATUSES_PER_PAGE = 40
const STATUS_PAGES_AT_MOST = 50

export function createStatuses(
  connection: Connection,
): Pick<Mastodon, 'createStatus' | 'fetchStatus' | 'editStatus' | 'deleteStatus' | 'fetchStatuses'> {
  const { client, now, deadlines } = connection
  const statusAt = (id: string): ReturnType<mastodon.rest.v1.StatusesResource['$select']> =>
    client.v1.statuses.$select(encodeURIComponent(id))
  const callForStatus = async (
    doing: string,
    deadlineMs: number,
    make: () => PromiseLike<unknown>,
  ): Promise<SeenStatus> => {
    const answer = await callServer(connection, doing, deadlineMs, make)
    return parseStatus(answer, doing, now())
  }
  return {
    async createStatus(status) {
      const headers = { 'Idempotency-Key': status.idempotencyKey }
      const make = (): PromiseLike<unknown> =>
        client.v1.statuses.create(paramsToCreate(status), { requestInit: { headers } })
      try {
        return await callForStatus('create a status', deadlines.create, make)
      } catch (error) {
        throw namingMedia(error, status.mediaIds)
      }
    },
    fetchStatus: (id) =>
      unlessMissing(callForStatus(`show status ${id}`, deadlines.other, () => statusAt(id).fetch())),
    editStatus: (id, draft, mediaIds) =>
      callForStatus(`edit status ${id}`, deadlines.create, () =>
        statusAt(id).update(paramsToEdit(draft, mediaIds)),
      ),
    async deleteStatus(id) {
      const doing = `delete status ${id}`
      await unlessMissing(callServer(connection, doing, deadlines.other, () => statusAt(id).remove()))
    },
    fetchStatuses: (accountId, since, mostPages) => statusesOf(connection, accountId, since, mostPages),
  }
}

const sharedParams = (draft: StatusDraft, mediaIds: readonly string[]) => ({
  status: draft.text,
  mediaIds,
  sensitive: draft.sensitive,
  ...(draft.language !== undefined && { language: draft.language }),
})

function paramsToCreate({ draft, mediaIds, inReplyToId }: NewStatus): mastodon.rest.v1.CreateStatusParams {
  return {
    ...sharedParams(draft, mediaIds),
    visibility: draft.visibility,
    // Nobody may be mentioned: https://github.com/mastodon/mastodon/pull/18350
    allowedMentions: [],
    ...(draft.spoilerText !== undefined && { spoilerText: draft.spoilerText }),
    ...(inReplyToId !== undefined && { inReplyToId }),
  }
}

/** Empty texts are sent too, because they may have to replace earlier ones. */
function paramsToEdit(draft: StatusDraft, mediaIds: readonly string[]): mastodon.rest.v1.UpdateStatusParams {
  const mediaAttributes = mediaIds.map((id, at) => ({ id, description: draft.images[at]?.altText ?? '' }))
  return { ...sharedParams(draft, mediaIds), spoilerText: draft.spoilerText ?? '', mediaAttributes }
}

async function* statusesOf(
  connection: Connection,
  accountId: string,
  since: number,
  mostPages = STATUS_PAGES_AT_MOST,
): AsyncGenerator<SeenStatus> {
  const { client, now, deadlines } = connection
  const doing = 'list the statuses of its account'
  const account = client.v1.accounts.$select(encodeURIComponent(accountId))
  let maxId: string | undefined
  for (let page = 0; page < mostPages; page++) {
    const params = { limit: STATUSES_PER_PAGE, excludeReblogs: true, ...(maxId !== undefined && { maxId }) }
    const answer = await callServer(connection, doing, deadlines.other, () => account.statuses.list(params))
    const statuses = parseStatuses(answer, doing, now())
    for (const status of statuses) {
      if (status.createdAt < since) return
      yield status
    }
    const last = statuses.at(-1)?.id
    if (last === undefined || last === maxId) return
    maxId = last
  }
  if (mostPages !== STATUS_PAGES_AT_MOST) return
  const bound = STATUSES_PER_PAGE * mostPages
  // An error, because the caller must not take the end of the search for "not there". No ServiceError, because the server works.
  throw new Error(
    `Expected at most ${bound} statuses since ${new Date(since).toISOString()} but received more`,
  )
}

async function unlessMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (error instanceof ServiceError && error.facts.status === 404) return undefined
    throw error
  }
}

/** Servers answer in their administrator's language (DEFAULT_LOCALE), but a media id is the same in all. A short id could be any number in the text. */
const SHORTEST_TELLING_ID = 6

function namingMedia(error: unknown, mediaIds: readonly string[]): unknown {
  if (!(error instanceof ServiceError)) return error
  const { facts } = error
  const named = mediaIds.some((id) => id.length >= SHORTEST_TELLING_ID && facts.reason.includes(id))
  return named ? new ServiceError({ ...facts, namesMedia: true }) : error
}

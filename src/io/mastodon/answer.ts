/** Reads the answers of servers that speak Mastodon's API. They differ, and every optional part may be missing. */

import * as v from 'valibot'
import { clocksAgreeMs } from '../../core/clock/judge.ts'
import { aheadOf, readServerTime } from '../../core/clock/server-time.ts'
import { type FailureFacts, ServiceError } from '../../core/failure/failure.ts'
import { mastodonLimitEnd } from '../../core/failure/rate-limit.ts'
import type { ServerAnswer } from './exchange.ts'
import type { Account, SeenStatus } from './mastodon.ts'

const REASON_LENGTH = 300

export const succeeded = ({ status, json }: ServerAnswer): boolean =>
  status >= 200 && status < 300 && json !== undefined

/** What an answer that is no success says. It counts as `json` only if it names a cause, because E5 relies on that. */
export function refusalFacts(answer: ServerAnswer, doing: string, now: number): FailureFacts {
  const { status, headers, json } = answer
  const cause = causeOf(json)
  const ok = status < 300
  const retryAt = status === 429 ? mastodonLimitEnd((name) => headers.get(name), now) : undefined
  return {
    service: 'Mastodon',
    doing,
    status,
    answer: cause === undefined || status < 400 ? 'other' : 'json',
    reason: cut(status < 400 ? oddSuccess(answer) : (cause ?? 'Expected JSON but received something else')),
    ...(!ok && retryAt !== undefined && { retryAt }),
  }
}

const cut = (text: string): string =>
  text.length > REASON_LENGTH ? `${text.slice(0, REASON_LENGTH)}…` : text

function oddSuccess({ status, headers, json }: ServerAnswer): string {
  if (status < 300) {
    return json === undefined ? 'Expected JSON but received something else' : 'Expected an entity with an id'
  }
  const location = headers.get('location') ?? ''
  const target = URL.canParse(location) ? new URL(location).origin : 'another address'
  return `Expected an answer but received a redirect to ${target}: MASTODON_URL is the address that needs none`
}

const text = v.pipe(v.string(), v.trim(), v.nonEmpty())
const causeSchema = v.union([
  v.pipe(
    v.object({ error: text, error_description: text }),
    v.transform((body) => `${body.error}: ${body.error_description}`),
  ),
  v.pipe(
    v.object({ error: text }),
    v.transform((body) => body.error),
  ),
  // Other families have shapes of their own; a Zod error comes with or without a name.
  v.pipe(
    v.object({ error: v.object({ message: text }) }),
    v.transform((body) => body.error.message),
  ),
  v.pipe(
    v.object({ errors: v.object({ detail: text }) }),
    v.transform((body) => body.errors.detail),
  ),
  v.pipe(
    v.union([
      v.looseObject({ error: bag() }),
      v.looseObject({ errors: bag() }),
      v.looseObject({ issues: bag() }),
    ]),
    v.transform((body) => JSON.stringify(body)),
  ),
])

function bag(): v.GenericSchema<unknown> {
  const isFull = (value: unknown): boolean =>
    typeof value === 'object' && value !== null && Object.keys(value).length > 0
  return v.custom(isFull)
}

function causeOf(json: unknown): string | undefined {
  const result = v.safeParse(causeSchema, json)
  return result.success ? result.output : undefined
}

const idSchema = v.union([
  v.pipe(v.string(), v.nonEmpty()),
  v.pipe(
    v.number(),
    v.transform((id) => String(id)),
  ),
])
const optionalText = v.optional(v.fallback(v.string(), ''), '')
const mediaSchema = v.object({ id: idSchema, url: v.optional(v.unknown()) })
const statusSchema = v.object({
  id: idSchema,
  url: optionalText,
  uri: optionalText,
  created_at: optionalText,
  content: optionalText,
  in_reply_to_id: v.optional(v.fallback(v.nullable(idSchema), null), null),
  media_attachments: v.optional(v.fallback(v.array(mediaSchema), []), []),
})
const accountSchema = v.object({
  id: idSchema,
  username: optionalText,
  acct: optionalText,
  url: optionalText,
})

/** A status without a time counts as made now, so that a search does not end at it. Throws ServiceError. */
export const parseStatus = (answer: ServerAnswer, doing: string, now: number): SeenStatus =>
  seenStatus(parse(statusSchema, answer, doing), answer, now)

/** Throws ServiceError unless each of them can be read. */
export const parseStatuses = (answer: ServerAnswer, doing: string, now: number): readonly SeenStatus[] =>
  parse(v.array(statusSchema), answer, doing).map((status) => seenStatus(status, answer, now))

function seenStatus(
  status: v.InferOutput<typeof statusSchema>,
  answer: ServerAnswer,
  now: number,
): SeenStatus {
  const createdAt = Date.parse(status.created_at) + behindMs(answer, now)
  return {
    id: status.id,
    url: status.url || status.uri,
    createdAt: Number.isNaN(createdAt) ? now : createdAt,
    mediaIds: status.media_attachments.map((media) => media.id),
    content: status.content,
    ...(status.in_reply_to_id !== null && { inReplyToId: status.in_reply_to_id }),
  }
}

/** Ms that the server's clock is behind ours, where they disagree: what it says of a status is told in our time (V5, V6). */
function behindMs({ headers }: ServerAnswer, now: number): number {
  const time = readServerTime(headers.get('date'), now, now)
  const behind = time === undefined ? 0 : aheadOf(time)
  return Math.abs(behind) > clocksAgreeMs ? behind : 0
}

export function parseAccount(answer: ServerAnswer, doing: string): Account {
  const { id, username, acct, url } = parse(accountSchema, answer, doing)
  return { id, name: acct || username, url }
}

/** `ready`: it has been processed, for it has an address. */
export function parseMedia(
  answer: ServerAnswer,
  doing: string,
): { readonly id: string; readonly ready: boolean } {
  const { id, url } = parse(mediaSchema, answer, doing)
  return { id, ready: typeof url === 'string' && url !== '' }
}

function parse<S extends v.GenericSchema>(schema: S, answer: ServerAnswer, doing: string): v.InferOutput<S> {
  const result = v.safeParse(schema, answer.json)
  if (result.success) return result.output
  throw new ServiceError(refusalFacts(answer, doing, 0))
}

/** Says what Tumblr's refusals mean, so that the owner of a route knows what to do. Their shapes: https://github.com/tumblr/docs/blob/master/api.md */

import * as v from 'valibot'
import { type FailureFacts, ServiceError } from '../../core/failure/failure.ts'
import { tumblrLimitEnd } from '../../core/failure/rate-limit.ts'
import { listedUserVariables, whyRefused } from '../../core/failure/tumblr.ts'
import { NoAnswer, type TumblrAnswer } from './call.ts'
import { headerOf } from './headers.ts'

export type FailureContext = {
  readonly doing: string
  readonly blog: string
  readonly secrets: readonly string[]
  readonly now: () => number
}

/** Every part may be missing or of another shape: `response` is an array, a text or absent, `errors` absent on a 429. */
const Envelope = v.object({
  meta: v.object({ msg: v.optional(v.fallback(v.string(), '')) }),
  response: v.optional(v.unknown()),
  errors: v.optional(
    v.fallback(v.array(v.object({ code: v.optional(v.unknown()), detail: v.optional(v.unknown()) })), []),
  ),
})

/** The error for an answer that is no success. */
export function refusal(answer: TumblrAnswer, context: FailureContext): ServiceError {
  const { status } = answer
  const facts = { service: 'Tumblr', doing: context.doing, status } as const
  if (status < 400) return new ServiceError({ ...facts, answer: 'other', reason: oddSuccess(answer) })
  const envelope = parseEnvelope(answer.body)
  if (envelope === undefined) {
    return new ServiceError({
      ...facts,
      answer: 'other',
      reason: 'Expected JSON but received something else',
      ...limitEnd(answer, context.now()),
    })
  }
  const codes = (envelope.errors ?? []).map((error) => error.code).filter((code) => typeof code === 'number')
  const code = codes[0]
  return new ServiceError({
    ...facts,
    answer: 'json',
    reason: scrub(reasonFor(status, code, words(envelope), context.blog), context.secrets),
    ...(code !== undefined && { code }),
    ...limitEnd(answer, context.now()),
  })
}

/** A 404 that is about the post, and not about the blog. */
export const saysNoSuchPost = (error: unknown): boolean =>
  error instanceof ServiceError && error.facts.answer === 'json' && whyRefused(error.facts) === 'missing'

/** The error for no answer, or for one that `parsePage` could not read. */
export function mishap(error: unknown, context: FailureContext): ServiceError {
  if (error instanceof ServiceError) return error
  const base = { service: 'Tumblr', doing: context.doing } as const
  const reason = scrub(error instanceof Error ? error.message : String(error), context.secrets)
  const facts: FailureFacts =
    error instanceof NoAnswer
      ? { ...base, answer: 'nothing', reason }
      : { ...base, status: 200, answer: 'other', reason }
  return new ServiceError(facts)
}

const parseEnvelope = (body: string): v.InferOutput<typeof Envelope> | undefined => {
  try {
    const result = v.safeParse(Envelope, JSON.parse(body))
    return result.success ? result.output : undefined
  } catch {
    return undefined
  }
}

/** Tumblr's `detail` for a 404 is a joke of the day ("Tumblr went thud"), so `msg` comes first. */
const words = (envelope: v.InferOutput<typeof Envelope>): string => {
  const said = [envelope.meta.msg, envelope.response, envelope.errors?.[0]?.detail]
  return said.filter((text) => typeof text === 'string' && text !== '').join(': ') || 'no reason given'
}

function reasonFor(status: number, code: number | undefined, said: string, blog: string): string {
  switch (whyRefused({ status, ...(code !== undefined && { code }) })) {
    case 'unknown key':
      return `${said}. Expected a key that Tumblr knows in TUMBLR_CONSUMER_KEY (and in ${listedUserVariables}, where they are set, the ones of the same application)`
    case 'hidden':
      return `${blog} is hidden from people without an account: set ${listedUserVariables} of someone who can see it, or show the blog to everyone in its settings`
    case 'locked':
      return `${blog} asks for a password: Levity reads only blogs without one`
    case 'missing':
      return `${said}. Expected a blog that anyone can see for TUMBLR_BLOG but received ${blog}: check the name; a blog hidden from people without an account needs ${listedUserVariables}`
    default:
      return said
  }
}

/** tumblr.js takes 200 to 399 for success, and follows no redirect. */
function oddSuccess({ status, headers }: TumblrAnswer): string {
  if (status < 300) return 'Expected JSON with a response but received something else'
  const { location } = headers
  const target = location !== undefined && URL.canParse(location) ? new URL(location).host : 'another address'
  return `Expected posts but received a redirect to ${target}`
}

function limitEnd({ status, headers }: TumblrAnswer, now: number): { readonly retryAt: number } | undefined {
  const retryAt = status === 429 ? tumblrLimitEnd(headerOf(headers), now) : undefined
  return retryAt === undefined ? undefined : { retryAt }
}

/** Enough for Levity's longest sentence and a few hundred characters of Tumblr's. */
const REASON_LENGTH = 600

function scrub(text: string, secrets: readonly string[]): string {
  let clean = text
  for (const secret of secrets) {
    const inAddress = new URLSearchParams([['', secret]]).toString().slice(1)
    for (const form of [secret, encodeURIComponent(secret), inAddress]) {
      clean = clean.replaceAll(form, '(secret)')
    }
  }
  return clean.length > REASON_LENGTH ? `${clean.slice(0, REASON_LENGTH)}…` : clean
}

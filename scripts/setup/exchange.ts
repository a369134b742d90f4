/** A single request to a server, with the limits of a run on time and size, and an answer that fits a schema. */
import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import { ServiceError } from '../../src/core/failure/failure.ts'
import { refusalFacts, succeeded } from '../../src/io/mastodon/answer.ts'
import { type Ask, createAsk } from '../../src/io/mastodon/exchange.ts'
import { version } from '../../src/repost.ts'

export const deadlineMs = 20_000

/** In place of a secret where there is none yet: no answer can contain it. */
export const noSecret = (): string => randomUUID()

/** Lets `use` ask a server; its requests end with it. `secret` is kept out of every message. */
export async function withAsk<T>(
  secret: string,
  use: (ask: Ask, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const end = new AbortController()
  try {
    const ask = createAsk({ userAgent: `Levity/${version}`, secret, signal: end.signal, now: Date.now })
    return await use(ask, end.signal)
  } finally {
    end.abort()
  }
}

/** Throws ServiceError if there is no answer, a refusal, or an answer of another shape. */
export const askServer = <S extends v.GenericSchema>(
  doing: string,
  secret: string,
  schema: S,
  request: () => Promise<Response>,
): Promise<v.InferOutput<S>> =>
  withAsk(secret, async (ask) => {
    const answer = await ask(doing, deadlineMs, request)
    const read = v.safeParse(schema, answer.json)
    if (succeeded(answer) && read.success) return read.output
    throw new ServiceError(refusalFacts(answer, doing, Date.now()))
  })

/** One question to a server, bounded like those of a run, and read by a schema. */
import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import { ServiceError } from '../../src/core/failure/failure.ts'
import { refusalFacts, succeeded } from '../../src/io/mastodon/answer.ts'
import { type Ask, createAsk } from '../../src/io/mastodon/exchange.ts'
import { version } from '../../src/repost.ts'

export const deadlineMs = 20_000

/** Stands for a secret where there is none yet: nothing an answer could hold. */
export const noSecret = (): string => randomUUID()

/** Hands `use` a way to ask that ends with it; `secret` is kept out of every message. */
export async function asking<T>(
  secret: string,
  use: (ask: Ask, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const end = new AbortController()
  try {
    const ask = createAsk({ userAgent: `Levity/${version}`, secret, signal: end.signal })
    return await use(ask, end.signal)
  } finally {
    end.abort()
  }
}

/** Throws ServiceError for no answer, for a refusal, and for an answer of another shape. */
export const askServer = <S extends v.GenericSchema>(
  doing: string,
  secret: string,
  schema: S,
  request: () => Promise<Response>,
): Promise<v.InferOutput<S>> =>
  asking(secret, async (ask) => {
    const answer = await ask(doing, deadlineMs, request)
    const read = v.safeParse(schema, answer.json)
    if (succeeded(answer) && read.success) return read.output
    throw new ServiceError(refusalFacts(answer, doing, Date.now()))
  })

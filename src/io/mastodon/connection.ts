/** What every call to one server shares. */

import { createRestAPIClient, type mastodon } from 'masto'
import { type FailureFacts, ServiceError } from '../../core/failure/failure.ts'
import { refusalFacts, succeeded } from './answer.ts'
import { type Ask, createAsk, type ServerAnswer } from './exchange.ts'
import type { Deadlines, MastodonOptions } from './mastodon.ts'

export type Connection = {
  readonly client: mastodon.rest.Client
  readonly ask: Ask
  readonly refuse: Refuse
  readonly signal: AbortSignal
  readonly now: () => number
  readonly pollMs: number
  readonly deadlines: Deadlines
}

const defaultDeadlines = { create: 60_000, upload: 60_000, processing: 60_000, other: 20_000 } as const

export function openConnection(options: MastodonOptions): Connection {
  const { url, accessToken, version, signal, now = Date.now, onTime, pollMs = 1000 } = options
  const deadlines = { ...defaultDeadlines, ...options.deadlines }
  const client = createRestAPIClient({ url, accessToken })
  const ask = createAsk({ userAgent: `Levity/${version}`, secret: accessToken, signal, now, onTime })
  const refuse = createRefuse(client, ask, deadlines.other, now)
  return { client, ask, refuse, signal, now, pollMs, deadlines }
}

/** The error for an answer that is no success. */
export type Refuse = (answer: ServerAnswer, doing: string) => Promise<ServiceError>

/**
 * Tries the token before it is called dead: some servers answer 401 to every image that they cannot take, others answer a bad
 * token with a page and 422. If the trial fails because the server is down, the error says that instead of the 401.
 */
export function createRefuse(
  client: mastodon.rest.Client,
  ask: Ask,
  deadlineMs: number,
  now: () => number,
): Refuse {
  return async (answer, doing) => {
    const facts = refusalFacts(answer, doing, now())
    if (!isAboutToken(facts)) return new ServiceError(facts)
    const trial = await ask(doing, deadlineMs, () => client.v1.accounts.verifyCredentials())
    if (succeeded(trial)) return new ServiceError({ ...facts, tokenWorks: true })
    const trialFacts = refusalFacts(trial, doing, now())
    if (isAboutToken(trialFacts)) return new ServiceError(withDeadToken(facts))
    const down = facts.status === 401 && isDown(trial)
    return new ServiceError(down ? trialFacts : facts)
  }
}

const isDown = ({ status }: ServerAnswer): boolean =>
  status < 400 || status === 408 || status === 429 || status >= 500

export const isAboutToken = ({ status, answer }: FailureFacts): boolean =>
  status === 401 || (status === 422 && answer === 'other')

export const withDeadToken = (facts: FailureFacts): FailureFacts => ({
  ...facts,
  tokenWorks: false,
  reason: `${facts.reason}. Expected a token that the server accepts in MASTODON_ACCESS_TOKEN`,
})

/** Makes a call and returns its answer. Throws ServiceError for an answer that is no success. */
export async function callServer(
  { ask, refuse }: Connection,
  doing: string,
  deadlineMs: number,
  make: () => PromiseLike<unknown>,
): Promise<ServerAnswer> {
  const answer = await ask(doing, deadlineMs, make)
  if (succeeded(answer)) return answer
  throw await refuse(answer, doing)
}

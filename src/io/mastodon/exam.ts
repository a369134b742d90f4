/** What a doctor asks of a server. It only reads. */

import * as v from 'valibot'
import type { ServerTime } from '../../core/clock/server-time.ts'
import type { Owner } from '../../core/doctor/account.ts'
import { ServiceError } from '../../core/failure/failure.ts'
import { type Limits, parseLimits } from '../../core/server/limits.ts'
import { parseAccount, refusalFacts, succeeded } from './answer.ts'
import { type Connection, isAboutToken, openConnection } from './connection.ts'
import type { ServerAnswer } from './exchange.ts'
import { fetchInstance, fetchSoftwareName } from './instance.ts'
import type { MastodonOptions } from './mastodon.ts'

/** Every call has a deadline. */
export interface MastodonExam {
  /** The software, as the server names it, and the limits. Throws ServiceError. */
  fetchServer(): Promise<{ readonly software: string | undefined; readonly limits: Limits }>
  /** Throws ServiceError. */
  fetchOwner(): Promise<{ readonly owner: Owner; readonly time: ServerTime | undefined }>
  /** The scopes that the application was registered with. Undefined where the server does not say. */
  fetchScopes(): Promise<readonly string[] | undefined>
  /** Whether the token may do this. Undefined where the answer does not tell. */
  mayReadStatuses(accountId: string): Promise<boolean | undefined>
  mayWriteMedia(): Promise<boolean | undefined>
}

const flag = v.optional(v.fallback(v.nullable(v.boolean()), null), null)
const standingSchema = v.object({
  bot: flag,
  suspended: flag,
  limited: flag,
  moved: v.optional(
    v.fallback(v.nullable(v.object({ url: v.optional(v.string()), acct: v.optional(v.string()) })), null),
    null,
  ),
})
const scopesSchema = v.object({ scopes: v.array(v.string()) })

export function createMastodonExam(options: MastodonOptions): MastodonExam {
  const connection = openConnection(options)
  const { client, ask, deadlines } = connection
  const may = async (
    doing: string,
    call: () => PromiseLike<unknown>,
    yes: readonly number[],
  ): Promise<boolean | undefined> => {
    const answer = await unlessSilent(ask(doing, deadlines.other, call))
    if (answer === undefined) return undefined
    // 403: "This action is outside the authorized scopes".
    return answer.status === 403 ? false : yes.includes(answer.status) ? true : undefined
  }
  return {
    async fetchServer() {
      const [instance, software] = await Promise.all([
        fetchInstance(connection),
        fetchSoftwareName(options.url, ask, deadlines.other),
      ])
      return { software, limits: parseLimits(instance, software) }
    },
    fetchOwner: () => fetchOwner(connection),
    async fetchScopes() {
      const answer = await unlessSilent(
        ask('say what the token may do', deadlines.other, () => client.v1.apps.verifyCredentials()),
      )
      const read = v.safeParse(scopesSchema, answer?.json)
      return answer && succeeded(answer) && read.success ? read.output.scopes : undefined
    },
    mayReadStatuses: (id) =>
      may(
        'list the statuses of its account',
        () => client.v1.accounts.$select(encodeURIComponent(id)).statuses.list({ limit: 1 }),
        [200],
      ),
    // No upload has this id. The server checks the scope before it looks for one.
    mayWriteMedia: () =>
      may('look for an upload', () => client.v1.media.$select('0').fetch(), [200, 206, 404]),
  }
}

async function fetchOwner({
  client,
  ask,
  now,
  deadlines,
}: Connection): ReturnType<MastodonExam['fetchOwner']> {
  const doing = 'say whose token it is'
  const answer = await ask(doing, deadlines.other, () => client.v1.accounts.verifyCredentials())
  if (!succeeded(answer)) {
    const facts = refusalFacts(answer, doing, now())
    throw new ServiceError(isAboutToken(facts) ? { ...facts, tokenWorks: false } : facts)
  }
  const account = parseAccount(answer, doing)
  const { bot, suspended, limited, moved } = v.parse(standingSchema, answer.json)
  return {
    owner: {
      ...account,
      suspended: suspended === true,
      limited: limited === true,
      ...(bot !== null && { bot }),
      ...(moved !== null && { movedTo: moved.url ?? moved.acct ?? 'another account' }),
    },
    time: answer.time,
  }
}

async function unlessSilent(asking: Promise<ServerAnswer>): Promise<ServerAnswer | undefined> {
  try {
    return await asking
  } catch (error) {
    if (error instanceof ServiceError) return undefined
    throw error
  }
}

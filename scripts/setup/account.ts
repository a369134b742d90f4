/** Whose token it is, and what it may do. */
import type { Owner } from '../../src/core/doctor/account.ts'
import { createMastodonExam } from '../../src/io/mastodon/exam.ts'
import { version } from '../../src/repost.ts'

export type Account = {
  readonly owner: Owner
  /** Undefined where the server does not say. */
  readonly scopes: readonly string[] | undefined
}

/** Throws ServiceError. */
export async function fetchAccount(url: string, accessToken: string): Promise<Account> {
  const end = new AbortController()
  const exam = createMastodonExam({ url, accessToken, version, signal: end.signal })
  try {
    const { owner } = await exam.fetchOwner()
    return { owner, scopes: await exam.fetchScopes() }
  } finally {
    end.abort()
  }
}

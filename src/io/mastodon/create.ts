import { ServiceError } from '../../core/failure/failure.ts'
import { parseLimits } from '../../core/server/limits.ts'
import { parseAccount, refusalFacts, succeeded } from './answer.ts'
import { isAboutToken, openConnection, withDeadToken } from './connection.ts'
import { fetchInstance, fetchSoftwareName } from './instance.ts'
import type { Mastodon, MastodonOptions } from './mastodon.ts'
import { createMedia } from './media.ts'
import { createStatuses } from './statuses.ts'

export function createMastodon(options: MastodonOptions): Mastodon {
  const { url } = options
  const connection = openConnection(options)
  const { client, ask, now, deadlines } = connection
  return {
    ...createMedia(connection),
    ...createStatuses(connection),
    async fetchLimits() {
      const [instance, software] = await Promise.all([
        fetchInstance(connection),
        fetchSoftwareName(url, ask, deadlines.other),
      ])
      return parseLimits(instance, software)
    },
    async fetchAccount() {
      const doing = 'say whose token it is'
      const answer = await ask(doing, deadlines.other, () => client.v1.accounts.verifyCredentials())
      if (succeeded(answer)) return parseAccount(answer, doing)
      const facts = refusalFacts(answer, doing, now())
      throw new ServiceError(isAboutToken(facts) ? withDeadToken(facts) : facts)
    },
  }
}

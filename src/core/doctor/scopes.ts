/** What the token may do: https://docs.joinmastodon.org/api/oauth-scopes/ */
import type { Check } from '../report/report.ts'
import { listOf } from '../report/when.ts'
import { type CommandTarget, setupCommand } from './commands.ts'
import { crossForNotAsked } from './finding.ts'

const needed = ['read:accounts', 'read:statuses', 'write:media', 'write:statuses'] as const
export type Scope = (typeof needed)[number]

export type ScopeFacts = {
  /** As the server lists them: those of the application, of which the token may have fewer. */
  readonly listed: readonly string[] | undefined
  /** Whether a call that needs the scope was allowed. Absent or undefined where that was not tried, or where the answer did not tell. */
  readonly tried: Partial<Readonly<Record<Scope, boolean | undefined>>>
}

const check = 'scopes'

export function judgeScopes(facts: ScopeFacts | undefined, target: CommandTarget): Check {
  if (facts === undefined) return crossForNotAsked(check)
  const { listed, tried } = facts
  const state = (scope: Scope): boolean | undefined => tried[scope] ?? (listed && holds(listed, scope))
  const missing = needed.filter((scope) => state(scope) === false)
  const unknown = needed.filter((scope) => state(scope) === undefined)
  if (missing.length > 0)
    return {
      check,
      ok: false,
      says: `${listOf(missing)} ${missing.length === 1 ? 'is' : 'are'} missing`,
      todo: `\`${setupCommand(target)}\` makes a token with the four that are needed (${needed.join(' ')}); scopes that are added to an application later do not reach its old token`,
    }
  if (unknown.length === needed.length)
    return {
      check,
      ok: false,
      says: 'they are not known: the server does not say, and nothing could be tried',
    }
  const more = (listed ?? []).filter((scope) => !needed.some((one) => one === scope) && scope !== 'profile')
  const known =
    unknown.length === 0
      ? 'the four that are needed'
      : `${listOf(needed.filter((scope) => !unknown.includes(scope)))}; of ${listOf(unknown)} the server says nothing, and without posting it cannot be tried`
  if (more.length === 0) return { check, ok: true, says: known }
  return {
    check,
    ok: true,
    says: `${known}, and more than is needed: ${more.join(' ')}`,
    todo: `a token with ${needed.join(' ')} alone could do less harm in wrong hands`,
  }
}

const holds = (listed: readonly string[], scope: Scope): boolean =>
  listed.includes(scope) ||
  listed.includes(scope.split(':')[0] ?? '') ||
  (scope === 'read:accounts' && listed.includes('profile'))

/** Whose token it is, and how the account stands. */

import type { RouteRecord } from '../record/route.ts'
import type { Check } from '../report/report.ts'
import { type CommandTarget, setupCommand } from './commands.ts'
import { crossForNotAsked, type Finding, refusedBy, tryLater } from './finding.ts'

export type Owner = {
  readonly id: string
  readonly name: string
  readonly url: string
  /** The owner says that a program runs it; absent where the server does not say. */
  readonly bot?: boolean
  readonly suspended: boolean
  /** Moderators keep its posts from everyone but its followers. */
  readonly limited: boolean
  /** The address of the account that it has moved to. */
  readonly movedTo?: string
}

/** `listed`: the server has listed the scopes of the token's application, so it knows the token. */
export function judgeToken(asked: Finding<Owner>, listed: boolean, target: CommandTarget): Check {
  const check = 'token'
  if (asked.is === 'not asked') return crossForNotAsked(check)
  if (asked.is === 'found' || listed) return { check, ok: true, says: 'the server takes it' }
  const facts = refusedBy(asked)
  if (facts === undefined && asked.facts?.tokenWorks !== false)
    return { check, ok: false, says: `it is not known: ${asked.reason}`, todo: tryLater }
  return {
    check,
    ok: false,
    says: `the server refuses it: ${facts?.reason ?? asked.reason}`,
    todo: `\`${setupCommand(target)}\` makes another, or copy one to MASTODON_ACCESS_TOKEN once more, whole`,
  }
}

export function judgeAccount(asked: Finding<Owner>, server: string, known: RouteRecord | undefined): Check {
  const check = 'account'
  if (asked.is === 'not asked') return crossForNotAsked(check)
  if (asked.is === 'failed') {
    const facts = refusedBy(asked)
    // Mastodon: "Your login is currently disabled", "…missing a confirmed e-mail address", "…pending approval".
    return facts?.status === 403
      ? {
          check,
          ok: false,
          says: `the server blocks it: ${facts.reason}`,
          todo: 'sign in there in a browser and see why',
        }
      : { check, ok: false, says: 'it is not known: the server does not say whose token it is' }
  }
  const owner = asked.found
  const name = `@${owner.name}@${server}`
  const before = known?.server?.account
  if (before && (before.id !== owner.id || before.url !== owner.url))
    return {
      check,
      ok: false,
      says: `the token is for ${owner.url}, and this route began with ${before.url}`,
      todo: 'set the token of the account it began with, or give the other a route with a name of its own (LEVITY_ROUTES)',
    }
  const trouble = troubleOf(owner)
  if (trouble) return { check, ok: false, says: `${name} ${trouble.says}`, todo: trouble.todo }
  if (owner.bot !== false) return { check, ok: true, says: name }
  return {
    check,
    ok: true,
    says: `${name}, not marked as automated`,
    todo: 'where its rules ask for it, tick "This is an automated account" in the profile settings',
  }
}

function troubleOf({
  suspended,
  movedTo,
  limited,
}: Owner): Required<Pick<Check, 'says' | 'todo'>> | undefined {
  if (suspended)
    return {
      says: 'is suspended',
      todo: 'ask the moderators of the server, or set the token of another account',
    }
  if (movedTo !== undefined)
    return {
      says: `has moved to ${movedTo}`,
      todo: 'set the server and a token of the account it has moved to',
    }
  if (limited)
    return {
      says: 'is limited by the moderators: only its followers see what it posts',
      todo: 'ask the moderators of the server',
    }
  return undefined
}

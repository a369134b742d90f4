/** Judges what a doctor has found out about a route: a tick or a cross for each check, and what to do. */

import type { ServerTime } from '../clock/server-time.ts'
import type { PossibleRoute } from '../config/possible.ts'
import type { KeyLimit } from '../failure/rate-limit.ts'
import type { PostPage } from '../post/post.ts'
import type { Check } from '../report/report.ts'
import { judgeAccount, judgeToken, type Owner } from './account.ts'
import { type BlogFacts, judgeBlog } from './blog.ts'
import { judgeClock } from './clock.ts'
import { type CommandTarget, settingsFile } from './commands.ts'
import type { Finding } from './finding.ts'
import { judgeKey } from './key.ts'
import { judgeLedger, type LedgerFacts } from './ledger.ts'
import { judgeScopes, type ScopeFacts } from './scopes.ts'
import { judgeServer, type ServerFacts } from './server.ts'

export type RouteFacts = {
  readonly target: CommandTarget
  /** Ms since 1970. */
  readonly now: number
  readonly settings: PossibleRoute
  readonly page: Finding<PostPage>
  readonly openly: BlogFacts['openly']
  readonly limits: readonly KeyLimit[]
  readonly server: Finding<ServerFacts>
  readonly owner: Finding<Owner>
  readonly scopes: ScopeFacts | undefined
  readonly times: readonly (readonly [server: string, time: ServerTime | undefined])[]
  /** The table's name, where the settings say one. */
  readonly table: string
  readonly ledger: Finding<LedgerFacts>
  readonly made: Made
}

/** `sharp`: its version, or why it cannot be loaded. */
export type Made = { readonly levity: string; readonly node: string; readonly sharp: Finding<string> }

/** The checks in this order, each at least once. */
export function judgeRoute(facts: RouteFacts): readonly Check[] {
  const { target, now, settings, page, limits, owner, scopes, ledger } = facts
  const url = settings.mastodon?.url ?? ''
  const known = ledger.is === 'found' ? ledger.found.route : undefined
  const blog = {
    name: settings.tumblr?.blog ?? '',
    asked: page,
    openly: facts.openly,
    config: settings.config,
    known,
  }
  return [
    ...judgeVariables(settings, target),
    judgeBlog(blog),
    judgeKey(page, limits, { now, signed: settings.tumblr?.oauth !== undefined }),
    judgeServer(facts.server, url),
    judgeToken(owner, scopes?.listed !== undefined, target),
    judgeScopes(scopes, target),
    judgeAccount(owner, url === '' ? '' : new URL(url).host, known),
    ...judgeLedger(ledger, facts.table, target, now),
    judgeClock(facts.times),
    judgeMade(facts.made),
  ]
}

function judgeVariables({ problems }: PossibleRoute, target: CommandTarget): readonly Check[] {
  const check = 'variables'
  if (problems.length === 0) return [{ check, ok: true, says: 'everything that is set is understood' }]
  const todo =
    target.stage === undefined
      ? `correct it in ${settingsFile(target)}`
      : `correct it in ${settingsFile(target)}, and deploy that`
  return problems.map((says) => ({ check, ok: false, says, todo }))
}

const leastNode = 24

function judgeMade({ levity, node, sharp }: Made): Check {
  const check = 'version'
  const says = `Levity ${levity}, Node ${node}`
  if (Number.parseInt(node, 10) < leastNode)
    return { check, ok: false, says, todo: `run it on Node ${leastNode} or later` }
  if (sharp.is === 'found') return { check, ok: true, says: `${says}, sharp ${sharp.found}` }
  return {
    check,
    ok: false,
    says: `${says}; sharp cannot be loaded${sharp.is === 'failed' ? `: ${sharp.reason}` : ''}`,
    todo: 'run `npm ci` on this machine; for AWS, `npm run deploy` brings the one for its processor',
  }
}

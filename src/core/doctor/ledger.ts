/** Judges what the ledger has of a route: whether it is a ledger, the last success, trouble, and the open posts. */
import type { RouteRecord } from '../record/route.ts'
import type { Check } from '../report/report.ts'
import { describeSpan, describeTime } from '../report/when.ts'
import { type CommandTarget, runCommand, stageCommand } from './commands.ts'
import type { Finding } from './finding.ts'
import { judgeParked, judgeWaiting, type ParkedPosts, type WaitingPosts } from './posts.ts'
import { judgeFailedTable } from './table.ts'

export type LedgerFacts = WaitingPosts & ParkedPosts & { readonly route: RouteRecord | undefined }

/** Table, last success, trouble, waiting and parked posts. */
export function judgeLedger(
  asked: Finding<LedgerFacts>,
  table: string,
  target: CommandTarget,
  now: number,
): readonly Check[] {
  if (asked.is !== 'found') {
    const unknown = (check: string): Check => ({
      check,
      ok: false,
      says: 'it is not known: the table was not read',
    })
    return [
      judgeFailedTable(asked, table, target),
      ...['last success', 'trouble', 'waiting', 'parked'].map(unknown),
    ]
  }
  const { route } = asked.found
  const says = route
    ? `${table} holds the ledger of ${route.blog.name}`
    : `${table} answers, and no run of this route has written to it yet`
  return [
    { check: 'table', ok: true, says },
    judgeSuccess(route, target, now),
    judgeTrouble(route, target, now),
    judgeWaiting(asked.found, now),
    ...judgeParked(asked.found, target),
  ]
}

/** A run notes its success once a day at least. */
const longestSilenceMs = 26 * 3_600_000

function judgeSuccess(route: RouteRecord | undefined, target: CommandTarget, now: number): Check {
  const check = 'last success'
  if (route === undefined)
    return { check, ok: true, says: 'no run yet', todo: `\`${runCommand(target)}\` makes the first` }
  const { succeededAt } = route
  if (succeededAt === undefined)
    return {
      check,
      ok: false,
      says: 'no run has succeeded yet',
      todo: `\`${runCommand(target)}\` shows why`,
    }
  const says = `${describeSpan(now - succeededAt)} ago (${describeTime(succeededAt)})`
  if (now - succeededAt <= longestSilenceMs) return { check, ok: true, says }
  return {
    check,
    ok: false,
    says,
    todo:
      target.stage === undefined
        ? 'a run writes it once a day: see whether cron still starts `npm run once`'
        : `a run writes it once a day: see whether the schedule runs (\`${stageCommand('logs', target.stage, '--since 1d')}\`)`,
  }
}

function judgeTrouble(route: RouteRecord | undefined, target: CommandTarget, now: number): Check {
  const check = 'trouble'
  const trouble = route?.trouble
  if (trouble === undefined) return { check, ok: true, says: 'none' }
  const { reason, since, tries, retryAt } = trouble
  const until = retryAt > now ? `tried again at ${describeTime(retryAt)}` : 'tried again by the next run'
  return {
    check,
    ok: false,
    says: `the route has stood still since ${describeTime(since)} (failed tries: ${tries}, ${until}): ${reason}`,
    todo: `\`${runCommand(target)}\` tries it at once`,
  }
}

/** The posts that are not published: those that wait, and those that are parked. */
import type { PostRecord } from '../record/record.ts'
import type { Check } from '../report/report.ts'
import { count, describeTime } from '../report/when.ts'
import { type CommandTarget, ledgerCommand } from './commands.ts'

export type WaitingPosts = {
  /** The oldest unsettled posts. */
  readonly todo: readonly PostRecord[]
  /** How many unsettled posts there are. */
  readonly waiting: number
}

export type ParkedPosts = {
  readonly parked: readonly PostRecord[]
  /** There was no time to read the whole history: there may be more that are parked. */
  readonly cut: boolean
}

export function judgeWaiting({ todo, waiting }: WaitingPosts, now: number): Check {
  const check = 'waiting'
  const [oldest] = todo
  if (oldest === undefined) return { check, ok: true, says: 'no post' }
  return {
    check,
    ok: true,
    says: `${count(waiting, 'post')}; ${waiting > 1 ? 'the first, ' : ''}${oldest.id}, ${whatItWaitsFor(oldest, now)}`,
  }
}

function whatItWaitsFor(
  { claim, notBefore, attempts, failing, reason, state }: PostRecord,
  now: number,
): string {
  if (claim && claim.until > now) return `is being published by a run until ${describeTime(claim.until)}`
  const failures = failing?.tries ?? attempts
  const tries = failures > 0 ? ` (failed tries: ${failures})` : ''
  const due =
    notBefore !== undefined && notBefore > now
      ? `is due at ${describeTime(notBefore)}`
      : 'comes with the next run'
  const why =
    reason ??
    failing?.reason ??
    (state === 'sending' ? 'it may have been posted, and is looked for first' : undefined)
  return `${due}${tries}${why === undefined ? '' : `: ${why}`}`
}

/** So many are listed, each on a line of its own. */
const mostListed = 10

export function judgeParked({ parked, cut }: ParkedPosts, target: CommandTarget): readonly Check[] {
  const check = 'parked'
  const checks = parked.slice(0, mostListed).map((post) => judgeOneParked(post, target))
  const rest = parked.length - checks.length
  if (rest > 0)
    checks.push({
      check,
      ok: false,
      says: `${count(rest, 'post')} more`,
      todo: `\`${ledgerCommand(target, 'parked')}\` lists them`,
    })
  const partly = 'the history is too long to be read here in whole'
  if (cut)
    checks.push({
      check,
      ok: true,
      says: `${parked.length === 0 ? 'none found; ' : ''}${partly}`,
      todo: `\`${ledgerCommand(target, 'parked')}\` lists all`,
    })
  return checks.length === 0 ? [{ check, ok: true, says: 'no post' }] : checks
}

function judgeOneParked({ id, copy, reason, parkedFrom }: PostRecord, target: CommandTarget): Check {
  const name = copy > 1 ? `${id}#${copy}` : id
  const retry = `\`${ledgerCommand(target, `retry ${name}`)}\` tries it again`
  // It may be posted already. Only its owner can see that.
  const doubtful = parkedFrom === 'sending' || parkedFrom === 'created'
  return {
    check: 'parked',
    ok: false,
    says: `post ${name}: ${reason ?? 'for a reason that was not kept'}`,
    todo: doubtful
      ? `look at the account: if it is there, \`${ledgerCommand(target, `posted ${name}`)}\` says so; if not, ${retry}`
      : `${retry}, \`${ledgerCommand(target, `skip ${name}`)}\` leaves it out for good`,
  }
}

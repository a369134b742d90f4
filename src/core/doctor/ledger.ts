/** What the ledger knows of a route: whether it is one, and how the route and its posts stand. */
import { maxAttempts, type PostRecord } from '../record.ts'
import type { Check } from '../report.ts'
import type { RouteRecord } from '../route.ts'
import { count, describeSpan, describeTime } from '../when.ts'
import type { Asked } from './asked.ts'
import { ledgerCommand, type Place, runCommand, settingsFile, stageCommand } from './commands.ts'

export type LedgerFacts = {
  readonly route: RouteRecord | undefined
  /** The oldest unsettled posts. */
  readonly todo: readonly PostRecord[]
  /** How many there are of these. */
  readonly waiting: number
  readonly parked: readonly PostRecord[]
  /** There was no time to read the whole history: there may be more that are parked. */
  readonly cut: boolean
}

/** Table, last success, trouble, waiting and parked posts. */
export function judgeLedger(
  asked: Asked<LedgerFacts>,
  table: string,
  place: Place,
  now: number,
): readonly Check[] {
  if (asked.is !== 'found') {
    const unknown = (check: string): Check => ({
      check,
      ok: false,
      says: 'it is not known: the table was not read',
    })
    return [
      judgeFailedTable(asked, table, place),
      ...['last success', 'trouble', 'waiting', 'parked'].map(unknown),
    ]
  }
  const { route } = asked.found
  const says = route
    ? `${table} holds the ledger of ${route.blog.name}`
    : `${table} answers, and no run of this route has written to it yet`
  return [
    { check: 'table', ok: true, says },
    judgeSuccess(route, place, now),
    judgeTrouble(route, place, now),
    judgeWaiting(asked.found, now),
    ...judgeParked(asked.found, place),
  ]
}

/** By the name of what the SDK throws. */
function judgeFailedTable(
  asked: Exclude<Asked<LedgerFacts>, { is: 'found' }>,
  table: string,
  place: Place,
): Check {
  const check = 'table'
  if (asked.is === 'unasked')
    return { check, ok: false, says: 'it was not asked: LEVITY_TABLE has a mistake' }
  const { reason } = asked
  const named = asked.facts?.reason ?? ''
  const cross = (says: string, todo: string): Check => ({ check, ok: false, says, todo })
  if (/^ResourceNotFound/.test(named))
    return cross(
      `there is no table ${table}`,
      place.stage === undefined
        ? 'see whether LEVITY_TABLE, the account and the region of AWS are right'
        : `see whether the account and the region of AWS are right; \`${stageCommand('deploy', place.stage)}\` makes it`,
    )
  if (/^AccessDenied/.test(named))
    return cross(
      `these credentials may not use the table ${table}`,
      'grant dynamodb:Query, dynamodb:BatchGetItem and dynamodb:PutItem on it',
    )
  if (
    /^(?:Credentials|TokenProvider|UnrecognizedClient|InvalidSignature|ExpiredToken|IncompleteSignature|MissingAuth)/.test(
      named,
    )
  )
    return cross(
      `the table ${table} cannot be asked without AWS credentials that are valid`,
      'log in (`aws sso login` or `aws configure`), or name a profile (--profile)',
    )
  if (/^ValidationException|^SerializationException/.test(named) || asked.facts === undefined)
    return cross(
      `${table} is no ledger of Levity's: ${named || reason}`,
      `name another table in LEVITY_TABLE (${settingsFile(place)}); a ledger has the keys pk and sk and the local index todo, as infra/template.yaml makes it`,
    )
  return cross(reason, 'see whether AWS can be reached from here, then ask again')
}

/** A run writes it daily at least. */
const longestSilenceMs = 26 * 3_600_000

function judgeSuccess(route: RouteRecord | undefined, place: Place, now: number): Check {
  const check = 'last success'
  if (route === undefined)
    return { check, ok: true, says: 'no run yet', todo: `\`${runCommand(place)}\` makes the first` }
  const { succeededAt } = route
  if (succeededAt === undefined)
    return {
      check,
      ok: false,
      says: 'no run has come to a good end yet',
      todo: `\`${runCommand(place)}\` shows why`,
    }
  const says = `found well ${describeSpan(now - succeededAt)} ago (${describeTime(succeededAt)})`
  if (now - succeededAt <= longestSilenceMs) return { check, ok: true, says }
  return {
    check,
    ok: false,
    says,
    todo:
      place.stage === undefined
        ? 'a run writes it once a day: see whether cron still starts `npm run once`'
        : `a run writes it once a day: see whether the schedule runs (\`${stageCommand('logs', place.stage, '--since 1d')}\`)`,
  }
}

function judgeTrouble(route: RouteRecord | undefined, place: Place, now: number): Check {
  const check = 'trouble'
  const trouble = route?.trouble
  if (trouble === undefined) return { check, ok: true, says: 'none' }
  const { reason, since, tries, retryAt } = trouble
  const until = retryAt > now ? `tried again at ${describeTime(retryAt)}` : 'tried again by the next run'
  return {
    check,
    ok: false,
    says: `the route stands still since ${describeTime(since)} (failed tries: ${tries}, ${until}): ${reason}`,
    todo: `\`${runCommand(place)}\` tries it at once`,
  }
}

function judgeWaiting({ todo, waiting }: LedgerFacts, now: number): Check {
  const check = 'waiting'
  const [oldest] = todo
  if (oldest === undefined) return { check, ok: true, says: 'no post' }
  return {
    check,
    ok: true,
    says: `${count(waiting, 'post')}; ${waiting > 1 ? 'the first, ' : ''}${oldest.id}, ${whatItWaitsFor(oldest, now)}`,
  }
}

function whatItWaitsFor({ claim, notBefore, attempts, reason, state }: PostRecord, now: number): string {
  if (claim && claim.until > now) return `is in the hands of a run until ${describeTime(claim.until)}`
  const tries = attempts > 0 ? ` (failed tries: ${attempts} of ${maxAttempts})` : ''
  const due =
    notBefore !== undefined && notBefore > now
      ? `is due at ${describeTime(notBefore)}`
      : 'comes with the next run'
  const why = reason ?? (state === 'sending' ? 'it was sent, and is looked for first' : undefined)
  return `${due}${tries}${why === undefined ? '' : `: ${why}`}`
}

/** Each of so many on a line of its own. */
const mostTold = 10

function judgeParked({ parked, cut }: LedgerFacts, place: Place): readonly Check[] {
  const check = 'parked'
  const told = parked.slice(0, mostTold).map((post) => judgeOneParked(post, place))
  const rest = parked.length - told.length
  if (rest > 0)
    told.push({
      check,
      ok: false,
      says: `${count(rest, 'post')} more`,
      todo: `\`${ledgerCommand(place, 'parked')}\` lists them`,
    })
  const partly = 'the history is too long to be read here in whole'
  if (cut)
    told.push({
      check,
      ok: true,
      says: `${parked.length === 0 ? 'none found; ' : ''}${partly}`,
      todo: `\`${ledgerCommand(place, 'parked')}\` lists all`,
    })
  return told.length === 0 ? [{ check, ok: true, says: 'no post' }] : told
}

function judgeOneParked({ id, copy, reason, parkedFrom }: PostRecord, place: Place): Check {
  const name = copy > 1 ? `${id}#${copy}` : id
  const retry = `\`${ledgerCommand(place, `retry ${name}`)}\` takes it up again`
  // It may stand there already: only its owner can tell.
  const doubtful = parkedFrom === 'sending' || parkedFrom === 'created'
  return {
    check: 'parked',
    ok: false,
    says: `post ${name}: ${reason ?? 'for a reason that was not kept'}`,
    todo: doubtful
      ? `look at the account: if it is there, \`${ledgerCommand(place, `posted ${name}`)}\` says so; if not, ${retry}`
      : `${retry}, \`${ledgerCommand(place, `skip ${name}`)}\` lets it be`,
  }
}

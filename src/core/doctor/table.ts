import type { Check } from '../report/report.ts'
import { type CommandTarget, settingsFile, stageCommand } from './commands.ts'
import type { Finding } from './finding.ts'

/** Says why the table could not be read, by the name of the SDK's error. */
export function judgeFailedTable(
  asked: Exclude<Finding<unknown>, { is: 'found' }>,
  table: string,
  target: CommandTarget,
): Check {
  const check = 'table'
  if (asked.is === 'not asked')
    return { check, ok: false, says: 'it was not asked: LEVITY_TABLE has a mistake' }
  const { reason } = asked
  const named = asked.facts?.reason ?? ''
  const cross = (says: string, todo: string): Check => ({ check, ok: false, says, todo })
  if (asked.facts?.service === 'the ledger file')
    return cross(
      reason,
      'see whether the disk has room, and the file and its folder are yours to write: SQLite keeps two files beside the ledger, even to read it. If the file is damaged, move it away and bring back a backup: `npm run ledger -- import FILE`',
    )
  if (/^ResourceNotFound/.test(named))
    return cross(
      `there is no table ${table}`,
      target.stage === undefined
        ? 'see whether LEVITY_TABLE, the account and the region of AWS are right'
        : `see whether the account and the region of AWS are right; \`${stageCommand('deploy', target.stage)}\` makes it`,
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
      'log in (`aws login`, `aws sso login` or `aws configure`), or name a profile (--profile)',
    )
  if (/^ValidationException|^SerializationException/.test(named) || asked.facts === undefined)
    return cross(
      `${table} is no ledger of Levity's: ${named || reason}`,
      `name another table in LEVITY_TABLE (${settingsFile(target)}); a ledger has the keys pk and sk and the local index todo, as infra/template.yaml makes it`,
    )
  return cross(reason, 'see whether AWS can be reached from here, then ask again')
}

/** What goes wrong outside, as one sentence that a person can act on. */

import { redact } from '../../src/core/config/secrets.ts'
import { ServiceError } from '../../src/core/failure/failure.ts'
import { Refusal } from '../terminal/refusal.ts'

/** There is no ledger, and nobody asked for one to be made. */
export class NoLedger extends Refusal {
  override readonly name = 'NoLedger'
}

export const noLedger = (where: string): NoLedger =>
  new NoLedger(`No run has written a ledger here yet (${where})`)

/** By the name of what the SDK throws. */
const sentences: readonly (readonly [RegExp, (table: string) => Refusal])[] = [
  [/^ResourceNotFoundException$/, (table) => noLedger(`table ${table}`)],
  [
    /^AccessDeniedException$/,
    (table) =>
      new Refusal(
        `Expected the right to use the table ${table} (dynamodb:Query, BatchGetItem and PutItem, and DeleteItem to forget) but these credentials do not have it`,
      ),
  ],
  [
    /^(?:CredentialsProviderError|TokenProviderError)$/,
    () =>
      new Refusal(
        'Expected AWS credentials but received none: log in (`aws login`, `aws sso login` or `aws configure`), or name a profile (--profile)',
      ),
  ],
  [
    /^(?:UnrecognizedClient|InvalidSignature|ExpiredToken|IncompleteSignature|MissingAuthenticationToken)/,
    () =>
      new Refusal(
        'Expected AWS credentials that are valid but AWS does not take these: log in again, or name another profile (--profile)',
      ),
  ],
]

/** A service's failure as a Refusal; anything else as it is. */
export function explain(error: unknown, table: string, secrets: readonly string[]): unknown {
  if (!(error instanceof ServiceError)) return error
  const { cause, facts } = error
  if (facts.service !== 'DynamoDB' || !(cause instanceof Error))
    return new Refusal(redact(error.message, secrets))
  if (/region is missing/i.test(cause.message))
    return new Refusal('Expected a region of AWS but received none: name one, such as --region eu-central-1')
  const [, say] = sentences.find(([pattern]) => pattern.test(cause.name)) ?? []
  return say?.(table) ?? new Refusal(redact(error.message, secrets))
}

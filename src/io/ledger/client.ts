import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { awsBounds, awsFailure } from '../../core/failure/aws.ts'
import { ServiceError } from '../../core/failure/failure.ts'

/** The client for `createLedger`. */
export const createLedgerClient = (): DynamoDBClient => new DynamoDBClient(awsBounds)

/** What the SDK throws, as the one class of the edges. */
export const asServiceError = (error: unknown, doing: string, table: string): unknown =>
  awsFailure(error, 'DynamoDB', `${doing} (table ${table})`)

/** DynamoDB answered and left a part of a batch undone, again and again. */
export const unprocessed = (keys: number, table: string): ServiceError =>
  new ServiceError({
    service: 'DynamoDB',
    doing: `read the ledger (table ${table})`,
    status: 200,
    answer: 'json',
    reason: `${keys} keys of a batch stayed unprocessed`,
  })

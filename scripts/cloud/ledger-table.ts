/** The ledger's table, seen from outside: whether it is there, and how it goes for good. */
import { setTimeout } from 'node:timers/promises'
import { Refusal } from '../refusal.ts'
import type { Aws } from './aws.ts'
import { AwsError } from './aws-failure.ts'

export async function hasTable(aws: Aws, name: string): Promise<boolean> {
  try {
    await aws.tell('dynamodb', 'describe-table', { TableName: name })
    return true
  } catch (error) {
    if (hasCode(error, 'ResourceNotFoundException')) return false
    throw error
  }
}

/** Ms. */
const longest = 5 * 60_000
const pause = 1000

/** With everything in it, protected or not. */
export async function deleteTable(aws: Aws, name: string): Promise<void> {
  for (const end = Date.now() + longest; Date.now() < end; await setTimeout(pause)) {
    if (!(await hasTable(aws, name))) return
    await aws.tell('dynamodb', 'delete-table', { TableName: name }).catch(async (error: unknown) => {
      // It is being made, changed or deleted.
      if (hasCode(error, 'ResourceInUseException')) return
      // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html#WorkingWithTables.Basics.DeletionProtection
      if (!hasCode(error, 'ValidationException')) throw error
      await aws.tell('dynamodb', 'update-table', { TableName: name, DeletionProtectionEnabled: false })
    })
  }
  throw new Refusal(
    `Expected DynamoDB to delete the table ${name} within ${longest / 60_000} minutes but it is there: run the same command again`,
  )
}

const hasCode = (error: unknown, code: string): boolean => error instanceof AwsError && error.code === code

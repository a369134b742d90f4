/** The ledger's table, seen from outside: whether it is there, and how it goes for good. */
import { setTimeout } from 'node:timers/promises'
import * as v from 'valibot'
import { Refusal } from '../refusal.ts'
import type { Aws } from './aws.ts'
import { hasCode } from './aws-failure.ts'

const Answer = v.object({
  Table: v.object({ DeletionProtectionEnabled: v.optional(v.unknown()) }),
})

async function findTable(aws: Aws, name: string): Promise<v.InferOutput<typeof Answer>['Table'] | undefined> {
  try {
    return (await aws.ask(Answer, 'dynamodb', 'describe-table', { TableName: name })).Table
  } catch (error) {
    if (hasCode(error, 'ResourceNotFoundException')) return undefined
    throw error
  }
}

export const hasTable = async (aws: Aws, name: string): Promise<boolean> =>
  (await findTable(aws, name)) !== undefined

/**
 * Gives a table that the stack takes up what it would give one of its own: a table that was brought back from a backup has
 * neither. `fromDeletion`: also protected from being deleted.
 */
export async function protectTable(aws: Aws, name: string, fromDeletion: boolean): Promise<void> {
  await aws.tell('dynamodb', 'update-continuous-backups', {
    TableName: name,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  })
  if (!fromDeletion || (await findTable(aws, name))?.DeletionProtectionEnabled === true) return
  await aws.tell('dynamodb', 'update-table', { TableName: name, DeletionProtectionEnabled: true })
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

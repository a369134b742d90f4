/** The ledger's table as a resource of AWS: whether it exists, how it is protected, and how it is deleted. */
import { setTimeout } from 'node:timers/promises'
import * as v from 'valibot'
import { Refusal } from '../terminal/refusal.ts'
import type { Aws } from './aws.ts'
import { hasCode } from './aws-failure.ts'
import { readTableDefinition } from './infra.ts'

const KeyNames = v.array(v.object({ AttributeName: v.string() }))
const FoundTable = v.object({
  AttributeDefinitions: v.array(v.object({ AttributeName: v.string(), AttributeType: v.string() })),
  KeySchema: KeyNames,
  LocalSecondaryIndexes: v.optional(v.array(v.object({ IndexName: v.string(), KeySchema: KeyNames })), []),
  DeletionProtectionEnabled: v.optional(v.unknown()),
})
const TableAnswer = v.object({ Table: FoundTable })
type Table = v.InferOutput<typeof FoundTable>

async function findTable(aws: Aws, name: string): Promise<Table | undefined> {
  try {
    return (await aws.ask(TableAnswer, 'dynamodb', 'describe-table', { TableName: name })).Table
  } catch (error) {
    if (hasCode(error, 'ResourceNotFoundException')) return undefined
    throw error
  }
}

export const hasTable = async (aws: Aws, name: string): Promise<boolean> =>
  (await findTable(aws, name)) !== undefined

/** Whether a table of that name exists. Throws Refusal if its keys and indexes are not those of a ledger. */
export async function hasLedger(aws: Aws, name: string): Promise<boolean> {
  const table = await findTable(aws, name)
  if (table === undefined) return false
  const [wanted, found] = [formOf(await readTableDefinition()), formOf(table)]
  if (wanted.every((part) => found.includes(part))) return true
  throw new Refusal(
    `Expected no table ${name} or a ledger, which has ${wanted.join(' and ')}, but received one that has ${found.join(' and ')}: take another name for the stage (--stage). Nothing was uploaded`,
  )
}

/** `the keys pk (S), sk (S)`, `the index todo on pk (S), todo (S)`. */
function formOf({
  AttributeDefinitions,
  KeySchema,
  LocalSecondaryIndexes,
}: Pick<Table, 'AttributeDefinitions' | 'KeySchema' | 'LocalSecondaryIndexes'>): readonly string[] {
  const types = new Map(AttributeDefinitions.map((one) => [one.AttributeName, one.AttributeType]))
  const list = (keys: v.InferOutput<typeof KeyNames>): string =>
    keys.map(({ AttributeName }) => `${AttributeName} (${types.get(AttributeName)})`).join(', ')
  return [
    `the keys ${list(KeySchema)}`,
    ...LocalSecondaryIndexes.map((index) => `the index ${index.IndexName} on ${list(index.KeySchema)}`),
  ]
}

/** Turns point-in-time recovery on, as the stack does for a table of its own: a table restored from a backup lacks it. */
export const keepHistory = (aws: Aws, name: string): Promise<void> =>
  aws.tell('dynamodb', 'update-continuous-backups', {
    TableName: name,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  })

export const isProtected = async (aws: Aws, name: string): Promise<boolean> =>
  (await findTable(aws, name))?.DeletionProtectionEnabled === true

export const protectTable = (aws: Aws, name: string, fromDeletion: boolean): Promise<void> =>
  aws.tell('dynamodb', 'update-table', { TableName: name, DeletionProtectionEnabled: fromDeletion })

/** Ms. */
const longest = 5 * 60_000
const pause = 1000

/** Deletes it with everything in it, even if it is protected. */
export async function deleteTable(aws: Aws, name: string): Promise<void> {
  for (const end = Date.now() + longest; Date.now() < end; await setTimeout(pause)) {
    if (!(await hasTable(aws, name))) return
    await aws.tell('dynamodb', 'delete-table', { TableName: name }).catch(async (error: unknown) => {
      // It is being made, changed or deleted.
      if (hasCode(error, 'ResourceInUseException')) return
      // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html#WorkingWithTables.Basics.DeletionProtection
      if (!hasCode(error, 'ValidationException')) throw error
      await protectTable(aws, name, false)
    })
  }
  throw new Refusal(
    `Expected DynamoDB to delete the table ${name} within ${longest / 60_000} minutes but it is there: run the same command again`,
  )
}

/** The items of one route as they stand in the table: whole, for what the ledger itself never does (taking away, bringing back). */
import { randomUUID } from 'node:crypto'
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb'
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import { asServiceError } from '../../src/io/ledger/client.ts'

/** Every attribute, those that this version of Levity does not know too. */
export type Item = Readonly<Record<string, unknown>>

/** Every method throws ServiceError ('DynamoDB') when the table cannot be used. */
export interface Items {
  /** In the order of keys, posts before the route; consistent reads. */
  all(): AsyncGenerator<Item>
  fetch(sk: string): Promise<Item | undefined>
  /** Puts an item where there is none (`over` undefined), or over that version of it; false where it is otherwise (E2). */
  put(item: Item & { readonly sk: string }, over: number | undefined): Promise<boolean>
  /** Takes away that version of an item; false where a run has written another since (E2). */
  remove(sk: string, version: number): Promise<boolean>
}

const pageSize = 100

export function createItems(options: {
  readonly table: string
  readonly route: string
  readonly client: DynamoDBClient
}): Items {
  const { table, route, client } = options

  const query = async (after: string, end: string): Promise<Item[]> => {
    try {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :route AND sk BETWEEN :after AND :end',
          ExpressionAttributeValues: marshall({ ':route': route, ':after': after, ':end': end }),
          Limit: pageSize,
        }),
      )
      return Items.map((item) => unmarshall(item))
    } catch (error) {
      throw asServiceError(error, 'read the ledger', table)
    }
  }

  const unlessRefused = async (write: () => Promise<unknown>): Promise<boolean> => {
    try {
      await write()
      return true
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false
      throw asServiceError(error, 'write the ledger', table)
    }
  }

  return {
    async *all() {
      let after = ' '
      for (;;) {
        const items = await query(after, '~')
        yield* items
        const last = items.at(-1)
        if (last === undefined) return
        after = `${last['sk']}!`
      }
    },
    async fetch(sk) {
      const [item] = await query(sk, sk)
      return item
    },
    put: (item, over) => {
      // The SDK repeats a write whose answer was lost, and must not be refused by itself.
      const token = randomUUID()
      const unchanged = over === undefined ? 'attribute_not_exists(pk)' : 'version = :version'
      return unlessRefused(() =>
        client.send(
          new PutItemCommand({
            TableName: table,
            Item: marshall({ ...item, pk: route, write: token }, { removeUndefinedValues: true }),
            ConditionExpression: `${unchanged} OR #write = :token`,
            ExpressionAttributeNames: { '#write': 'write' },
            ExpressionAttributeValues: marshall({
              ':token': token,
              ...(over !== undefined && { ':version': over }),
            }),
          }),
        ),
      )
    },
    remove: (sk, version) =>
      unlessRefused(() =>
        client.send(
          new DeleteItemCommand({
            TableName: table,
            Key: marshall({ pk: route, sk }),
            ConditionExpression: 'attribute_not_exists(pk) OR version = :version',
            ExpressionAttributeValues: marshall({ ':version': version }),
          }),
        ),
      ),
  }
}

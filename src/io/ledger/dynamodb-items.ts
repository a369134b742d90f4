/** The items of the ledger in DynamoDB as they are stored. Apart from the ledger itself, so that Lambda does not load them. */
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import {
  createLedgerClient,
  isDone,
  itemsBetween,
  openDynamoDb,
  put,
  query,
  type TableRoute,
} from './dynamodb.ts'
import type { LedgerHomeWithItems, LedgerItems } from './ledger.ts'

export function openDynamoDbWithItems(): LedgerHomeWithItems {
  const client = createLedgerClient()
  return {
    ...openDynamoDb(client),
    openItems: (table, route) => createItems({ table, route, client }),
  }
}

export const createItems = (at: TableRoute): LedgerItems => ({
  all: () => itemsBetween(at, ' ', '~'),

  async fetch(sort) {
    const [item] = await query(
      at,
      { KeyConditionExpression: 'pk = :route AND sk = :sort' },
      { ':sort': sort },
    )
    return item
  },

  put: (item, over) => put(at, item, over),

  // An item that is gone already was taken away by this very call, whose answer was lost.
  remove: (sort, version) =>
    isDone(at, () =>
      at.client.send(
        new DeleteItemCommand({
          TableName: at.table,
          Key: marshall({ pk: at.route, sk: sort }),
          ConditionExpression: 'attribute_not_exists(pk) OR version = :version',
          ExpressionAttributeValues: marshall({ ':version': version }),
        }),
      ),
    ),
})

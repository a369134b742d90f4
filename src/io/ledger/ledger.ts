/** The ledger: one DynamoDB table. Interface first; L1 to L3 and E2 live here. */
import { randomUUID } from 'node:crypto'
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb'
import { marshall, type NativeAttributeValue, unmarshall } from '@aws-sdk/util-dynamodb'
import { parse } from 'valibot'
import { type PostRecord, PostRecordSchema } from '../../core/record/record.ts'
import { type RouteRecord, RouteRecordSchema } from '../../core/record/route.ts'
import { asServiceError, unprocessed } from './client.ts'

/** The key of a post's record: its id, and which copy. */
export type PostKey = { readonly id: string; readonly copy: number }

/** One route's part of the table. Every method throws ServiceError ('DynamoDB') when the table cannot be used. */
export interface Ledger {
  /** The route item and its four oldest unsettled posts, in one consistent read. */
  read(): Promise<{ readonly route: RouteRecord | undefined; readonly todo: readonly PostRecord[] }>
  /** How many posts are unsettled; asked only where there is work. */
  countTodo(): Promise<number>
  /** Those of the posts that have a record. */
  fetchPosts(keys: readonly PostKey[]): Promise<readonly PostRecord[]>
  /**
   * Stores a record whose `version` is the one that was read (0: there was none) and returns it with its new version;
   * undefined when another run has written it since (E2).
   */
  writePost(record: PostRecord): Promise<PostRecord | undefined>
  writeRoute(record: RouteRecord): Promise<RouteRecord | undefined>
  /** Every record of a post, in the order of ids. */
  posts(): AsyncGenerator<PostRecord>
}

type Item = Record<string, NativeAttributeValue>

const todoPage = 5
/** How often the rest of a batch is asked for again. */
const maxBatchTries = 8
/** DynamoDB's own limit: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const batchSize = 100

/** Zero-padded, so that string order is the order of ids (L1). */
export const postSort = ({ id, copy }: PostKey): string =>
  `post#${id.padStart(20, '0')}${copy > 1 ? `#${copy}` : ''}`

const isOpen = (record: PostRecord): boolean => record.state !== 'settled' && record.state !== 'parked'
/** The place in the index of what is to be done; undefined for what is settled or parked. */
export const postTodo = (record: PostRecord): string | undefined =>
  isOpen(record) ? `${record.archive ? 2 : 1}#${postSort(record).slice('post#'.length)}` : undefined

/**
 * The ledger of one route. Endpoint, region and credentials come the SDK's usual ways.
 * A call is given 5 s and made at most 4 times; DynamoDB answers in milliseconds.
 */
export function createLedger(options: {
  readonly table: string
  readonly route: string
  readonly client: DynamoDBClient
}): Ledger {
  const { table, route, client } = options

  const attempt = async <T>(doing: string, call: () => Promise<T>): Promise<T> => {
    try {
      return await call()
    } catch (error) {
      throw asServiceError(error, doing, table)
    }
  }

  const query = (input: Partial<QueryCommandInput>, values: Item): Promise<Item[]> =>
    attempt('read the ledger', async () => {
      const { Items } = await client.send(
        new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          ...input,
          ExpressionAttributeValues: marshall({ ':route': route, ...values }),
        }),
      )
      return (Items ?? []).map((item) => unmarshall(item))
    })

  /** E2, as one sentence: nobody has written since I read, or it was I, and only the answer was lost. */
  const write = async <T extends { version: number }>(key: Item, record: T): Promise<T | undefined> => {
    const stored = { ...record, version: record.version + 1 }
    const token = randomUUID()
    const unchanged = record.version === 0 ? 'attribute_not_exists(pk)' : 'version = :version'
    const writtenAlready = '#write = :token'
    try {
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: marshall({ pk: route, ...key, ...stored, write: token }, { removeUndefinedValues: true }),
          ConditionExpression: `${unchanged} OR ${writtenAlready}`,
          ExpressionAttributeNames: { '#write': 'write' },
          ExpressionAttributeValues: marshall({
            ':token': token,
            ...(record.version > 0 && { ':version': record.version }),
          }),
        }),
      )
      return stored
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined
      throw asServiceError(error, 'write the ledger', table)
    }
  }

  return {
    async read() {
      const items = await query(
        { IndexName: 'todo', KeyConditionExpression: 'pk = :route', Limit: todoPage },
        {},
      )
      const routeItem = items.find((item) => item['sk'] === 'route')
      return {
        route: routeItem && parse(RouteRecordSchema, routeItem),
        todo: items.filter((item) => item !== routeItem).map((item) => parse(PostRecordSchema, item)),
      }
    },

    async countTodo() {
      let count = 0
      let from: QueryCommandInput['ExclusiveStartKey']
      do {
        const answer = await attempt('read the ledger', () =>
          client.send(
            new QueryCommand({
              TableName: table,
              IndexName: 'todo',
              Select: 'COUNT',
              KeyConditionExpression: 'pk = :route AND todo >= :posts',
              ExpressionAttributeValues: marshall({ ':route': route, ':posts': '1' }),
              ExclusiveStartKey: from,
            }),
          ),
        )
        count += answer.Count ?? 0
        from = answer.LastEvaluatedKey
      } while (from)
      return count
    },

    async fetchPosts(keys) {
      const found: PostRecord[] = []
      // DynamoDB refuses a batch that names an item twice.
      const sorts = [...new Set(keys.map(postSort))]
      for (let at = 0; at < sorts.length; at += batchSize) {
        let wanted = sorts.slice(at, at + batchSize).map((sk) => marshall({ pk: route, sk }))
        for (let tries = 1; wanted.length > 0; tries++) {
          if (tries > maxBatchTries) throw unprocessed(wanted.length, table)
          const answer = await attempt('read the ledger', () =>
            client.send(
              new BatchGetItemCommand({ RequestItems: { [table]: { Keys: wanted, ConsistentRead: true } } }),
            ),
          )
          found.push(
            ...(answer.Responses?.[table] ?? []).map((item) => parse(PostRecordSchema, unmarshall(item))),
          )
          wanted = answer.UnprocessedKeys?.[table]?.Keys ?? []
        }
      }
      return found
    },

    writePost: (record) => write({ sk: postSort(record), todo: postTodo(record) }, record),

    writeRoute: (record) => write({ sk: 'route', todo: '0' }, record),

    async *posts() {
      let after = 'post#'
      for (;;) {
        const items = await query(
          {
            KeyConditionExpression: 'pk = :route AND sk BETWEEN :after AND :end',
            Limit: batchSize,
          },
          { ':after': after, ':end': 'post$' },
        )
        for (const item of items) yield parse(PostRecordSchema, item)
        const last = items.at(-1)
        if (last === undefined) return
        // '!' sorts right after the key itself and before every longer one.
        after = `${last['sk']}!`
      }
    },
  }
}

/** The ledger in DynamoDB, one table: L1 to L3 and E2 live here. */
import { randomUUID } from 'node:crypto'
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb'
import { marshall, type NativeAttributeValue, unmarshall } from '@aws-sdk/util-dynamodb'
import * as v from 'valibot'
import { type Listener, readServerTime } from '../../core/clock/server-time.ts'
import { awsBounds, awsFailure } from '../../core/failure/aws.ts'
import { ServiceError } from '../../core/failure/failure.ts'
import type { PostRecord } from '../../core/record/record.ts'
import {
  batchSize,
  type Item,
  type Ledger,
  type LedgerHome,
  parsePage,
  parsePost,
  postSort,
  postSorts,
  postTodo,
  routeSort,
  routeTodo,
  todoPage,
} from './ledger.ts'

/** One route's part of a table. Endpoint, region and credentials come the SDK's usual ways. */
export type TableRoute = {
  readonly table: string
  readonly route: string
  readonly client: DynamoDBClient
  readonly listener?: Listener | undefined
}

/** A call is given 5 s and made at most 4 times; DynamoDB answers in milliseconds. */
export const createLedgerClient = (): DynamoDBClient => new DynamoDBClient(awsBounds)

export function openDynamoDb(client: DynamoDBClient = createLedgerClient()): LedgerHome {
  return {
    service: 'DynamoDB',
    open: (table, route, listener) => createLedger({ table, route, client, listener }),
    close: () => client.destroy(),
  }
}

/** How often the rest of a batch is asked for again. */
const maxBatchTries = 8

/** Does it, with what the SDK throws as the one class of the edges. */
async function attempt<T>(
  { table }: Pick<TableRoute, 'table'>,
  doing: 'read the ledger' | 'write the ledger',
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw awsFailure(error, 'DynamoDB', `${doing} (table ${table})`)
  }
}

/** One page of items, read consistently. */
export async function query(
  at: TableRoute,
  input: Partial<QueryCommandInput>,
  values: Record<string, NativeAttributeValue> = {},
): Promise<Item[]> {
  const command = new QueryCommand({
    TableName: at.table,
    ConsistentRead: true,
    ...input,
    ExpressionAttributeValues: marshall({ ':route': at.route, ...values }),
  })
  if (at.listener) listen(command, at.listener)
  const { Items } = await attempt(at, 'read the ledger', () => at.client.send(command))
  return (Items ?? []).map((item) => unmarshall(item))
}

const Dated = v.object({ headers: v.object({ date: v.string() }) })

/** The SDK gives no headers back, but its middleware sees them: each answer by itself, also where a call was repeated. */
function listen({ middlewareStack }: QueryCommand, { now, onTime }: Listener): void {
  middlewareStack.add(
    (next) => async (args) => {
      const asked = now()
      const result = await next(args)
      const answer = v.safeParse(Dated, result.response)
      const time = answer.success ? readServerTime(answer.output.headers.date, asked, now()) : undefined
      if (time) onTime(time)
      return result
    },
    { step: 'deserialize' },
  )
}

/** Whether a conditional write was done: false where its condition was not met. */
export const isDone = (at: TableRoute, write: () => Promise<unknown>): Promise<boolean> =>
  attempt(at, 'write the ledger', () =>
    write().then(
      () => true,
      (error: unknown) => {
        if (error instanceof ConditionalCheckFailedException) return false
        throw error
      },
    ),
  )

/** E2, as one sentence: nobody has written since I read, or it was I, and only the answer was lost. */
export async function put(at: TableRoute, item: Item, over: number | undefined): Promise<boolean> {
  const token = randomUUID()
  // What cannot be stored is no failure of DynamoDB's, which was not asked.
  const marshalled = marshall({ ...item, pk: at.route, write: token }, { removeUndefinedValues: true })
  const unchanged = over === undefined ? 'attribute_not_exists(pk)' : 'version = :version'
  const writtenAlready = '#write = :token'
  return isDone(at, () =>
    at.client.send(
      new PutItemCommand({
        TableName: at.table,
        Item: marshalled,
        ConditionExpression: `${unchanged} OR ${writtenAlready}`,
        ExpressionAttributeNames: { '#write': 'write' },
        ExpressionAttributeValues: marshall({
          ':token': token,
          ...(over !== undefined && { ':version': over }),
        }),
      }),
    ),
  )
}

/** The ledger of one route. */
export function createLedger(at: TableRoute): Ledger {
  const { table, route, client } = at

  const write = async <T extends { version: number }>(
    key: { readonly sk: string; readonly todo: string | undefined },
    record: T,
  ): Promise<T | undefined> => {
    const { version } = record
    const stored = { ...record, version: version + 1 }
    return (await put(at, { ...stored, ...key }, version === 0 ? undefined : version)) ? stored : undefined
  }

  return {
    read: async () =>
      parsePage(
        await query(at, { IndexName: 'todo', KeyConditionExpression: 'pk = :route', Limit: todoPage }),
      ),

    async countTodo() {
      let count = 0
      let from: QueryCommandInput['ExclusiveStartKey']
      do {
        const answer = await attempt(at, 'read the ledger', () =>
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
      for (let start = 0; start < sorts.length; start += batchSize) {
        let wanted = sorts.slice(start, start + batchSize).map((sk) => marshall({ pk: route, sk }))
        for (let tries = 1; wanted.length > 0; tries++) {
          if (tries > maxBatchTries) throw unprocessed(wanted.length, table)
          const answer = await attempt(at, 'read the ledger', () =>
            client.send(
              new BatchGetItemCommand({ RequestItems: { [table]: { Keys: wanted, ConsistentRead: true } } }),
            ),
          )
          found.push(...(answer.Responses?.[table] ?? []).map((item) => parsePost(unmarshall(item))))
          wanted = answer.UnprocessedKeys?.[table]?.Keys ?? []
        }
      }
      return found
    },

    writePost: (record) => write({ sk: postSort(record), todo: postTodo(record) }, record),

    writeRoute: (record) => write({ sk: routeSort, todo: routeTodo }, record),

    async *posts() {
      for await (const item of itemsBetween(at, postSorts.first, postSorts.end)) yield parsePost(item)
    },
  }
}

/** Every item whose sort key lies between the two, in the order of keys. */
export async function* itemsBetween(at: TableRoute, first: string, end: string): AsyncGenerator<Item> {
  let after = first
  for (;;) {
    const input = {
      KeyConditionExpression: 'pk = :route AND sk BETWEEN :after AND :end',
      Limit: batchSize,
    }
    const items = await query(at, input, { ':after': after, ':end': end })
    yield* items
    const last = items.at(-1)
    if (last === undefined) return
    // '!' sorts right after the key itself and before every longer one.
    after = `${last['sk']}!`
  }
}

/** DynamoDB answered and left a part of a batch undone, again and again. */
const unprocessed = (keys: number, table: string): ServiceError =>
  new ServiceError({
    service: 'DynamoDB',
    doing: `read the ledger (table ${table})`,
    status: 200,
    answer: 'json',
    reason: `${keys} keys of a batch stayed unprocessed`,
  })

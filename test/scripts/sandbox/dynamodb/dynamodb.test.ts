import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  ConditionalCheckFailedException,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb'
import { expect, onTestFinished, test } from 'vitest'
import { readTableDefinition } from '../../../../scripts/cloud/infra.ts'
import {
  type LedgerSandbox,
  sandboxAws,
  startLedger,
  startTable,
} from '../../../../scripts/sandbox/dynamodb/dynamodb.ts'
import { Switchboard } from '../../../../scripts/sandbox/switchboard.ts'

const clientOf = ({ url }: LedgerSandbox): DynamoDBClient => {
  const client = new DynamoDBClient({
    endpoint: url,
    region: sandboxAws.AWS_REGION,
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
  })
  onTestFinished(() => client.destroy())
  return client
}
const start = async (): Promise<{
  ledger: LedgerSandbox
  client: DynamoDBClient
  switchboard: Switchboard
}> => {
  const switchboard = new Switchboard()
  const ledger = await startLedger(switchboard)
  onTestFinished(() => ledger.close())
  return { ledger, client: clientOf(ledger), switchboard }
}
const put = (client: DynamoDBClient, sk: string, todo?: string): Promise<unknown> =>
  client.send(
    new PutItemCommand({
      TableName: 'levity',
      Item: { pk: { S: 'art' }, sk: { S: sk }, ...(todo !== undefined && { todo: { S: todo } }) },
      ConditionExpression: 'attribute_not_exists(pk)',
    }),
  )

test('the table is the one of the template', async () => {
  const { client } = await start()
  const { Table } = await client.send(new DescribeTableCommand({ TableName: 'levity' }))
  const { BillingMode, LocalSecondaryIndexes, ...rest } = await readTableDefinition()
  expect(Table).toMatchObject({
    TableStatus: 'ACTIVE',
    KeySchema: rest.KeySchema,
    BillingModeSummary: { BillingMode },
    LocalSecondaryIndexes,
  })
  expect(Table?.AttributeDefinitions).toEqual(expect.arrayContaining(rest.AttributeDefinitions))
})

test('a conditional put works once', async () => {
  const { client } = await start()
  await put(client, 'route')
  await expect(put(client, 'route')).rejects.toBeInstanceOf(ConditionalCheckFailedException)
})

test('the local index is read consistently, in its own order, without what has no todo', async () => {
  const { client } = await start()
  await put(client, 'post#3', '1#3')
  await put(client, 'post#2')
  await put(client, 'post#1', '1#1')
  await put(client, 'route', '0')
  const { Items } = await client.send(
    new QueryCommand({
      TableName: 'levity',
      IndexName: 'todo',
      ConsistentRead: true,
      Limit: 2,
      KeyConditionExpression: 'pk = :route',
      ExpressionAttributeValues: { ':route': { S: 'art' } },
    }),
  )
  expect(Items?.map(({ sk }) => sk?.S)).toEqual(['route', 'post#1'])
})

test('each call is recorded by its operation, and the SDK repeats one whose answer was lost', async () => {
  const { client, switchboard } = await start()
  switchboard.play({ service: 'dynamodb', when: 'after', play: 'drop' })
  // Written by the first try: the second one finds it.
  await expect(put(client, 'route')).rejects.toBeInstanceOf(ConditionalCheckFailedException)
  expect(switchboard.calls).toMatchObject([{ name: 'PutItem' }, { name: 'PutItem', status: 400 }])
})

test('in a folder it outlives its process, and serves one at a time', async () => {
  const path = await mkdtemp(join(tmpdir(), 'levity-ledger-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  const first = await startTable({ path })
  await put(clientOf(first), 'route', '0')
  await expect(startTable({ path })).rejects.toThrow(`received ${path}, which another process is using`)
  await first.close()
  const second = await startTable({ path })
  onTestFinished(() => second.close())
  const { Item } = await clientOf(second).send(
    new GetItemCommand({ TableName: 'levity', Key: { pk: { S: 'art' }, sk: { S: 'route' } } }),
  )
  expect(Item?.['todo']).toEqual({ S: '0' })
})

test('a folder that cannot be opened is said', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'levity-ledger-')), 'file')
  await writeFile(path, '')
  onTestFinished(() => rm(dirname(path), { recursive: true, force: true }))
  await expect(startTable({ path })).rejects.toThrow(`received ${path}, which cannot be opened: `)
})

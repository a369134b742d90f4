import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec'
import { expect, test } from 'vitest'
import { parseTemplate, readTemplate } from '../../scripts/cloud/infra.ts'
import { findLooseRights, statementsOf } from '../support/cfn-policies.ts'
import { type Resolved, resolveTemplate } from '../support/cfn-resolve.ts'
import { asTemplate, type Fields, isFields } from '../support/cfn-template.ts'
import { actionsOfTheFunction } from '../support/sdk-actions.ts'

const db = loadAwsServiceSpecSync()
const template = asTemplate(await readTemplate())

const needed = { PackageBucket: 'levity-packages-123456789012-eu-central-1', PackageKey: 'prod/a.zip' }
const secret = 'arn:aws:ssm:eu-central-1:123456789012:parameter/levity/prod/token'
const filled = (parameters: Fields = {}): Resolved =>
  resolveTemplate(template, db, { stack: 'levity-prod', parameters: { ...needed, ...parameters } })
const everything = filled({
  AlarmEmail: 'me@example.org',
  ReservedConcurrency: '2',
  ParameterArns: `${secret},${secret}-2`,
  PermissionsBoundary: 'arn:aws:iam::123456789012:policy/boundary',
})
const plain = filled()
const arnOf = (service: string, name: string): string =>
  `arn:aws:${service}:eu-central-1:123456789012:${name}`

test('a short tag that is not known is refused, for its value would pass for plain text', () => {
  expect(() => parseTemplate('Role: !GetAt Role.Arn')).toThrow()
})

test('the console shows every parameter once, with a label and what it is for', () => {
  const shown = JSON.parse(JSON.stringify(template.Metadata?.['AWS::CloudFormation::Interface']))
  const names = Object.keys(template.Parameters).sort()
  expect(
    shown.ParameterGroups.flatMap(({ Parameters }: { Parameters: string[] }) => Parameters).sort(),
  ).toEqual(names)
  expect(Object.keys(shown.ParameterLabels).sort()).toEqual(names)
})

test.each(Object.entries(template.Parameters))(
  'the parameter %s is described, and takes its own default',
  (name, {
    Description,
    Default,
    AllowedPattern,
    AllowedValues,
    MinValue,
    MaxValue,
    ConstraintDescription,
  }) => {
    expect(Description).toMatch(/\.$/)
    if (AllowedPattern !== undefined) expect(AllowedPattern).toMatch(/^\^.*\$$/)
    if (AllowedPattern ?? MinValue) expect(ConstraintDescription).toMatch(/^must be .*\.$/)
    if (Default === undefined) return expect(Object.keys(needed)).toContain(name)
    if (AllowedPattern !== undefined) expect(String(Default)).toMatch(new RegExp(AllowedPattern))
    if (AllowedValues !== undefined) expect(AllowedValues).toContain(Default)
    if (MinValue !== undefined) expect(Default).toBeGreaterThanOrEqual(MinValue)
    if (MaxValue !== undefined) expect(Default).toBeLessThanOrEqual(MaxValue)
  },
)

test.each([
  [
    'Schedule',
    ['rate(1 minute)', 'rate(10 minutes)', 'cron(0/10 * * * ? *)'],
    ['rate(1 minutes)', 'rate(0 hours)', '10'],
  ],
  ['AlarmEmail', ['', 'a.b+c@example.org'], ['me', 'a b@example.org']],
  ['ReservedConcurrency', ['', '1', '20'], ['0', '-1', 'x']],
  ['ExistingTable', ['', 'levity-prod'], ['ab', 'a/b']],
  ['ParameterArns', ['', secret, `${secret},${secret}`], [`${secret}*`, `${secret},`, '/levity/prod/token']],
  [
    'PermissionsBoundary',
    ['', 'arn:aws:iam::123456789012:policy/x'],
    ['x', 'arn:aws:iam::123456789012:role/x'],
  ],
  ['PackageKey', ['prod/0f.zip'], ['prod/', '']],
])('the pattern of %s tells right from wrong', (name, right, wrong) => {
  const pattern = new RegExp(template.Parameters[name]?.AllowedPattern ?? '')
  expect([right, wrong].map((values) => values.map((value) => pattern.test(value)))).toEqual([
    right.map(() => true),
    wrong.map(() => false),
  ])
})

test('the function runs the package as it was built, with the variables it needs and no other', () => {
  expect(plain.resources['Function']).toEqual({
    FunctionName: 'levity-prod',
    Description: expect.any(String),
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    Handler: 'repost.handler',
    Code: { S3Bucket: needed.PackageBucket, S3Key: needed.PackageKey },
    MemorySize: 1024,
    Timeout: 300,
    Role: 'arn:aws:iam::123456789012:role/levity-prod-Role-1A2B3C4D5E6F',
    LoggingConfig: { LogFormat: 'JSON', LogGroup: '/aws/lambda/levity-prod' },
    Environment: {
      Variables: {
        LEVITY_TABLE: 'levity-prod',
        POWERTOOLS_SERVICE_NAME: 'levity-prod',
        POWERTOOLS_METRICS_NAMESPACE: 'Levity',
        MALLOC_ARENA_MAX: '2',
        MALLOC_MMAP_THRESHOLD_: '131072',
      },
    },
  })
  expect(everything.resources['Function']).toMatchObject({ ReservedConcurrentExecutions: '2' })
  expect(filled({ Architecture: 'x86_64' }).resources['Function']).toMatchObject({
    Architectures: ['x86_64'],
  })
})

test('the ledger outlives the stack, and is the one of the stack before where that is said', () => {
  expect(template.Resources['Table']).toMatchObject({
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
  })
  expect(plain.resources['Table']).toMatchObject({
    TableName: 'levity-prod',
    DeletionProtectionEnabled: 'true',
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  })
  expect(plain.outputs['TableName']).toBe('levity-prod')
  const kept = filled({ ExistingTable: 'kept' })
  expect(kept.resources['Table']).toBeUndefined()
  expect(kept.resources['Function']).toMatchObject({ Environment: { Variables: { LEVITY_TABLE: 'kept' } } })
  expect(kept.outputs['TableName']).toBe('kept')
  const [ledger, index] = statementsOf(kept, 'Role')
  expect([ledger?.Resource, index?.Resource]).toEqual([
    [arnOf('dynamodb', 'table/kept')],
    [arnOf('dynamodb', 'table/kept/index/todo')],
  ])
})

test('the role reaches what is its own, by name, and nothing else', () => {
  const statements = statementsOf(everything, 'Role')
  // The streams of a log group have names that Lambda makes up.
  expect(findLooseRights(statements, /^(log-group:[^*?]+:\*|[^*?]+)$/)).toEqual([])
  expect(Object.fromEntries(statements.map(({ Sid, Resource }) => [Sid, Resource]))).toEqual({
    ReadAndWriteTheLedger: [arnOf('dynamodb', 'table/levity-prod')],
    ReadWhatIsToDo: [arnOf('dynamodb', 'table/levity-prod/index/todo')],
    WriteLogs: [arnOf('logs', 'log-group:/aws/lambda/levity-prod:*')],
    InvokeItself: [arnOf('lambda', 'function:levity-prod')],
    KeepFailedEvents: [arnOf('sqs', 'levity-prod-FailureQueue-1A2B3C4D5E6F')],
    ReadItsParameters: [secret, `${secret}-2`],
  })
  expect(everything.resources['Role']).toMatchObject({
    PermissionsBoundary: 'arn:aws:iam::123456789012:policy/boundary',
  })
})

test('without parameters to read and without a boundary the role has neither', () => {
  expect(statementsOf(plain, 'Role').map(({ Sid }) => Sid)).not.toContain('ReadItsParameters')
  expect(plain.resources['Role']).not.toHaveProperty('PermissionsBoundary')
})

test('the role may do exactly what the function asks of AWS, and what Lambda does in its name', async () => {
  const byLambda = ['logs:CreateLogStream', 'logs:PutLogEvents', 'sqs:SendMessage']
  const allowed = new Set(statementsOf(everything, 'Role').flatMap(({ Action }) => Action))
  expect([...allowed].sort()).toEqual([...(await actionsOfTheFunction()), ...byLambda].sort())
})

test('only its own rule may wake it, and it can be paused', () => {
  const rule = arnOf('events', 'rule/levity-prod-Rule-1A2B3C4D5E6F')
  expect(plain.resources['Permission']).toMatchObject({ Principal: 'events.amazonaws.com', SourceArn: rule })
  expect(plain.resources['Rule']).toMatchObject({
    ScheduleExpression: 'rate(10 minutes)',
    State: 'ENABLED',
    Targets: [{ Arn: arnOf('lambda', 'function:levity-prod') }],
  })
  const paused = filled({ ScheduleState: 'DISABLED' }).resources
  expect(paused['Rule']).toMatchObject({ State: 'DISABLED' })
  expect([plain.resources['SilenceAlarm'], paused['SilenceAlarm']]).toMatchObject([
    { ActionsEnabled: true },
    { ActionsEnabled: false },
  ])
})

test('a failed event is tried again in time, and then kept', () => {
  expect(plain.resources['EventInvoke']).toMatchObject({
    FunctionName: 'levity-prod',
    Qualifier: '$LATEST',
    MaximumRetryAttempts: 2,
    DestinationConfig: { OnFailure: { Destination: arnOf('sqs', 'levity-prod-FailureQueue-1A2B3C4D5E6F') } },
  })
  // Lambda waits one minute before the second try and two before the third.
  const thirdTryAt = 2 * Number(template.Parameters['TimeoutSeconds']?.Default) + 60 + 120
  const { MaximumEventAgeInSeconds: age } = plain.resources['EventInvoke'] ?? {}
  expect(Number(age)).toBeGreaterThan(thirdTryAt)
  expect(Number(age)).toBeLessThan(2 * 600)
  const { MessageRetentionPeriod: kept, SqsManagedSseEnabled } = plain.resources['FailureQueue'] ?? {}
  expect([kept, SqsManagedSseEnabled]).toEqual([14 * 24 * 3600, true])
})

test('mail goes where it is wanted, and nowhere without an address', () => {
  const topic = arnOf('sns', 'levity-prod-AlarmTopic-1A2B3C4D5E6F')
  expect(plain.resources).not.toHaveProperty('AlarmMail')
  expect(everything.resources['AlarmMail']).toEqual({
    TopicArn: topic,
    Protocol: 'email',
    Endpoint: 'me@example.org',
  })
  expect(plain.outputs['TopicArn']).toBe(topic)
})

test('nothing is put into a VPC, and logs do not lie for ever', () => {
  expect(isFields(plain.resources['Function']) && 'VpcConfig' in plain.resources['Function']).toBe(false)
  expect(plain.resources['LogGroup']).toEqual({
    LogGroupName: '/aws/lambda/levity-prod',
    RetentionInDays: 30,
  })
})

test('the outputs say where everything is', () => {
  expect(plain.outputs).toEqual({
    FunctionName: 'levity-prod',
    TableName: 'levity-prod',
    TopicArn: expect.stringMatching(/^arn:/),
    LogGroupName: '/aws/lambda/levity-prod',
    FailureQueueUrl: expect.stringMatching(/^https:/),
    DashboardName: 'levity-prod',
    Serves: '[]',
    Version: 'prod/a.zip',
  })
})

/** Each checker of templates must see the fault it is for: planted here, one at a time, in the real template. */
import { readFile } from 'node:fs/promises'
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec'
import { expect, test } from 'vitest'
import { parseTemplate } from '../../scripts/cloud/infra.ts'
import { findLooseRights, isWithin, type Statement, statementsOf } from '../support/cfn-policies.ts'
import { findReferenceFaults } from '../support/cfn-references.ts'
import { resolveTemplate } from '../support/cfn-resolve.ts'
import { asTemplate, type Template } from '../support/cfn-template.ts'
import { findTypeFaults } from '../support/cfn-types.ts'
import { actionsIn } from '../support/sdk-actions.ts'

const db = loadAwsServiceSpecSync()
const text = await readFile(new URL('../../infra/template.yaml', import.meta.url), 'utf8')

/** `${name}`, as Fn::Sub fills it. */
const hole = (name: string): string => `\${${name}}`

const planted = (search: string, replacement: string): Template => {
  expect(text).toContain(search)
  return asTemplate(parseTemplate(text.replace(search, () => replacement)))
}

test.each([
  [
    'an unknown property',
    'MemorySize: !Ref',
    'MemorySizeX: !Ref',
    'Function: AWS::Lambda::Function has no MemorySizeX',
  ],
  ['one deep inside', 'S3Key: !Ref', 'S3Kee: !Ref', 'Function.Code: Code has no S3Kee'],
  ['a missing property', '      Protocol: email\n', '', 'AlarmMail: AWS::SNS::Subscription needs Protocol'],
  [
    'one missing deep inside',
    '        - Id: function\n          Arn',
    '        - Arn',
    'Rule.Targets.0: Target needs Id',
  ],
  [
    'an unknown type',
    'AWS::SQS::Queue',
    'AWS::SQS::Queues',
    'FailureQueue: there is no type AWS::SQS::Queues',
  ],
  [
    'a text for a list',
    '[!Ref Architecture]',
    '!Ref Architecture',
    'Function.Architectures: expected array but',
  ],
  [
    'a text for a number',
    'MaximumRetryAttempts: 2',
    'MaximumRetryAttempts: two',
    'EventInvoke.MaximumRetryAttempts: expected',
  ],
  [
    'a fraction',
    'MaximumRetryAttempts: 2',
    'MaximumRetryAttempts: 1.5',
    'MaximumRetryAttempts: expected integer',
  ],
  [
    'a text for a boolean',
    'SqsManagedSseEnabled: true',
    'SqsManagedSseEnabled: on',
    'expected boolean but received "on"',
  ],
  [
    'a list for a text',
    'Handler: repost.handler',
    'Handler: [a]',
    'Function.Handler: expected string but received ["a"]',
  ],
  [
    'a parameter of another kind',
    'Default: 1024',
    'Default: much',
    'Function.MemorySize: expected integer but received "much"',
  ],
  [
    'a value that one branch has wrong',
    '[Scheduled, true, false]',
    '[Scheduled, 7, false]',
    'expected boolean but received 7',
  ],
  [
    'a list split for a text',
    'Protocol: email',
    "Protocol: !Split [',', email]",
    'AlarmMail.Protocol: expected string but',
  ],
])('types: %s is seen', (_, search, replacement, fault) => {
  expect(findTypeFaults(planted(search, replacement), db).join('\n')).toContain(fault)
})

const lost = 'which is not there'
test.each([
  ['a lost Ref', '!Ref PackageKey', '!Ref PackageKee', `Function.Code.S3Key refers to PackageKee, ${lost}`],
  ['a lost GetAtt', '!GetAtt Role.Arn', '!GetAtt Roll.Arn', `Function.Role refers to Roll, ${lost}`],
  [
    'an unknown attribute',
    '!GetAtt Role.Arn',
    '!GetAtt Role.Urn',
    'Role.Urn, but AWS::IAM::Role has no such attribute',
  ],
  [
    'a lost name in a text',
    `/aws/lambda/${hole('AWS::StackName')}`,
    `/aws/lambda/${hole('Stack')}`,
    `LogGroup.LogGroupName refers to Stack, ${lost}`,
  ],
  [
    'a lost attribute in a text',
    `${hole('FailureQueue.QueueName')}`,
    `${hole('FailureQueue.Name')}`,
    'FailureQueue.Name, but AWS::SQS::Queue',
  ],
  [
    'a lost condition',
    '[HasBoundary,',
    '[HasBondary,',
    'Role.PermissionsBoundary asks for the condition HasBondary, which is not there',
  ],
  [
    'a lost condition of a resource',
    'Condition: SendsMail',
    'Condition: SendMail',
    'AlarmMail asks for the condition SendMail',
  ],
  [
    'a lost condition in a condition',
    "!Not [!Equals [!Ref AlarmEmail, '']]",
    '!And [!Condition Odd, !Condition Odd]',
    'Conditions.SendsMail asks for the condition Odd',
  ],
  [
    'a use where it may not be',
    '!If [MakesTable, !Ref Table, !Ref ExistingTable]',
    '!Ref Table',
    'only there under MakesTable',
  ],
  [
    'the wrong branch',
    '[MakesTable, !Ref Table, !Ref ExistingTable]',
    '[MakesTable, x, !Ref Table]',
    'only there under MakesTable',
  ],
  ['a parameter without use', '[!Ref Architecture]', '[arm64]', 'Architecture is used by nothing'],
  ['a condition without use', '    Condition: SendsMail\n', '', 'SendsMail is used by nothing'],
  [
    'a circle',
    `function:${hole('AWS::StackName')}`,
    `function:${hole('Function')}`,
    'Function needs Role needs Function: a circle',
  ],
  [
    'a lost DependsOn',
    '  LogGroup:\n',
    '  LogGroup:\n    DependsOn: Lost\n',
    `LogGroup refers to Lost, ${lost}`,
  ],
])('references: %s is seen', (_, search, replacement, fault) => {
  expect(findReferenceFaults(planted(search, replacement), db).join('\n')).toContain(fault)
})

test.each([
  ['a misspelt attribute', '    Condition: MakesTable\n', '    Conditon: MakesTable\n'],
  ['a misspelt section', '\nOutputs:', '\nOutput:'],
  ['a policy of deletion that there is not', 'DeletionPolicy: Retain', 'DeletionPolicy: Keep'],
  ['an unknown short tag', '!GetAtt Role.Arn', '!GetAt Role.Arn'],
])('form: %s is refused', (_, search, replacement) => {
  expect(() => planted(search, replacement)).toThrow()
})

const rights = (search: string, replacement: string): readonly Statement[] => {
  const parameters = { PackageBucket: 'bucket', PackageKey: 'a.zip' }
  return statementsOf(
    resolveTemplate(planted(search, replacement), db, { stack: 'levity-dev', parameters }),
    'Role',
  )
}
const plainly = /^[^*?]+$/

test.each([
  [
    'every resource',
    '!GetAtt FailureQueue.Arn\n              # Those',
    "'*'\n              # Those",
    'KeepFailedEvents reaches *',
  ],
  [
    'a wildcard in a name',
    `function:${hole('AWS::StackName')}`,
    'function:levity-*',
    'InvokeItself reaches arn:aws:lambda',
  ],
  [
    'a wildcard for the account',
    `${hole('AWS::AccountId')}:function`,
    '*:function',
    'InvokeItself reaches arn:aws:lambda:eu-central-1:*',
  ],
  [
    'half an ARN',
    `!Sub ${hole('Table.Arn')}/index/todo`,
    'arn:aws:dynamodb',
    'ReadWhatIsToDo reaches arn:aws:dynamodb',
  ],
  ['a wildcard action', 'Action: sqs:SendMessage', 'Action: sqs:*', 'KeepFailedEvents allows sqs:*'],
])('rights: %s is seen', (_, search, replacement, fault) => {
  expect(findLooseRights(rights(search, replacement), plainly).join('\n')).toContain(fault)
})

test('rights: an exception that is none is seen, and so are forms that hide what is meant', () => {
  const loose = findLooseRights(rights('Sid: InvokeItself', 'Sid: InvokeItself'), plainly, ['InvokeItself'])
  expect(loose).toContain('InvokeItself is no exception: it names what it is for')
  expect(() => rights('Action: sqs:SendMessage', 'NotAction: sqs:SendMessage')).toThrow()
  expect(() => rights('                Action: sqs:SendMessage\n', '')).toThrow()
})

test('rights: what a boundary does not hold is seen', () => {
  const right = (Action: string[], Resource: string): Statement => ({
    Sid: 'Any',
    Effect: 'Allow',
    Action,
    Resource: [Resource],
    Condition: {},
  })
  const boundary = [right(['s:Read', 's:Write'], 'arn:x/levity-*')]
  expect(isWithin(boundary, right(['s:Read'], 'arn:x/levity-prod'))).toBe(true)
  expect(isWithin(boundary, right(['s:Read', 's:Delete'], 'arn:x/levity-prod'))).toBe(false)
  expect(isWithin(boundary, right(['s:Read'], 'arn:x/other'))).toBe(false)
  expect(isWithin(boundary, right(['s:Read'], 'arn/x/levity-'))).toBe(false)
})

test('commands are found in static and dynamic imports, and types are none', () => {
  const source = `import {\n  DynamoDBClient,\n  type QueryCommandInput,\n  QueryCommand,\n} from '@aws-sdk/client-dynamodb'
import type { PutItemCommand } from '@aws-sdk/client-dynamodb'
const { SSMClient, GetParametersCommand } = await import('@aws-sdk/client-ssm')
const { InvokeCommand } = await import('@aws-sdk/client-lambda')`
  expect(actionsIn(source)).toEqual(['dynamodb:Query', 'ssm:GetParameters', 'lambda:InvokeFunction'])
})

/** The checker of policies must see the fault it is for: planted here, one at a time, in the real template. */
import { readFile } from 'node:fs/promises'
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec'
import { expect, test } from 'vitest'
import { parseTemplate } from '../../scripts/cloud/infra.ts'
import { findLooseRights, isWithin, type Statement, statementsOf } from '../support/cfn-policies.ts'
import { resolveTemplate } from '../support/cfn-resolve.ts'
import { asTemplate, type Template } from '../support/cfn-template.ts'
import { actionsIn } from '../support/sdk-actions.ts'

const db = loadAwsServiceSpecSync()
const text = await readFile(new URL('../../infra/template.yaml', import.meta.url), 'utf8')

/** `${name}`, as Fn::Sub fills it. */
const hole = (name: string): string => `\${${name}}`

const planted = (search: string, replacement: string): Template => {
  expect(text).toContain(search)
  return asTemplate(parseTemplate(text.replace(search, () => replacement)))
}

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

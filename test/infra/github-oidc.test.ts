import { readdir, readFile } from 'node:fs/promises'
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec'
import { expect, test } from 'vitest'
import { readTemplate } from '../../scripts/cloud/infra.ts'
import { findLooseRights, isWithin, statementsOf } from '../support/cfn-policies.ts'
import { type Resolved, resolveTemplate } from '../support/cfn-resolve.ts'
import { asTemplate, type Fields } from '../support/cfn-template.ts'

const db = loadAwsServiceSpecSync()
const template = asTemplate(await readTemplate('github-oidc.yaml'))
const filled = (parameters: Fields = {}): Resolved =>
  resolveTemplate(template, db, {
    stack: 'github-levity-prod',
    parameters: { Repository: 'octocat/levity', ...parameters },
  })
const plain = filled()
const thePackage = { PackageBucket: 'bucket', PackageKey: 'a.zip' }
const statements = statementsOf(plain, 'Deployer')
const boundary = statementsOf(plain, 'Boundary')

const trustOf = ({ resources }: Resolved): unknown => resources['Deployer']?.['AssumeRolePolicyDocument']
const trust = (provider: string, sub: string): unknown => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: provider },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: {
          'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
          'token.actions.githubusercontent.com:sub': sub,
        },
      },
    },
  ],
})

test('the jobs of one environment of one repository may be it, and nobody else', () => {
  const provider = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com'
  const made = 'arn:aws:iam::123456789012:oidc-provider/github-levity-prod-Provider-1A2B3C4D5E6F'
  expect(trustOf(plain)).toEqual(trust(made, 'repo:octocat/levity:environment:prod'))
  expect(plain.resources['Provider']).toEqual({
    Url: 'https://token.actions.githubusercontent.com',
    ClientIdList: ['sts.amazonaws.com'],
  })
  const other = filled({ Repository: 'octocat@1/levity@2', Stage: 'dev', ProviderArn: provider })
  expect(other.resources).not.toHaveProperty('Provider')
  expect(trustOf(other)).toEqual(trust(provider, 'repo:octocat@1/levity@2:environment:dev'))
})

test.each([
  [
    'Repository',
    ['octocat/levity', 'octo-cat@12/my.levity_1@34'],
    ['octocat', 'octocat/*', 'octocat@1/levity', 'a/b:c'],
  ],
  ['Stage', ['prod', 'dev-2'], ['Prod', '*', '', 'a'.repeat(21)]],
  ['ProviderArn', [''], ['arn:aws:iam::123456789012:oidc-provider/example.org', '*']],
])('the pattern of %s lets no wildcard in', (name, right, wrong) => {
  const pattern = new RegExp(template.Parameters[name]?.AllowedPattern ?? '')
  expect([...right, ...wrong].filter((value) => pattern.test(value))).toEqual(right)
})

/** Why each of these names more than the stage: see the template. */
const exceptions = ['WhatOtherStagesServe', 'ListsOfAlarmsAndLogGroups']

test('every right is one action on what is named after the stage', () => {
  const ofTheStage = /^[^*?]*(levity-prod|levity-packages-123456789012-eu-central-1)(?![a-z0-9])/
  expect(findLooseRights(statements, ofTheStage, exceptions)).toEqual([])
  const lists = statements.filter(({ Sid }) => exceptions.includes(Sid))
  expect(
    lists.flatMap(({ Action }) => Action).filter((action) => !/:Describe|:ListStacks$/.test(action)),
  ).toEqual([])
  // Of one account and one region still.
  expect(findLooseRights(lists, /^(stack\/|alarm:|log-group:)\*$/)).toEqual([])
})

test('nothing reaches the stage of another workflow, or what this workflow itself may do', () => {
  const dev = statementsOf(filled({ Stage: 'dev' }), 'Deployer')
  const changing = dev.filter(({ Sid }) => !exceptions.includes(Sid)).flatMap(({ Resource }) => Resource)
  expect(changing.filter((arn) => arn.includes('prod'))).toEqual([])
  const own = ['role/github-levity-prod', 'policy/github-levity-prod-boundary']
  const reached = own.filter((name) =>
    statements.some(
      (statement) =>
        !exceptions.includes(statement.Sid) &&
        isWithin([statement], { ...statement, Resource: [`arn:aws:iam::123456789012:${name}`] }),
    ),
  )
  expect(reached).toEqual([])
  expect(plain.resources['Deployer']).toMatchObject({ RoleName: 'github-levity-prod' })
  expect(plain.resources['Boundary']).toMatchObject({ ManagedPolicyName: 'github-levity-prod-boundary' })
})

test('a role can be written under the boundary alone, and passed to Lambda alone', () => {
  const boundaryArn = 'arn:aws:iam::123456789012:policy/github-levity-prod-boundary'
  const bySid = Object.fromEntries(statements.map((statement) => [statement.Sid, statement]))
  expect(bySid['TheRoleUnderItsBoundary']?.Condition).toEqual({
    StringEquals: { 'iam:PermissionsBoundary': boundaryArn },
  })
  expect(bySid['TheRoleOfTheFunction']?.Condition).toEqual({
    StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' },
  })
  expect(plain.outputs).toEqual({
    RoleArn: 'arn:aws:iam::123456789012:role/github-levity-prod',
    BoundaryArn: boundaryArn,
  })
  // What gives rights may only be done with one of these conditions.
  const giving =
    /^iam:(Create|Put|Attach|Update(?!Role$|RoleDescription$)|PassRole|DeleteRolePolicy|DeleteRolePermissions)/
  const free = statements.filter(({ Condition }) => Object.keys(Condition).length === 0)
  expect(free.flatMap(({ Action }) => Action).filter((action) => giving.test(action))).toEqual([])
  expect(findLooseRights(boundary, /^[^*?]*(levity-prod|parameter\/levity\/)/)).toEqual([])
})

test('the boundary holds all that the function may do', async () => {
  const levity = resolveTemplate(asTemplate(await readTemplate()), db, {
    stack: 'levity-prod',
    parameters: {
      ...thePackage,
      ParameterArns: 'arn:aws:ssm:eu-central-1:123456789012:parameter/levity/prod/token',
    },
  })
  const rights = statementsOf(levity, 'Role')
  expect(rights.length).toBeGreaterThan(5)
  expect(rights.filter((right) => !isWithin(boundary, right))).toEqual([])
})

/** What AWS asks for on the ARN of each type; the types without one belong to another's. */
const creating: Readonly<Record<string, string>> = {
  'AWS::Lambda::Function': 'lambda:CreateFunction',
  'AWS::IAM::Role': 'iam:CreateRole',
  'AWS::DynamoDB::Table': 'dynamodb:CreateTable',
  'AWS::Logs::LogGroup': 'logs:CreateLogGroup',
  'AWS::Events::Rule': 'events:PutRule',
  'AWS::SQS::Queue': 'sqs:CreateQueue',
  'AWS::SNS::Topic': 'sns:CreateTopic',
  'AWS::CloudWatch::Alarm': 'cloudwatch:PutMetricAlarm',
  'AWS::CloudWatch::Dashboard': 'cloudwatch:PutDashboard',
}

test('what the stack makes can be made, under the name it gets', async () => {
  const levity = asTemplate(await readTemplate())
  const { arns } = resolveTemplate(levity, db, { stack: 'levity-prod', parameters: thePackage })
  const forbidden = Object.entries(arns).filter(([id, arn]) => {
    const Action = [creating[levity.Resources[id]?.Type ?? ''] ?? 'unknown']
    return !isWithin(statements, { Sid: id, Effect: 'Allow', Condition: {}, Action, Resource: [arn] })
  })
  expect(Object.keys(arns).length).toBeGreaterThan(10)
  expect(forbidden).toEqual([])
})

/** Where an action is not called as the CLI's command is. */
const actionOf: Readonly<Record<string, string>> = {
  'lambda:Invoke': 'lambda:InvokeFunction',
  's3:DeleteObjects': 's3:DeleteObject',
  's3:GetBucketLifecycleConfiguration': 's3:GetLifecycleConfiguration',
  's3:HeadBucket': 's3:ListBucket',
  's3:HeadObject': 's3:GetObject',
  's3:ListObjectsV2': 's3:ListBucket',
  's3:PutBucketEncryption': 's3:PutEncryptionConfiguration',
  's3:PutBucketLifecycleConfiguration': 's3:PutLifecycleConfiguration',
  's3:PutPublicAccessBlock': 's3:PutBucketPublicAccessBlock',
}

/** Calls that a workflow does without: those of other commands, one that needs no right, one that may be refused. */
const doneWithout = [
  'dynamodb:DeleteTable',
  's3:DeleteBucket',
  's3:ListObjectVersions',
  'ssm:GetParameters',
  'sts:GetCallerIdentity',
]

test('the deploy command may make every call it makes', async () => {
  const folder = new URL('../../scripts/cloud/', import.meta.url)
  const sources = await Promise.all(
    (await readdir(folder)).map((name) => readFile(new URL(name, folder), 'utf8')),
  )
  const calls = sources.flatMap((source) => [
    ...source.matchAll(
      /'(cloudformation|dynamodb|lambda|s3api|ssm|sts)',\s*'(invoke|[a-z]+(?:-[a-z0-9]+)+)'/g,
    ),
  ])
  const asked = calls.map(([, service = '', operation = '']) => {
    const name = operation.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())
    const action = `${service.replace('s3api', 's3')}:${name}`
    return actionOf[action] ?? action
  })
  expect(asked.length).toBeGreaterThan(15)
  const allowed = new Set(statements.flatMap(({ Action }) => Action))
  // To describe stacks without naming one takes a second right: the answer is a list.
  asked.push('cloudformation:ListStacks')
  expect([...new Set(asked)].filter((action) => !allowed.has(action)).sort()).toEqual(doneWithout)
})

test('the policies are as short as IAM wants them', () => {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, white space not counted
  expect(JSON.stringify(plain.resources['Deployer']?.['Policies']).length).toBeLessThan(10_240)
  expect(JSON.stringify(plain.resources['Boundary']?.['PolicyDocument']).length).toBeLessThan(6_144)
})
